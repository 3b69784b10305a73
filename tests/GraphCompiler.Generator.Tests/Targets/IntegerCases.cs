using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>
/// Integers that no float holds, with what C# computes of them: every operation on them, stored between kernels, gathered, counted and
/// converted; for the CPU and for devices. Results are compared as integers by the graph itself, and the results of that by C#.
/// </summary>
internal static class IntegerCases
{
    static readonly int[] Numbers =
        [0, 1, -1, 2, 16777215, 16777216, 16777217, -16777217, int.MaxValue, int.MinValue, 123456789, -987654321, 2147483520, 33554433];

    static Shape Of(params Dim[] dims) => new(dims);

    /// <summary>Every pair of numbers, and once more the first ones, so that rows end within a register.</summary>
    static int[] Left(int count) => [.. Enumerable.Range(0, count).Select(i => Numbers[i % Numbers.Length])];

    static int[] Right(int count) => [.. Enumerable.Range(0, count).Select(i => Numbers[i / Numbers.Length % Numbers.Length])];

    sealed class Case(int count)
    {
        public GraphSketch Sketch { get; } = new(seed: 1);

        public Graph Graph => Sketch.Graph;

        public List<float[]> Expected { get; } = [];

        public Node Integers(Shape shape, IEnumerable<int> values)
        {
            var node = Sketch.Labels(shape, 2);
            Sketch.Bindings.Inputs[node.Name] = [.. values.Select(value => (double)value)];
            return node;
        }

        public Node Integers(IEnumerable<int> values) => Integers(Of(count), values);

        public Node Floats(Shape shape, IEnumerable<float> values)
        {
            var node = Sketch.Input(shape);
            Sketch.Bindings.Inputs[node.Name] = [.. values.Select(value => (double)value)];
            return node;
        }

        public void Holds(string name, Node condition, IEnumerable<bool> expected)
        {
            Graph.AddOutput(name, Graph.Cast(condition, ElementType.Float32));
            Expected.Add([.. expected.Select(holds => holds ? 1f : 0f)]);
        }

        public void Is(string name, Node integers, IEnumerable<int> expected)
        {
            int[] values = [.. expected];
            Holds(name, Graph.Binary(Op.Equal, integers, Integers(integers.Shape, values)), values.Select(_ => true));
        }
    }

    static Case Operations(int count)
    {
        Case c = new(count);
        Graph g = c.Graph;
        int[] a = Left(count), b = Right(count);
        Node x = c.Integers(a), y = c.Integers(b);
        IEnumerable<T> Pairs<T>(Func<int, int, T> compute) => a.Zip(b, compute);
        c.Is("sum", g.Add(x, y), Pairs((i, j) => unchecked(i + j)));
        c.Is("difference", g.Subtract(x, y), Pairs((i, j) => unchecked(i - j)));
        c.Is("product", g.Multiply(x, y), Pairs((i, j) => unchecked(i * j)));
        c.Is("negative", g.Unary(Op.Negate, x), a.Select(i => unchecked(-i)));
        c.Is("larger", g.Binary(Op.Maximum, x, y), Pairs(Math.Max));
        c.Is("smaller", g.Binary(Op.Minimum, x, y), Pairs(Math.Min));
        c.Is("chosen", g.Select(g.Binary(Op.Less, x, y), x, g.Constant(16777217, Shape.Scalar, ElementType.Int32)), Pairs((i, j) => i < j ? i : 16777217));
        c.Is("multiplyAdd", g.Add(g.Multiply(x, g.Constant(5000, Shape.Scalar, ElementType.Int32)), y), Pairs((i, j) => unchecked(i * 5000 + j)));
        c.Holds("less", g.Binary(Op.Less, x, y), Pairs((i, j) => i < j));
        c.Holds("lessOrEqual", g.Binary(Op.LessOrEqual, x, y), Pairs((i, j) => i <= j));
        c.Holds("greater", g.Binary(Op.Greater, x, y), Pairs((i, j) => i > j));
        c.Holds("greaterOrEqual", g.Binary(Op.GreaterOrEqual, x, y), Pairs((i, j) => i >= j));
        c.Holds("equal", g.Binary(Op.Equal, x, y), Pairs((i, j) => i == j));
        c.Holds("notEqual", g.Binary(Op.NotEqual, x, y), Pairs((i, j) => i != j));
        c.Holds("equalToConstant", g.Binary(Op.Equal, x, g.Constant(16777216, Shape.Scalar, ElementType.Int32)), a.Select(i => i == 16777216));
        return c;
    }

