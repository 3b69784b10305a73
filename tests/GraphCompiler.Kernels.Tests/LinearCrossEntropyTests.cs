using Xunit;

namespace GraphCompiler.Kernels.Tests;

public abstract unsafe class LinearCrossEntropyTests<V>
    where V : unmanaged, IVector<V>
{
    public static TheoryData<int, int, int, int> Sizes => new()
    {
        // Rows, width, classes, rows at a time.
        { 1, 1, 1, 1 }, { 5, 3, 7, 2 }, { 8, 16, 16, 8 }, { 9, 17, 33, 4 }, { 33, 40, 130, 16 }, { 20, 7, 2500, 9 }, { 3, 65, 64, 8 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Losses_and_gradients_are_right(int rows, int width, int classes, int rowsAtATime)
    {
        foreach (bool hasBias in new[] { false, true })
        {
            var problem = new Problem(rows, width, classes, rowsAtATime, hasBias);
            problem.Run<V, ColumnMajorMatrix>(workers: 1).AssertClose(problem.Expected());
            problem.Run<V, RowMajorMatrix>(workers: 1).AssertClose(problem.Expected());
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Operands_of_16_bits_are_taken_as_what_they_are(int rows, int width, int classes, int rowsAtATime)
    {
        var problem = new Problem(rows, width, classes, rowsAtATime, hasBias: true);
        var byClass = problem.RunRounded<V, BFloat16>(workers: 1, isByClass: true);
        byClass.AssertClose(problem.Expected());
        problem.RunRounded<V, BFloat16>(workers: 3, isByClass: true).AssertSame(byClass);
        problem.RunRounded<V, Float16>(workers: 2, isByClass: false).AssertClose(problem.Expected());
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Bits_do_not_depend_on_the_number_of_workers(int rows, int width, int classes, int rowsAtATime)
    {
        var problem = new Problem(rows, width, classes, rowsAtATime, hasBias: true);
        var alone = problem.Run<V, ColumnMajorMatrix>(workers: 1);
        for (int workers = 2; workers <= 5; workers++)
            problem.Run<V, ColumnMajorMatrix>(workers).AssertSame(alone);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Targets_are_spread_over_classes(int rows, int width, int classes, int rowsAtATime)
    {
        foreach (float share in new[] { 0.1f, 1 })
        {
            var problem = new Problem(rows, width, classes, rowsAtATime, hasBias: true) { Share = share };
            var alone = problem.Run<V, ColumnMajorMatrix>(workers: 1);
            alone.AssertClose(problem.Expected());
            problem.Run<V, ColumnMajorMatrix>(workers: 3).AssertSame(alone);
            problem.Run<V, RowMajorMatrix>(workers: 2).AssertClose(problem.Expected());
        }
    }

    [Fact]
    public void Large_logits_do_not_overflow_and_labels_out_of_range_touch_nothing()
    {
        var problem = new Problem(4, 2, 5, 4, hasBias: false, scale: 1e4f);
        problem.Run<V, ColumnMajorMatrix>(workers: 1).AssertClose(problem.Expected());
        problem.Labels[1] = -1;
        problem.Labels[2] = 5;
        var results = problem.Run<V, ColumnMajorMatrix>(workers: 1);
        Assert.All(results.ToX, value => Assert.True(float.IsFinite(value)));
    }

    sealed record Results(float[] Losses, float[] ToX, float[] ToWeight, float[] ToBias)
    {
        IEnumerable<(string Name, float[] Values)> Parts => [("losses", Losses), ("x", ToX), ("weight", ToWeight), ("bias", ToBias)];

        public void AssertSame(Results other)
        {
            foreach (var (mine, its) in Parts.Zip(other.Parts))
                Assert.Equal(its.Values.Select(BitConverter.SingleToInt32Bits), mine.Values.Select(BitConverter.SingleToInt32Bits));
        }

        public void AssertClose(Results expected)
        {
            foreach (var (mine, its) in Parts.Zip(expected.Parts))
            {
                float scale = its.Values.Select(float.Abs).Append(1e-3f).Max();
                for (int i = 0; i < its.Values.Length; i++)
                    Assert.True(float.Abs(its.Values[i] - mine.Values[i]) <= 2e-5f * scale, $"{mine.Name}[{i}] is {mine.Values[i]}, not {its.Values[i]}");
            }
        }
    }

    sealed class Problem
    {
        readonly LinearCrossEntropySizes sizes;
        readonly float[] x, weight, bias, lossGradients, classWeights;
        readonly bool hasBias;

        public Problem(int rows, int width, int classes, int rowsAtATime, bool hasBias, float scale = 1)
        {
            sizes = new(rows, width, classes, rowsAtATime);
            this.hasBias = hasBias;
            var random = new Random(rows + width + classes);
            float[] Values(int count, float size) => [.. Enumerable.Range(0, count).Select(_ => size * ((2 * random.NextSingle()) - 1))];
            x = Values(rows * width, scale);
            weight = Values(classes * width, 1);
            bias = Values(classes, 1);
            lossGradients = Values(rows, 1);
            classWeights = Array.ConvertAll(Values(classes, 1), MathF.Abs);
            Labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
        }

        public int[] Labels { get; }

        /// <summary>How much of the targets is spread.</summary>
        public float Share { get; init; }

        public Results Run<W, TWeight>(int workers)
            where W : unmanaged, IVector<W>
            where TWeight : struct, IGemmOperand =>
                Run<W>(workers, typeof(TWeight) == typeof(ColumnMajorMatrix), (worker, inputs, weights, isByClass, biases, labels, gradients, results, workspace, smoothing) =>
        {
            if (isByClass)
                LinearCrossEntropy.Run<W, ColumnMajorMatrix>(worker, sizes, inputs, new(weights, sizes.Width), biases, labels, gradients, results, workspace, smoothing);
            else
                LinearCrossEntropy.Run<W, RowMajorMatrix>(worker, sizes, inputs, new(weights, sizes.Classes), biases, labels, gradients, results, workspace, smoothing);
        });

        /// <summary>Rounds x and weight to a type, and runs with what lies in memory of it.</summary>
        public Results RunRounded<W, T>(int workers, bool isByClass)
            where W : unmanaged, IVector<W>
            where T : unmanaged, IElement<T>
        {
            T[] x16 = Round<T>(x);
            Round<T>(weight);
            T[] weight16 = [.. (isByClass ? weight : Transposed(weight, sizes.Classes, sizes.Width)).Select(number => (T)number)];
            return Run<W>(workers, isByClass, (worker, _, _, _, biases, labels, gradients, results, workspace, smoothing) =>
            {
                fixed (T* inputs = x16, weights = weight16)
                {
                    if (isByClass)
                    {
                        LinearCrossEntropy.Run<W, RowMajorMatrix<T>, ColumnMajorMatrix<T>, RowMajorMatrix<T>>(
                            worker, sizes, new(inputs, sizes.Width), new(weights, sizes.Width), biases, labels, gradients, results, workspace, smoothing);
                    }
                    else
                    {
                        LinearCrossEntropy.Run<W, RowMajorMatrix<T>, RowMajorMatrix<T>, ColumnMajorMatrix<T>>(
                            worker, sizes, new(inputs, sizes.Width), new(weights, sizes.Classes), biases, labels, gradients, results, workspace, smoothing);
                    }
                }
            });
        }

        static T[] Round<T>(float[] numbers)
            where T : unmanaged, IElement<T>
        {
            T[] rounded = [.. numbers.Select(number => (T)number)];
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] = rounded[i];
            return rounded;
        }

        delegate void Kernel(
            Worker worker, float* inputs, float* weights, bool isByClass, float* biases, int* labels, float* gradients,
            LinearCrossEntropyResults results, float* workspace, LabelSmoothing smoothing);

        Results Run<W>(int workers, bool isByClass, Kernel kernel)
            where W : unmanaged, IVector<W>
        {
            float[] stored = isByClass ? weight : Transposed(weight, sizes.Classes, sizes.Width);
            var results = new Results(new float[sizes.Rows], new float[x.Length], new float[weight.Length], new float[hasBias ? bias.Length : 0]);
            using var memory = new GuardedMemory((int)sizes.WorkspaceFloats * sizeof(float));
            float* workspace = memory.LastFloats((int)sizes.WorkspaceFloats);
            new Span<float>(workspace, (int)sizes.WorkspaceFloats).Fill(float.NaN);
            fixed (float* inputs = x, weights = stored, biases = bias, gradients = lossGradients, ofClasses = classWeights)
            fixed (float* losses = results.Losses, toX = results.ToX, toWeight = results.ToWeight, toBias = results.ToBias)
            fixed (int* labels = Labels)
            {
                var arguments = (
                    (nint)inputs, (nint)weights, (nint)biases, (nint)gradients,
                    (nint)losses, (nint)toX, (nint)toWeight, (nint)toBias, (nint)labels, (nint)workspace, (nint)ofClasses);
                Teams.Run(workers, worker =>
                {
                    var (a, b, c, d, e, f, g, h, l, s, w) = arguments;
                    var stores = new LinearCrossEntropyResults((float*)e, (float*)f, (float*)g, (float*)h);
                    kernel(worker, (float*)a, (float*)b, isByClass, hasBias ? (float*)c : null, (int*)l, (float*)d, stores, (float*)s, new LabelSmoothing(Share, (float*)w));
                });
            }
            return results;
        }

        static float[] Transposed(float[] matrix, int rows, int columns) =>
            [.. Enumerable.Range(0, matrix.Length).Select(i => matrix[(i % rows * columns) + (i / rows)])];

        /// <summary>From the definition, in double precision.</summary>
        public Results Expected()
        {
            var (rows, width, classes, _) = sizes;
            double[] losses = new double[rows], toX = new double[x.Length], toWeight = new double[weight.Length], toBias = new double[bias.Length];
            for (int row = 0; row < rows; row++)
            {
                double[] z = [.. Enumerable.Range(0, classes)
                    .Select(c => (hasBias ? bias[c] : 0.0) + Enumerable.Range(0, width).Sum(i => (double)x[(row * width) + i] * weight[(c * width) + i]))];
                double max = z.Max(), logSum = max + Math.Log(z.Sum(v => Math.Exp(v - max)));
                double Target(int c) => Share == 0 ? (c == Labels[row] ? 1 : 0) : classWeights[c] * ((Share / (double)classes) + (c == Labels[row] ? 1 - Share : 0));
                double total = Enumerable.Range(0, classes).Sum(Target);
                losses[row] = Enumerable.Range(0, classes).Sum(c => Target(c) * (logSum - z[c]));
                for (int c = 0; c < classes; c++)
                {
                    double g = ((Math.Exp(z[c] - logSum) * total) - Target(c)) * lossGradients[row];
                    toBias[c] += g;
                    for (int i = 0; i < width; i++)
                    {
                        toX[(row * width) + i] += g * weight[(c * width) + i];
                        toWeight[(c * width) + i] += g * x[(row * width) + i];
                    }
                }
            }
            static float[] Single(double[] values) => Array.ConvertAll(values, v => (float)v);
            return new Results(Single(losses), Single(toX), Single(toWeight), hasBias ? Single(toBias) : []);
        }
    }
}

public sealed class LinearCrossEntropyTests128 : LinearCrossEntropyTests<Float128>;

public sealed class LinearCrossEntropyTests256 : LinearCrossEntropyTests<Float256>;

public sealed class LinearCrossEntropyTests512 : LinearCrossEntropyTests<Float512>;
