using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>
/// Means and variances of values that lie far from zero, of equal values, of the largest values and of those that are not
/// finite, with their exact results; for the CPU and for devices.
/// </summary>
internal static class StatisticsCases
{
    /// <summary>Values whose multiples no float holds, the ends of float's range among them.</summary>
    static readonly float[] Equal = [1, 0.1f, 1 / 3f, 12345, -12345.678f, 1e-3f, 16777215, 1e30f, 3e38f, float.MinValue, 1.17549435e-38f, 3 * float.Epsilon];

    public static int[] Lengths { get; } = [1, 2, 3, 5, 7, 8, 13, 16, 17, 31, 32, 33, 41, 64, 100, 1000, 2055, 4100, 8192, 9000];

    static readonly (float[] Numbers, float Mean)[] NotFiniteRows =
    [
        ([float.PositiveInfinity, 1, 2], float.PositiveInfinity), ([1, float.PositiveInfinity, 2], float.PositiveInfinity),
        ([2, 1, float.NegativeInfinity], float.NegativeInfinity), ([float.PositiveInfinity, float.NegativeInfinity, 1], float.NaN),
        ([float.NaN, 1, 2], float.NaN), ([1, 2, float.NaN], float.NaN), ([3e38f, -3e38f, 0], 0), ([-3e38f, 3e38f, 3e38f], 1e38f), ([1, 3e38f, 3e38f], 2e38f), ([0, -3e38f, -3e38f],
            -2e38f),
    ];

    static Shape Of(params Dim[] dims) => new(dims);

    /// <summary>Means of equal numbers along rows, columns and several axes, written in all ways; all must have the bits of the numbers.</summary>
    public static (string Name, Graph Graph, Bindings Bindings) MeansOfEqualNumbers(int length, bool isNamed)
    {
        GraphSketch sketch = new(seed: length);
        Dim n = length;
        if (isNamed)
        {
            sketch.Bindings.Dims["n"] = length;
            n = Dim.Named("n", 10_000);
        }
        Graph g = sketch.Graph;
        var rows = sketch.Input(Of(Equal.Length, n));
        var columns = sketch.Input(Of(n, Equal.Length));
        var outer = sketch.Input(Of(3, Equal.Length, n));
        Fill(sketch, rows, i => Equal[i / length]);
        Fill(sketch, columns, i => Equal[i % Equal.Length]);
        Fill(sketch, outer, i => Equal[i / length % Equal.Length]);
        g.AddOutput("rows", g.Mean(rows, [1], keepDimensions: false));
        g.AddOutput("columns", g.Mean(columns, [0], keepDimensions: false));
        g.AddOutput("outer", g.Mean(outer, [0, 2], keepDimensions: false));
        g.AddOutput("computed", g.Mean(g.Unary(Op.Negate, g.Unary(Op.Negate, rows)), [1], keepDimensions: false));
        g.AddOutput("divided", g.DivideByCount(g.Reduce(Op.ReduceSum, rows, [1], keepDimensions: false), n));
        g.AddOutput("ofPart", g.Mean(g.Slice(rows, 0, 2, Equal.Length - 2), [1], keepDimensions: false));
        return ($"{length} equal numbers{(isNamed ? ", a named dimension" : "")}", g, sketch.Bindings);
    }

    static float[] Expected(string output) => output == "ofPart" ? Equal[2..] : Equal;

    public static void CheckMeansOfEqualNumbers(IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> cases, object? device = null)
        => Check(cases, device, (c, output, _, result) =>
    {
        float[] expected = Expected(output);
        // Devices may make zeros of subnormal numbers.
        int count = device is null ? expected.Length : expected.Length - 2;
        Assert.True(expected.AsSpan(0, count).SequenceEqual(result.AsSpan(0, count)), $"{c}, {output}: {string.Join(", ", result)}");
    });

