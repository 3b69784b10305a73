using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>The sizes of a linear map with cross-entropy.</summary>
/// <param name="Rows">Rows of x.</param>
/// <param name="Width">Columns of x.</param>
/// <param name="Classes">Results of the map for each row.</param>
/// <param name="RowsAtATime">Of how many rows the logits are held at a time; at least 1.</param>
public readonly record struct LinearCrossEntropySizes(int Rows, int Width, int Classes, int RowsAtATime)
{
    const int FloatsOfLine = LogitsContract.RowAlignment / sizeof(float);

    /// <summary>Floats from a row of logits to the next: every row begins at a cache line if the first does.</summary>
    public int LogitStride => (Classes + FloatsOfLine - 1) / FloatsOfLine * FloatsOfLine;

    /// <summary>Floats of the workspace.</summary>
    public long WorkspaceFloats => (long)int.Min(Rows, RowsAtATime) * LogitStride;
}

/// <summary>What is wanted of a linear map with cross-entropy; null what is not.</summary>
/// <param name="losses">The loss of each row.</param>
/// <param name="toX">The gradient of x, rows x width.</param>
/// <param name="toWeight">The gradient of the weight, classes x width by rows.</param>
/// <param name="toBias">The gradient of the bias, one number a class.</param>
public readonly unsafe struct LinearCrossEntropyResults(float* losses, float* toX, float* toWeight, float* toBias)
{
    /// <summary>The loss of each row.</summary>
    public float* Losses { get; } = losses;

    /// <summary>The gradient of x, rows x width.</summary>
    public float* ToX { get; } = toX;

    /// <summary>The gradient of the weight, classes x width by rows.</summary>
    public float* ToWeight { get; } = toWeight;

    /// <summary>The gradient of the bias, one number a class.</summary>
    public float* ToBias { get; } = toBias;

    /// <summary>Whether any gradient is wanted.</summary>
    public bool HasGradients => ToX != null || ToWeight != null || ToBias != null;
}

/// <summary>Targets of which a share is spread over all classes: (1 - share) * w[label] on the label and share / classes * w[c] on each class c.</summary>
/// <param name="share">The share; 0 for targets that are the labels alone.</param>
/// <param name="classWeights">What classes count, w; unused where nothing is spread.</param>
public readonly unsafe struct LabelSmoothing(float share, float* classWeights)
{
    /// <summary>The share.</summary>
    public float Share { get; } = share;

    /// <summary>What classes count.</summary>
    public float* ClassWeights { get; } = classWeights;
}

/// <summary>
/// The cross-entropy of x * weight + bias with labels, and its gradients, without ever holding the logits of more than
/// some rows. For each block of rows, in order:
/// <list type="number">
/// <item>the logits, by a matrix product;</item>
/// <item>for each row the loss log(sum(exp(z - max))) + (max - z[label]) and, in place of the logits, their gradient
/// (softmax(z) - one-hot(label)) * d, while the row is in the cache;</item>
/// <item>from that, by two further products, the gradient of the block's rows of x, and the block's part of those of the
/// weight and the bias: the first block stores it, the others add.</item>
/// </list>
/// </summary>
/// <remarks>
/// All workers of a team call it with equal arguments. It holds barriers between its stages, none before and none after.
/// Sums are cut by the sizes alone, so no bit depends on the number of workers.
/// </remarks>
public static unsafe class LinearCrossEntropy
{
    /// <summary>Columns of the bias's gradient that stay in the first-level cache while rows are added.</summary>
    const int BiasColumns = 2048;

    const int BiasGrain = 64;

    /// <summary>Computes what <paramref name="results"/> asks for, from x and weight in single precision.</summary>
    /// <typeparam name="V">The width to compute with.</typeparam>
    /// <typeparam name="TWeight">A plain matrix: <see cref="ColumnMajorMatrix"/> where the weight is stored as classes x
    /// width, <see cref="RowMajorMatrix"/> where it is stored as width x classes.</typeparam>
    /// <inheritdoc cref="Run{V, TX, TWeight, TTransposed}"/>
    public static void Run<V, TWeight>(
        Worker worker, LinearCrossEntropySizes sizes, float* x, TWeight weight, float* bias, int* labels,
        float* lossGradients, LinearCrossEntropyResults results, float* workspace, LabelSmoothing smoothing = default)
        where V : unmanaged, IVector<V>
        where TWeight : struct, IGemmOperand
    {
        var rows = new RowMajorMatrix(x, sizes.Width);
        if (typeof(TWeight) == typeof(ColumnMajorMatrix))
        {
            Run<V, RowMajorMatrix, ColumnMajorMatrix, RowMajorMatrix>(
                worker, sizes, rows, Unsafe.BitCast<TWeight, ColumnMajorMatrix>(weight), bias, labels, lossGradients, results, workspace, smoothing);
        }
        else
        {
            Run<V, RowMajorMatrix, RowMajorMatrix, ColumnMajorMatrix>(
                worker, sizes, rows, Unsafe.BitCast<TWeight, RowMajorMatrix>(weight), bias, labels, lossGradients, results, workspace, smoothing);
        }
    }

