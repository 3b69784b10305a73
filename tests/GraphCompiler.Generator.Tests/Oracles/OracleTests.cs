using GraphCompiler.Generator.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Oracles;

/// <summary>The oracle itself, against published and independently computed numbers.</summary>
public class OracleTests
{
    /// <summary>The known-answer vectors of the Random123 library (kat_vectors, philox 4x32 10).</summary>
    [Fact]
    public void Philox_gives_the_published_vectors()
    {
        Assert.Equal([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8], Oracle.Philox(0, 0, 0, 0, 0, 0));
        const uint Ones = uint.MaxValue;
        Assert.Equal([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd], Oracle.Philox(Ones, Ones, Ones, Ones, Ones, Ones));
        Assert.Equal(
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
            Oracle.Philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    /// <summary>The numbers are those of C's mathematical library.</summary>
    [Theory]
    [InlineData(nameof(Op.Erf), 0.5, 0.5204998778130465)]
    [InlineData(nameof(Op.Erf), -2, -0.9953222650189527)]
    [InlineData(nameof(Op.Erf), 4, 0.9999999845827421)]
    [InlineData(nameof(Op.Erf), 7, 1)]
    [InlineData(nameof(Op.Sigmoid), -800, 0)]
    [InlineData(nameof(Op.Sigmoid), 2, 0.8807970779778823)]
    [InlineData(nameof(Op.Softplus), -40, 4.248354255291589e-18)]
    [InlineData(nameof(Op.Softplus), 800, 800)]
    [InlineData(nameof(Op.Relu), double.NaN, double.NaN)]
    public void Functions_are_exact_to_the_last_digits(string op, double x, double expected)
    {
        double actual = ElementArithmetic.Compute(Enum.Parse<Op>(op), ElementType.Float32, x, 0, 0);
        Assert.True(actual.Equals(expected) || Math.Abs(actual - expected) <= 1e-15 * Math.Abs(expected), $"{actual:R}");
    }

    /// <summary>Ties, overflow, numbers below the normal ones, and the rounding to single precision that comes first.</summary>
    [Theory]
    [InlineData(nameof(ElementType.BFloat16), 1.00390625, 1)]
    [InlineData(nameof(ElementType.BFloat16), 1.01171875, 1.015625)]
    [InlineData(nameof(ElementType.BFloat16), -1.0039064, -1.0078125)]
    [InlineData(nameof(ElementType.BFloat16), 1.003906250001, 1)]
    [InlineData(nameof(ElementType.BFloat16), 3.3961775e38, double.PositiveInfinity)]
    [InlineData(nameof(ElementType.BFloat16), 3.39e38, 3.3895313892515355e38)]
    [InlineData(nameof(ElementType.BFloat16), 1e-39, 1.0101904577379033e-39)]
    [InlineData(nameof(ElementType.Float16), 2049, 2048)]
    [InlineData(nameof(ElementType.Float16), 2051, 2052)]
    [InlineData(nameof(ElementType.Float16), 65519.99, 65504)]
    [InlineData(nameof(ElementType.Float16), -65520, double.NegativeInfinity)]
    [InlineData(nameof(ElementType.Float16), 1e-7, 1.1920928955078125e-7)]
    [InlineData(nameof(ElementType.Float16), 2.98e-8, 0)]
    [InlineData(nameof(ElementType.Float16), double.NaN, double.NaN)]
    public void Rounding_is_to_the_nearest_even_number(string format, double x, double expected) =>
        Assert.Equal(expected, Casts.Rounded(x, Enum.Parse<ElementType>(format)));

    [Fact]
    public void Rounding_to_sixteen_bits_is_that_of_the_runtime()
    {
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++)
        {
            float x = BitConverter.Int32BitsToSingle(random.Next() ^ (random.Next(2) << 31));
            Assert.Equal((double)(Half)x, Casts.Rounded(x, ElementType.Float16));
        }
    }

    static double[] Run(Func<Graph, Node> build, params double[][] inputs)
    {
        var graph = new Graph();
        graph.AddOutput("result", build(graph));
        var bindings = new Bindings();
        for (int i = 0; i < inputs.Length; i++)
            bindings.Inputs[$"x{i}"] = inputs[i];
        return Oracle.Run(graph, bindings)[0].Elements;
    }

    static Node X(Graph graph, params Dim[] shape) => graph.Input("x0", new Shape(shape), ElementType.Float32);

    [Fact]
    public void Layout_operations_move_the_right_elements()
    {
        double[] six = [0, 1, 2, 3, 4, 5];
        Assert.Equal([0, 3, 1, 4, 2, 5], Run(g => g.Permute(X(g, 2, 3), [1, 0]), six));
        Assert.Equal([1, 3, 5], Run(g => g.Slice(X(g, 6), 0, 1, 3, 2), six));
        Assert.Equal([1, 4], Run(g => g.Slice(X(g, 2, 3), 1, 1, 1), six));
        Assert.Equal([0, 0, 0, 1, 0, 2, 0], Run(g => g.Pad(X(g, 3), 0, 1, 7, 2), [0, 1, 2]));
        Assert.Equal([0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5], Run(g => g.Concat([X(g, 3, 2), X(g, 3, 2)], 1), six));
        Assert.Equal([0, 0, 1, 1, 2, 2], Run(g => g.BroadcastTo(X(g, 3, 1), new Shape(3, 2)), [0, 1, 2]));
        Assert.Equal([3, 5, 7], Run(g => g.Reduce(Op.ReduceSum, X(g, 2, 3), [0]), six));
        Assert.Equal([2, 5], Run(g => g.Reduce(Op.ReduceMax, X(g, 2, 3), [1]), six));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Matrix_products_read_transposed_operands(bool left, bool right)
    {
        double[] a = left ? [1, 4, 2, 5, 3, 6] : [1, 2, 3, 4, 5, 6];
        double[] b = right ? [7, 9, 11, 8, 10, 12] : [7, 8, 9, 10, 11, 12];
        double[] product = Run(
            g => g.MatMul(
                X(g, left ? [3, 2] : [2, 3]), g.Input("x1", right ? new Shape(2, 3) : new Shape(3, 2), ElementType.Float32), left, right),
            a, b);
        Assert.Equal([58, 64, 139, 154], product);
    }

    [Fact]
    public void Rows_are_gathered_and_scattered()
    {
        double[] labels = [2, 0, 2];
        Assert.Equal([4, 5, 0, 1, 4, 5], Run(g => g.Gather(X(g, 3, 2), g.Input("x1", new Shape((Dim)3), ElementType.Int32)), [0, 1, 2, 3, 4, 5], labels));
        Assert.Equal([2, 3, 0, 0, 4, 6], Run(g => g.ScatterAdd(g.Input("x1", new Shape((Dim)3), ElementType.Int32), X(g, 3, 2), 3), [0, 1, 2, 3, 4, 5], labels));
    }
}
