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

        public void Numbers(string name, Node numbers, IEnumerable<float> expected)
        {
            Graph.AddOutput(name, numbers);
            Expected.Add([.. expected]);
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
        // Halves of units, subnormal numbers, the ends of the ranges, and what is beyond them, of both formats of 16 bits.
        float[] halves =
        [
            1.00048828125f, 1.00146484375f, 1.0004883f, -1.00390625f, 1.01171875f, 65504, 65519.996f, 65520, -65536, 6.1035156e-5f, 6.0975552e-5f, 5.9604645e-8f,
            2.9802322e-8f, 2.9802326e-8f, -8.9406967e-8f, 1e-30f, 3.3895314e38f, 3.3961775e38f, float.MaxValue, 9.2e-41f, 4.6e-41f, -0f, 2.5f, -7.75f,
            float.PositiveInfinity, float.NegativeInfinity, float.NaN,
        ];
        Node x = c.Integers(a);
        c.Is("truncated", g.Cast(c.Floats(Of(floats.Length), floats), ElementType.Int32),
            [1, -1, 0, 2147483520, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, 0, 16777216, 0]);
        c.Is("ofHalves", g.Cast(g.Cast(c.Floats(Of(halves.Length), halves), ElementType.Float16), ElementType.Int32), halves.Select(h => Integer((float)(Half)h)));
        Node numbers = c.Floats(Of(halves.Length), halves);
        c.Numbers("half", g.Cast(g.Cast(numbers, ElementType.Float16), ElementType.Float32), halves.Select(h => (float)(Half)h));
        c.Numbers("bfloat16", g.Cast(g.Cast(numbers, ElementType.BFloat16), ElementType.Float32), halves.Select(h => (float)(BFloat16)h));
        c.Numbers("bfloat16OfHalf", g.Cast(g.Cast(g.Cast(numbers, ElementType.Float16), ElementType.BFloat16), ElementType.Float32),
            halves.Select(h => (float)(BFloat16)(float)(Half)h));
        c.Holds("truthOfHalf", g.Cast(g.Cast(numbers, ElementType.Float16), ElementType.Bool), halves.Select(h => (float)(Half)h != 0));
        c.Holds("truthOfFloat", g.Cast(numbers, ElementType.Bool), halves.Select(h => h != 0));
        c.Numbers("halfOfInteger", g.Cast(g.Cast(x, ElementType.Float16), ElementType.Float32), a.Select(i => (float)(Half)(float)i));
        c.Numbers("bfloat16OfInteger", g.Cast(g.Cast(x, ElementType.BFloat16), ElementType.Float32), a.Select(i => (float)(BFloat16)(float)i));
        c.Numbers("halfOfTruth", g.Cast(g.Cast(g.Cast(x, ElementType.Bool), ElementType.Float16), ElementType.Float32), a.Select(i => i != 0 ? 1f : 0f));
        c.Is("counted", g.Cast(g.Binary(Op.Less, x, g.Constant(5, Shape.Scalar, ElementType.Int32)), ElementType.Int32), a.Select(i => i < 5 ? 1 : 0));
        c.Holds("truth", g.Cast(x, ElementType.Bool), a.Select(i => i != 0));
        c.Numbers("float", g.Cast(x, ElementType.Float32), a.Select(i => (float)i));
        return c;

        static int Integer(float number) => float.IsNaN(number) ? 0 : (int)Math.Clamp((double)number, int.MinValue, int.MaxValue);
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

    /// <summary>Integers of less than 32 bits, in memory between kernels: read in rows and across, joined, gathered, and computed with.</summary>
    static Case Narrow(int count)
    {
        Case c = new(count);
        Graph g = c.Graph;
        int[] a = Left(3 * count), rows = [2, 0, 1];
        Node x = c.Integers(Of(3, count), a), taken = g.RowIndex(c.Integers(Of(rows.Length), rows), 3);
        foreach (var (type, convert) in new (ElementType, Func<int, int>)[]
            { (ElementType.Int16, i => unchecked((short)i)), (ElementType.Int8, i => unchecked((sbyte)i)), (ElementType.UInt8, i => unchecked((byte)i)) })
        {
            var stored = g.Copy(g.Permute(g.Cast(x, type), [1, 0]));
            c.Is($"{type}Across", g.Cast(stored, ElementType.Int32), Enumerable.Range(0, 3 * count).Select(i => convert(a[i % 3 * count + i / 3])));
            c.Is($"{type}Gathered", g.Unary(Op.Negate, g.Cast(g.Gather(g.Concat([g.Cast(x, type)], 0), taken), ElementType.Int32)),
                rows.SelectMany(r => a.Skip(r * count).Take(count)).Select(i => -convert(i)));
            c.Numbers($"{type}Float", g.Cast(stored, ElementType.Float32), Enumerable.Range(0, 3 * count).Select(i => (float)convert(a[i % 3 * count + i / 3])));
            c.Holds($"{type}Truth", g.Cast(g.Cast(x, type), ElementType.Bool), a.Select(i => convert(i) != 0));
        }
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
        Case[] cases = [.. lengths.SelectMany(count => new[] { Operations(count), Conversions(count), Stored(count), Narrow(count), Counted(count) })];
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
