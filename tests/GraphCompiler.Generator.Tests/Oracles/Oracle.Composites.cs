using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Oracles;

// Composites from their definitions, row by row. A row is the elements along one axis.
internal sealed partial class Oracle
{
    double[] Composite(Node node, TensorValue[] inputs)
    {
        var x = inputs[0];
        return node.Op switch
        {
            Op.Centre => Centred(x, node.Axes),
            Op.Variance => Variance(x, node.Axes),
            Op.Softmax => Rows(x, node.Axis, (row, _) => row.All(double.IsNegativeInfinity) ? new double[row.Length] : Subtract(row, LogSumExp(row)).Select(Math.Exp)),
            Op.LogSoftmax => Rows(x, node.Axis, (row, _) => Subtract(row, LogSumExp(row))),
            Op.LogSumExp => LogSumExp(x, node.Axes),
            Op.ArgMax => Reduced(x, node.Axis, row => PlaceOf(row, row.Max, double.IsNaN)),
            Op.ArgMin => Reduced(x, node.Axis, row => PlaceOf(row, row.Min, double.IsNaN)),
            Op.CumulativeSum => Rows(x, node.Get<CumulativeSumAttributes>().Axis, (row, _) => RunningSums(row, node.Get<CumulativeSumAttributes>())),
            Op.StopGradient => x.Elements,
            Op.LayerNorm => LastAxis(x, row => LayerNorm(row, inputs[1].Elements, inputs[2].Elements, node.Get<NormAttributes>().Epsilon)),
            Op.RmsNorm => LastAxis(x, row => RmsNorm(row, inputs[1].Elements, node.Get<NormAttributes>().Epsilon)),
            Op.CrossEntropy => CrossEntropy(x, inputs[1]),
            Op.SmoothedCrossEntropy => CrossEntropy(x, Targets(x.Shape, inputs[1], inputs[2], node.Get<SmoothingAttributes>().Share)),
            Op.BinaryCrossEntropy => Zip(x, inputs[1], (v, t) => Weighted(t, Activations.Softplus(-v)) + Weighted(1 - t, Activations.Softplus(v))),
            Op.Huber => Zip(x, inputs[1], (v, t) => Huber(Math.Abs(v - t), node.Get<HuberAttributes>().Delta)),
            Op.WhenTraining => inputs[bindings.Training ? 0 : 1].Elements,
            Op.Dropout => Dropout(x, node.Get<DropoutAttributes>().Probability, (uint)node.Get<DropoutAttributes>().Stream),
            _ => throw Unknown(node.Op),
        };
    }

    static double[] Zip(TensorValue x, TensorValue y, Func<double, double, double> function) =>
        [.. x.Elements.Zip(y.Elements, function)];