    /// <summary>What is normalised by its own mean is exactly 0 where all is equal, so a layer gives its bias.</summary>
    public static (string Name, Graph Graph, Bindings Bindings) NormalizedEqualNumbers(int length)
    {
        GraphSketch sketch = new(seed: length);
        Graph g = sketch.Graph;
        float[] values = [.. Equal.Where(v => MathF.Abs(v) >= 1e-3f)];
        var rows = sketch.Input(Of(values.Length, length));
        var columns = sketch.Input(Of(length, values.Length));
        Fill(sketch, rows, i => values[i / length]);
        Fill(sketch, columns, i => values[i % values.Length]);
        var bias = sketch.Input(Of(length));
        g.AddOutput("layerNorm", g.Subtract(g.LayerNorm(rows, sketch.Input(Of(length)), bias, 1e-5), bias));
        g.AddOutput("centredRows", g.Subtract(rows, g.Mean(rows, [1], keepDimensions: true)));
        g.AddOutput("centredColumns", g.Subtract(columns, g.Mean(columns, [0], keepDimensions: true)));
        g.AddOutput("varianceOfRows", Variance(g, rows, 1));
        g.AddOutput("batchNorm", BatchNorm(g, columns));
        return ($"normalised {length} equal numbers", g, sketch.Bindings);
    }

    public static void CheckZeros(IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> cases, object? device = null) => Check(cases, device, (c, output, _, result) =>
        Assert.True(result.All(v => v == 0), $"{c}, {output}: {string.Join(", ", result.Where(v => v != 0).Take(5))}"));

    /// <summary>The variance as people write it.</summary>
    static Node Variance(Graph g, Node x, int axis)
    {
        var centred = g.Subtract(x, g.Mean(x, [axis], keepDimensions: true));
        return g.Mean(g.Multiply(centred, centred), [axis], keepDimensions: true);
    }

    static Node BatchNorm(Graph g, Node x)
    {
        var centred = g.Subtract(x, g.Mean(x, [0], keepDimensions: true));
        return g.Multiply(centred, g.Unary(Op.ReciprocalSqrt, g.Add(Variance(g, x, 0), g.Constant(1e-5))));
    }

    /// <summary>Small differences far from zero, and rows that begin with one large number.</summary>
    public static (string Name, Graph Graph, Bindings Bindings) FarFromZero(int length)
    {
        const int Count = 5;
        GraphSketch sketch = new(seed: length);
        Graph g = sketch.Graph;
        Node rows = sketch.Input(Of(Count, length)), columns = sketch.Input(Of(length, Count)), parts = sketch.Input(Of(Count, 4, length));
        double Element(int row, int i) => row switch
        {
            0 => 10000 + (float)(i / 1000.0),
            1 => -50000 + (i % 3 / 256.0),
            2 => i == 0 ? 1e6 : i % 7 / 8.0,
            3 => 1e-3 * Math.Sin(i),
            _ => 3e5 + (i % 2),
        };
        Fill(sketch, rows, i => (float)Element(i / length, i % length));
        Fill(sketch, columns, i => (float)Element(i % Count, i / Count));
        // A mean is as exact as its elements' distances from the first one: rows that begin with an outlier are not for it.
        Fill(sketch, parts, i => (float)Element(i / (4 * length) == 2 ? 3 : i / (4 * length), i % (4 * length)));
        g.AddOutput("layerNorm", g.LayerNorm(rows, g.Constant(1, Of(length)), g.Constant(0, Of(length)), 1e-5));
        g.AddOutput("centredRows", g.Subtract(rows, g.Mean(rows, [1], keepDimensions: true)));
        g.AddOutput("varianceOfRows", Variance(g, rows, 1));
        g.AddOutput("varianceOfColumns", Variance(g, columns, 0));
        g.AddOutput("batchNorm", BatchNorm(g, columns));
        g.AddOutput("meanOfParts", g.Mean(parts, [1, 2], keepDimensions: false));
        return ($"{length} numbers far from zero", g, sketch.Bindings);
    }