    static Case Conversions(int count)
    {
        Case c = new(count);
        Graph g = c.Graph;
        int[] a = Left(count);
        float[] floats = [1.9f, -1.9f, -0f, 2147483520f, 2147483648f, -2147483648f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 16777216, 1e-30f];
        Node x = c.Integers(a);
        c.Is("truncated", g.Cast(c.Floats(Of(floats.Length), floats), ElementType.Int32),
            [1, -1, 0, 2147483520, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, 0, 16777216, 0]);
        c.Is("counted", g.Cast(g.Binary(Op.Less, x, g.Constant(5, Shape.Scalar, ElementType.Int32)), ElementType.Int32), a.Select(i => i < 5 ? 1 : 0));
        c.Holds("truth", g.Cast(x, ElementType.Bool), a.Select(i => i != 0));
        g.AddOutput("float", g.Cast(x, ElementType.Float32));
        c.Expected.Add([.. a.Select(i => (float)i)]);
        return c;
    }

    /// <summary>Values that lie in memory between kernels, read in another order, by rows and next to each other.</summary>
    static Case Stored(int count)
    {
        Case c = new(count);
        Graph g = c.Graph;
        int[] a = Left(3 * count), b = Right(3 * count);
        Node x = c.Integers(Of(3, count), a), y = c.Integers(Of(3, count), b);
        Node sum = g.Add(x, y), joined = g.Concat([sum, g.Multiply(x, y)], 1);
        c.Is("joined", joined, Enumerable.Range(0, 3).SelectMany(r => Enumerable.Range(r * count, count).Select(i => unchecked(a[i] + b[i]))
            .Concat(Enumerable.Range(r * count, count).Select(i => unchecked(a[i] * b[i])))));
        c.Is("permuted", g.Copy(g.Permute(joined, [1, 0])), Enumerable.Range(0, 2 * count).SelectMany(i => Enumerable.Range(0, 3)
            .Select(r => unchecked(i < count ? a[r * count + i] + b[r * count + i] : a[r * count + i - count] * b[r * count + i - count]))));
        int[] rows = [2, 0, 0, 1];
        c.Is("gathered", g.Gather(x, g.RowIndex(c.Integers(Of(rows.Length), rows), 3)), rows.SelectMany(r => a.Skip(r * count).Take(count)));
        return c;
    }

    static Case Counted(int count)
    {
        Case c = new(count);
        Graph g = c.Graph;
        Node columns = g.Iota(Of(2, count), 1), rows = g.Iota(Of(2, count), 0);
        var place = Enumerable.Range(0, 2 * count);
        c.Is("columns", g.Add(columns, g.Constant(16777216, Shape.Scalar, ElementType.Int32)), place.Select(i => 16777216 + i % count));
        c.Is("places", g.Add(g.Multiply(rows, g.Constant(20000001, Shape.Scalar, ElementType.Int32)), columns), place.Select(i => 20000001 * (i / count) + i % count));
        c.Is("everySecond", g.Slice(columns, new AxisPart(1, 1, 2), count / 2), Enumerable.Range(0, 2).SelectMany(_ => Enumerable.Range(0, count / 2).Select(i => 1 + 2 * i)));
        c.Is("transposed", g.Permute(columns, [1, 0]), Enumerable.Range(0, 2 * count).Select(i => i / 2));
        return c;
    }

    /// <summary>Checks everything, at row lengths that fill registers and that do not.</summary>
    public static void Check(int[] lengths, object? device = null)
    {
        Case[] cases = [.. lengths.SelectMany(count => new[] { Operations(count), Conversions(count), Stored(count), Counted(count) })];
        var nets = EmittedNet.Compile([.. cases.Select(c => c.Graph)], isObjective: false, device is not null);
        foreach (var (c, net) in cases.Zip(nets))
        {
            var bindings = c.Sketch.Bindings;
            (bindings.Training, bindings.Seed, bindings.Step) = (false, 0, 0);
            using var model = device is null ? net.Create(bindings) : net.CreateOn(device, bindings);
            float[][] results = net.Evaluate(model, bindings);
            var oracle = Oracle.Run(c.Graph, bindings);
            foreach (var (output, i) in c.Graph.Outputs.Select((output, i) => (output, i)))
            {
                Assert.True(c.Expected[i].SequenceEqual(oracle[i].Elements.Select(value => (float)value)), $"{output.Name}, the oracle: {string.Join(" ", oracle[i].Elements)}");
                Assert.True(c.Expected[i].SequenceEqual(results[i]), $"{output.Name}: {string.Join(" ", results[i])}\n{net.Source}");
            }
        }
    }
}