    static double[] Centred(TensorValue x, IReadOnlyList<int> axes)
    {
        int[] reduced = [.. x.Shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)];
        double[] mean = Reduce(Op.ReduceMean, x, axes, reduced);
        int[] places = Offsets(x.Shape, StridesWithout(reduced, axes), 0);
        return [.. x.Elements.Select((v, i) => v - mean[places[i]])];
    }

    static double[] Variance(TensorValue x, IReadOnlyList<int> axes)
    {
        double[] squares = [.. Centred(x, axes).Select(v => v * v)];
        return Reduce(Op.ReduceMean, new TensorValue(x.Shape, squares), axes, [.. x.Shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)]);
    }

    delegate System.Collections.Generic.IEnumerable<double> RowFunction(double[] row, int number);

    static double[] Rows(TensorValue x, int axis, RowFunction function)
    {
        int size = x.Shape[axis], stride = Strides(x.Shape)[axis];
        double[] result = new double[x.Elements.Length];
        for (int number = 0; number < result.Length / Math.Max(size, 1); number++)
        {
            int first = (number / stride * stride * size) + (number % stride);
            double[] row = [.. Enumerable.Range(0, size).Select(i => x.Elements[first + (i * stride)])];
            int place = first;
            foreach (double element in function(row, number))
            {
                result[place] = element;
                place += stride;
            }
        }
        return result;
    }

    static double[] LastAxis(TensorValue x, Func<double[], double[]> function) =>
        Rows(x, x.Shape.Length - 1, (row, _) => function(row));

    static double[] Subtract(double[] row, double value) => [.. row.Select(v => v - value)];

    static double LogSumExp(double[] row)
    {
        double max = row.Max();
        return max + Math.Log(row.Sum(v => Math.Exp(v - max)));
    }

    /// <summary>Over several axes: the logarithm of sums that are each taken relative to its largest element, as far as that is finite.</summary>
    static double[] LogSumExp(TensorValue x, IReadOnlyList<int> axes)
    {
        int[] reduced = [.. x.Shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)];
        double[] max = [.. Reduce(Op.ReduceMax, x, axes, reduced).Select(m => double.IsInfinity(m) ? 0 : m)];
        int[] places = Offsets(x.Shape, StridesWithout(reduced, axes), 0);
        double[] exponentials = [.. x.Elements.Select((v, i) => Math.Exp(v - max[places[i]]))];
        return [.. Reduce(Op.ReduceSum, new TensorValue(x.Shape, exponentials), axes, reduced).Select((sum, i) => Math.Log(sum) + max[i])];
    }

    /// <summary>One number a row, the elements along one axis.</summary>
    static double[] Reduced(TensorValue x, int axis, Func<double[], double> function)
    {
        double[] rows = Rows(x, axis, (row, _) => Enumerable.Repeat(function(row), row.Length));
        int[] shape = [.. x.Shape.Select((size, a) => a == axis ? 1 : size)];
        return Read(rows, shape, Strides(x.Shape), 0);
    }

    static IEnumerable<double> RunningSums(double[] row, CumulativeSumAttributes sum) => row.Select((_, place) =>
        (sum.IsReversed ? row.Skip(place + (sum.IsExclusive ? 1 : 0)) : row.Take(place + (sum.IsExclusive ? 0 : 1))).Sum());

    /// <summary>Where the first NaN stands, or else the first extremum.</summary>
    static double PlaceOf(double[] row, Func<double> extremum, Predicate<double> isNaN) =>
        Array.Exists(row, isNaN) ? Array.FindIndex(row, isNaN) : Array.IndexOf(row, extremum());

    static double[] LayerNorm(double[] row, double[] gain, double[] bias, double epsilon)
    {
        double mean = row.Average();
        double deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + epsilon);
        return [.. row.Select((v, i) => ((v - mean) / deviation * gain[i]) + bias[i])];
    }

    static double[] RmsNorm(double[] row, double[] gain, double epsilon)
    {
        double root = Math.Sqrt(row.Average(v => v * v) + epsilon);
        return [.. row.Select((v, i) => v / root * gain[i])];
    }

    static double[] CrossEntropy(TensorValue logits, TensorValue labels)
    {
        int classes = logits.Shape[logits.Shape.Length - 1];
        return [.. labels.Elements.Select((label, i) =>
        {
            double[] row = [.. logits.Elements.Skip(i * classes).Take(classes)];
            return LogSumExp(row) - row[InRange(label, classes)];
        })];
    }

    /// <summary>−Σ target · log p of each row.</summary>
    static double[] CrossEntropy(TensorValue logits, double[][] targets) => [.. targets.Select((target, row) =>
    {
        double[] own = [.. logits.Elements.Skip(row * target.Length).Take(target.Length)];
        double logarithm = LogSumExp(own);
        return target.Zip(own, (share, z) => Weighted(share, logarithm - z)).Sum();
    })];

    /// <summary>(1 − share) w[label] on a row's label, and share / classes · w[c] on each class c.</summary>
    static double[][] Targets(int[] logits, TensorValue labels, TensorValue classWeights, double share)
    {
        int classes = logits[logits.Length - 1];
        return [.. labels.Elements.Select(label => Enumerable.Range(0, classes).Select(c =>
            classWeights.Elements[c] * ((share / classes) + (c == InRange(label, classes) ? 1 - share : 0))).ToArray())];
    }

    /// <summary>A loss times its weight: what has none costs nothing, however large.</summary>
    static double Weighted(double weight, double loss) => weight == 0 ? 0 : weight * loss;

    static double Huber(double distance, double delta) =>
        distance <= delta ? 0.5 * distance * distance : delta * (distance - (0.5 * delta));

    double[] Dropout(TensorValue x, double probability, uint stream)
    {
        if (!bindings.Training || probability == 0)
            return x.Elements;
        double[] random = Uniform(stream, x.Shape);
        return [.. x.Elements.Select((v, i) => random[i] >= (float)probability ? v / (1 - probability) : 0)];
    }
}