    /// <summary>Computes what <paramref name="results"/> asks for.</summary>
    /// <typeparam name="V">The width to compute with.</typeparam>
    /// <typeparam name="TX">A matrix stored by rows.</typeparam>
    /// <typeparam name="TWeight">A matrix stored by columns where the weight is stored as classes x width, and by rows where it is
    /// stored as width x classes.</typeparam>
    /// <typeparam name="TTransposed">Its transpose.</typeparam>
    /// <param name="worker">The calling worker.</param>
    /// <param name="sizes">The sizes.</param>
    /// <param name="x">rows x width, rows side by side.</param>
    /// <param name="weight">width x classes.</param>
    /// <param name="bias">One number a class, or null.</param>
    /// <param name="labels">The class of each row. A label out of range counts as a class of no probability that is not
    /// among the others: the loss then lacks its logit, and nothing is touched out of bounds.</param>
    /// <param name="lossGradients">The objective's gradient with respect to each row's loss; unused without gradients.</param>
    /// <param name="results">Where results go.</param>
    /// <param name="workspace"><see cref="LinearCrossEntropySizes.WorkspaceFloats"/> floats that all workers share.</param>
    /// <param name="smoothing">How targets are spread over classes.</param>
    public static void Run<V, TX, TWeight, TTransposed>(
        Worker worker, LinearCrossEntropySizes sizes, TX x, TWeight weight, float* bias, int* labels,
        float* lossGradients, LinearCrossEntropyResults results, float* workspace, LabelSmoothing smoothing = default)
        where V : unmanaged, IVector<V>
        where TX : struct, IGemmOperand, IMatrixRows<TX>
        where TWeight : struct, IGemmOperand, ITransposable<TTransposed>
        where TTransposed : struct, IGemmOperand
    {
        int width = sizes.Width, classes = sizes.Classes, stride = sizes.LogitStride;
        float spread = smoothing.Share / classes, total = smoothing.Share > 0 ? spread * Sum<V>(smoothing.ClassWeights, classes) : 0;
        for (int first = 0; first < sizes.Rows; first += sizes.RowsAtATime)
        {
            int rows = int.Min(sizes.RowsAtATime, sizes.Rows - first);
            TX inputs = x.From(first);
            if (first > 0)
                worker.Barrier();
            Logits<V, TX, TWeight>(worker, rows, width, classes, inputs, weight, bias, workspace, stride);
            worker.Barrier();
            worker.Share(rows, 1, out int start, out int end);
            for (int row = start; row < end; row++)
            {
                float* logits = workspace + ((nint)row * stride);
                int label = labels[first + row];
                float lossGradient = results.HasGradients ? lossGradients[first + row] : 0;
                float loss = smoothing.Share > 0
                    ? FinishSmoothedRow<V>(logits, classes, label, results.HasGradients, lossGradient, smoothing, spread, total)
                    : FinishRow<V>(logits, classes, label, results.HasGradients, lossGradient);
                if (results.Losses != null)
                    results.Losses[first + row] = loss;
            }
            if (!results.HasGradients)
                continue;
            worker.Barrier();
            ToX<V, TTransposed>(worker, rows, width, classes, weight.Transposed, workspace, stride, results.ToX, first);
            ToWeight<V, TX>(worker, rows, width, classes, inputs, workspace, stride, results.ToWeight, first == 0);
            if (results.ToBias != null)
                ToBias<V>(worker, rows, classes, workspace, stride, results.ToBias, first == 0);
        }
    }