    /// <summary>Rows whose squares no float holds; in a training graph with their gradients.</summary>
    public static (string Name, Graph Graph, Bindings Bindings) Huge(int length, bool isObjective)
    {
        float[] scales = [3e19f, 1e25f, 1e30f, 1e37f];
        GraphSketch sketch = new(seed: length);
        Graph g = sketch.Graph;
        Node x = isObjective ? sketch.Parameter(Of(scales.Length, length)) : sketch.Input(Of(scales.Length, length)), gain = sketch.Input(Of(length));
        double[] values = isObjective ? sketch.Bindings.Parameters["p0"] : sketch.Bindings.Inputs["x0"];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(values[i] * scales[i / length]);
        var root = g.RmsNorm(x, gain, 1e-6);
        if (isObjective)
            return ($"{length} huge numbers", sketch.Objective(root), sketch.Bindings);
        g.AddOutput("rmsNorm", root);
        // As far as it goes: the largest difference from the mean is below 1.8e19 by the root of their number.
        g.AddOutput("layerNorm",
            g.LayerNorm(sketch.Input(Of(2, length), -1.8e19 / Math.Sqrt(4 * length), 1.8e19 / Math.Sqrt(4 * length)), gain, g.Constant(0.5, Of(length)), 1e-5));
        return ($"{length} huge numbers", g, sketch.Bindings);
    }

    /// <summary>Compares results with the oracle: what is normalised is of size 1, where it is not near 0.</summary>
    public static void CheckAgainstOracle(IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> cases, double tolerance, object? device = null)
        => Check(cases, device, (c, output, expected, result) =>
    {
        double smallest = output.EndsWith("Norm", StringComparison.Ordinal) ? 1 : output.StartsWith("variance", StringComparison.Ordinal) ? 0 : 1e-3;
        for (int i = 0; i < result.Length; i++)
            Assert.True(Math.Abs(result[i] - expected[i]) <= tolerance * Math.Max(Math.Abs(expected[i]), smallest), $"{c}, {output}[{i}] is {result[i]:R}, not {expected[i]:R}");
    });

    /// <summary>Means of what is not finite, or whose sum is not.</summary>
    public static (string Name, Graph Graph, Bindings Bindings) NotFinite { get; } = MakeNotFinite();

    static (string, Graph, Bindings) MakeNotFinite()
    {
        GraphSketch sketch = new(seed: 1);
        Graph g = sketch.Graph;
        Node rows = sketch.Input(Of(10, 3)), columns = sketch.Input(Of(3, 10));
        Fill(sketch, rows, i => NotFiniteRows[i / 3].Numbers[i % 3]);
        Fill(sketch, columns, i => NotFiniteRows[i % 10].Numbers[i / 10]);
        g.AddOutput("rows", g.Mean(rows, [1], keepDimensions: false));
        g.AddOutput("columns", g.Mean(columns, [0], keepDimensions: false));
        return ("not finite", g, sketch.Bindings);
    }

    public static void CheckNotFinite(object? device = null) => Check([NotFinite], device, (_, output, _, result) =>
    {
        for (int i = 0; i < result.Length; i++)
        {
            float expected = NotFiniteRows[i].Mean;
            Assert.True(expected.Equals(result[i]) || Math.Abs(result[i] - (double)expected) <= 1e32,
                $"{output}, mean of {string.Join(", ", NotFiniteRows[i].Numbers)}: {result[i]:R}, not {expected:R}");
        }
    });

    static void Fill(GraphSketch sketch, Node input, Func<int, float> value)
    {
        double[] values = sketch.Bindings.Inputs[input.Name];
        for (int i = 0; i < values.Length; i++)
            values[i] = value(i);
    }

    delegate void Comparison(string name, string output, double[] expected, float[] result);

    static void Check(IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> cases, object? device, Comparison compare)
    {
        var nets = EmittedNet.Compile([.. cases.Select(c => c.Graph)], isObjective: false, device is not null);
        for (int i = 0; i < cases.Count; i++)
        {
            var (name, graph, bindings) = cases[i];
            (bindings.Training, bindings.Seed, bindings.Step) = (false, 0, 0);
            using var model = device is null ? nets[i].Create(bindings) : nets[i].CreateOn(device, bindings);
            float[][] results = nets[i].Evaluate(model, bindings);
            var expected = Oracle.Run(graph, bindings);
            for (int output = 0; output < results.Length; output++)
                compare(name, graph.Outputs[output].Name, expected[output].Elements, results[output]);
        }
    }
}
