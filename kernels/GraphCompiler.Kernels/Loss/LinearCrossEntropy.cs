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
        float* lossGradients, LinearCrossEntropyResults results, float* workspace)
        where V : unmanaged, IVector<V>
        where TWeight : struct, IGemmOperand
    {
        var rows = new RowMajorMatrix(x, sizes.Width);
        if (typeof(TWeight) == typeof(ColumnMajorMatrix))
        {
            Run<V, RowMajorMatrix, ColumnMajorMatrix, RowMajorMatrix>(
                worker, sizes, rows, Unsafe.BitCast<TWeight, ColumnMajorMatrix>(weight), bias, labels, lossGradients, results, workspace);
        }
        else
        {
            Run<V, RowMajorMatrix, RowMajorMatrix, ColumnMajorMatrix>(
                worker, sizes, rows, Unsafe.BitCast<TWeight, RowMajorMatrix>(weight), bias, labels, lossGradients, results, workspace);
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
    public static void Run<V, TX, TWeight, TTransposed>(
        Worker worker, LinearCrossEntropySizes sizes, TX x, TWeight weight, float* bias, int* labels,
        float* lossGradients, LinearCrossEntropyResults results, float* workspace)
        where V : unmanaged, IVector<V>
        where TX : struct, IGemmOperand, IMatrixRows<TX>
        where TWeight : struct, IGemmOperand, ITransposable<TTransposed>
        where TTransposed : struct, IGemmOperand
    {
        int width = sizes.Width, classes = sizes.Classes, stride = sizes.LogitStride;
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
                float loss = FinishRow<V>(
                    workspace + ((nint)row * stride), classes, labels[first + row], results.HasGradients,
                    results.HasGradients ? lossGradients[first + row] : 0);
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
        V shift = V.Splat(max);
        V sum0 = V.Zero, sum1 = V.Zero;
        int c = 0;
        for (; c <= classes - (2 * V.Count); c += 2 * V.Count)
        {
            V e0 = V.Exp(V.Load(logits + c) - shift), e1 = V.Exp(V.Load(logits + c + V.Count) - shift);
            sum0 += e0;
            sum1 += e1;
            if (hasGradients)
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
            if (hasGradients)
                V.StorePartial(logits + c, count, e);
        }
        float sum = V.SumLanes(sum0 + sum1);
        if (hasGradients)
        {
            Scale<V>(logits, classes, lossGradient / sum);
            if (isClass)
                logits[label] -= lossGradient;
        }
        return MathF.Log(sum) + (max - ofLabel);
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