    static void Logits<V, TX, TWeight>(
        Worker worker, int rows, int width, int classes, TX x, TWeight weight, float* bias, float* logits, int stride)
        where V : unmanaged, IVector<V>
        where TX : struct, IGemmOperand
        where TWeight : struct, IGemmOperand
    {
        if (bias == null)
        {
            Gemm.Multiply<V, TX, TWeight, StoreTo>(worker, rows, classes, width, x, weight, new(logits, stride));
            return;
        }
        Gemm.Multiply<V, TX, TWeight, StoreWithBias>(
            worker, rows, classes, width, x, weight, new(logits, stride, bias));
    }

    /// <summary>The loss of a row; its logits become their gradients where that is wanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float FinishRow<V>(float* logits, int classes, int label, bool hasGradients, float lossGradient)
        where V : unmanaged, IVector<V>
    {
        float max = Max<V>(logits, classes);
        bool isClass = (uint)label < (uint)classes;
        float ofLabel = isClass ? logits[label] : 0;
        float sum = SumOfExponentials<V>(logits, classes, max, hasGradients);
        if (hasGradients)
        {
            Scale<V>(logits, classes, lossGradient / sum);
            if (isClass)
                logits[label] -= lossGradient;
        }
        return MathF.Log(sum) + (max - ofLabel);
    }

    /// <summary>The sum of exp(z - max), which take the place of the logits where they are kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float SumOfExponentials<V>(float* logits, int classes, float max, bool keeps)
        where V : unmanaged, IVector<V>
    {
        V shift = V.Splat(max);
        V sum0 = V.Zero, sum1 = V.Zero;
        int c = 0;
        for (; c <= classes - (2 * V.Count); c += 2 * V.Count)
        {
            V e0 = V.Exp(V.Load(logits + c) - shift), e1 = V.Exp(V.Load(logits + c + V.Count) - shift);
            sum0 += e0;
            sum1 += e1;
            if (keeps)
            {
                V.Store(logits + c, e0);
                V.Store(logits + c + V.Count, e1);
            }
        }
        for (; c < classes; c += V.Count)
        {
            int count = int.Min(V.Count, classes - c);
            V e = V.Exp(V.LoadPartial(logits + c, count) - shift);
            sum0 += V.KeepFirst(e, count, 0);
            if (keeps)
                V.StorePartial(logits + c, count, e);
        }
        return V.SumLanes(sum0 + sum1);
    }

    /// <summary>
    /// The same with a target that is spread: what it has on the label times the label's loss, and Σ spread * w * (log(sum) + max - z). The
    /// gradient of a logit is (softmax(z) * t - target) * d, t being the sum of the target.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float FinishSmoothedRow<V>(
        float* logits, int classes, int label, bool hasGradients, float lossGradient, LabelSmoothing smoothing, float spread, float total)
        where V : unmanaged, IVector<V>
    {
        bool isClass = (uint)label < (uint)classes;
        float max = Max<V>(logits, classes), below = spread * SumBelow<V>(logits, smoothing.ClassWeights, classes, max);
        float ofLabel = isClass ? (1 - smoothing.Share) * smoothing.ClassWeights[label] : 0, logit = isClass ? logits[label] : 0;
        float sum = SumOfExponentials<V>(logits, classes, max, hasGradients), logarithm = MathF.Log(sum);
        if (hasGradients)
        {
            Scale<V>(logits, classes, lossGradient * (ofLabel + total) / sum);
            AddScaled<V>(logits, smoothing.ClassWeights, classes, -spread * lossGradient);
            if (isClass)
                logits[label] -= ofLabel * lossGradient;
        }
        return ofLabel * (logarithm + (max - logit)) + (total * logarithm + below);
    }

    /// <summary>The sum of w * (max - z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float SumBelow<V>(float* logits, float* weights, int classes, float max)
        where V : unmanaged, IVector<V>
    {
        V sum = V.Zero, largest = V.Splat(max);
        int c = 0;
        for (; c <= classes - V.Count; c += V.Count)
            sum += (largest - V.Load(logits + c)) * V.Load(weights + c);
        if (c < classes)
            sum += V.KeepFirst((largest - V.LoadPartial(logits + c, classes - c)) * V.LoadPartial(weights + c, classes - c), classes - c, 0);
        return V.SumLanes(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Sum<V>(float* numbers, int count)
        where V : unmanaged, IVector<V>
    {
        V sum = V.Zero;
        int c = 0;
        for (; c <= count - V.Count; c += V.Count)
            sum += V.Load(numbers + c);
        if (c < count)
            sum += V.KeepFirst(V.LoadPartial(numbers + c, count - c), count - c, 0);
        return V.SumLanes(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void AddScaled<V>(float* elements, float* added, int count, float factor)
        where V : unmanaged, IVector<V>
    {
        V factors = V.Splat(factor);
        int c = 0;
        for (; c <= count - V.Count; c += V.Count)
            V.Store(elements + c, V.Load(elements + c) + V.Load(added + c) * factors);
        if (c < count)
            V.StorePartial(elements + c, count - c, V.LoadPartial(elements + c, count - c) + V.LoadPartial(added + c, count - c) * factors);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static float Max<V>(float* logits, int classes)
        where V : unmanaged, IVector<V>
    {
        V max0 = V.Splat(float.NegativeInfinity), max1 = max0;
        int c = 0;
        for (; c <= classes - (2 * V.Count); c += 2 * V.Count)
        {
            max0 = V.Max(max0, V.Load(logits + c));
            max1 = V.Max(max1, V.Load(logits + c + V.Count));
        }
        for (; c < classes; c += V.Count)
        {
            int count = int.Min(V.Count, classes - c);
            max0 = V.Max(max0, V.KeepFirst(V.LoadPartial(logits + c, count), count, float.NegativeInfinity));
        }
        return V.MaxLanes(V.Max(max0, max1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Scale<V>(float* elements, int count, float factor)
        where V : unmanaged, IVector<V>
    {
        V factors = V.Splat(factor);
        int c = 0;
        for (; c <= count - V.Count; c += V.Count)
            V.Store(elements + c, V.Load(elements + c) * factors);
        if (c < count)
            V.StorePartial(elements + c, count - c, V.LoadPartial(elements + c, count - c) * factors);
    }

    static void ToX<V, TWeight>(
        Worker worker, int rows, int width, int classes, TWeight transposedWeight, float* gradients, int stride, float* toX, int first)
        where V : unmanaged, IVector<V>
        where TWeight : struct, IGemmOperand
    {
        if (toX == null)
            return;
        Gemm.Multiply<V, RowMajorMatrix, TWeight, StoreTo>(
            worker, rows, width, classes, new(gradients, stride), transposedWeight, new(toX + ((nint)first * width), width));
    }

    static void ToWeight<V, TX>(
        Worker worker, int rows, int width, int classes, TX x, float* gradients, int stride, float* toWeight, bool isFirst)
        where V : unmanaged, IVector<V>
        where TX : struct, IGemmOperand
    {
        if (toWeight == null)
            return;
        var left = new ColumnMajorMatrix(gradients, stride);
        if (isFirst)
        {
            Gemm.Multiply<V, ColumnMajorMatrix, TX, StoreTo>(
                worker, classes, width, rows, left, x, new(toWeight, width));
        }
        else
        {
            Gemm.Multiply<V, ColumnMajorMatrix, TX, AddTo>(
                worker, classes, width, rows, left, x, new(toWeight, width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void ToBias<V>(Worker worker, int rows, int classes, float* gradients, int stride, float* toBias, bool isFirst)
        where V : unmanaged, IVector<V>
    {
        worker.Share(classes, BiasGrain, out int start, out int end);
        if (isFirst)
            new Span<float>(toBias + start, end - start).Clear();
        for (int block = start; block < end; block += BiasColumns)
        {
            int blockEnd = int.Min(end, block + BiasColumns);
            for (int row = 0; row < rows; row++)
            {
                float* source = gradients + ((nint)row * stride);
                int c = block;
                for (; c <= blockEnd - V.Count; c += V.Count)
                    V.Store(toBias + c, V.Load(toBias + c) + V.Load(source + c));
                if (c < blockEnd)
                    V.StorePartial(toBias + c, blockEnd - c, V.LoadPartial(toBias + c, blockEnd - c) + V.LoadPartial(source + c, blockEnd - c));
            }
        }
    }

    /// <summary>C = product + bias.</summary>
    readonly struct StoreWithBias(float* elements, nint stride, float* bias) : IGemmEpilogue
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store<V>(int row, int column, V sum)
            where V : unmanaged, IVector<V>
        {
            float* element = elements + (row * stride) + column;
            Prefetch.Middle(element + (Prefetch.Rows * stride));
            V.Store(element, sum + V.Load(bias + column));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void StorePartial<V>(int row, int column, int count, V sum)
            where V : unmanaged, IVector<V>
            => V.StorePartial(elements + (row * stride) + column, count, sum + V.LoadPartial(bias + column, count));
    }
}
