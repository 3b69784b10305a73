using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>Gradients where the derivative does not exist: PyTorch's choices, before and after simplification.</summary>
public class ConventionTests
{
    static readonly Shape Four = new((Dim)4);

    static double[] GradientAt(double[] x, Func<Graph, Node, Node> function)
    {
        var graph = new Graph();
        var parameter = graph.Parameter("x", new Shape((Dim)x.Length));
        graph.AddOutput("loss", graph.Reduce(Op.ReduceSum, function(graph, parameter), [], keepDimensions: false));
        var bindings = new Bindings();
        bindings.Parameters["x"] = x;
        double[] gradient = Oracle.Run(Differentiation.Run(graph), bindings)[1].Elements;
        var compiled = Simplification.Run(Lowering.Run(Differentiation.Run(Simplification.Run(graph))));
        Assert.Equal(gradient, Oracle.Run(compiled, bindings)[1].Elements);
        return gradient;
    }

    [Theory]
    [InlineData(nameof(Op.Relu), new double[] { 0, 0, 1, 0 })]
    [InlineData(nameof(Op.Abs), new double[] { -1, 0, 1, 0 })]
    [InlineData(nameof(Op.Sign), new double[] { 0, 0, 0, 0 })]
    [InlineData(nameof(Op.Floor), new double[] { 0, 0, 0, 0 })]
    public void Of_one_operand_at_zero(string op, double[] expected) =>
        Assert.Equal(expected, GradientAt([-1, 0, 2, -0.0], (g, x) => g.Unary(Enum.Parse<Op>(op), x)));

    [Theory]
    [InlineData(nameof(Op.ReduceMax))]
    [InlineData(nameof(Op.ReduceMin))]
    public void Extrema_over_axes_spread_over_ties(string op) =>
        Assert.Equal([0.5, 0, 0.5, 0], GradientAt(
            op == nameof(Op.ReduceMax) ? [3, 1, 3, 2] : [-3, -1, -3, -2], (g, x) => g.Reduce(Enum.Parse<Op>(op), x, [0])));

    [Fact]
    public void Extrema_of_two_tensors_give_half_to_each_at_ties()
    {
        Node Other(Graph g) => g.Multiply(g.Constant(1), g.Cast(g.Iota(Four, 0), ElementType.Float32));
        Assert.Equal([0.5, 1, 0, 0.5], GradientAt([0, 2, 1, 3], (g, x) => g.Binary(Op.Maximum, x, Other(g))));
        Assert.Equal([0.5, 0, 1, 0.5], GradientAt([0, 2, 1, 3], (g, x) => g.Binary(Op.Minimum, x, Other(g))));
        Assert.Equal([1, 1, 1, 1], GradientAt([0, 2, 1, 3], (g, x) => g.Binary(Op.Maximum, x, x)));
    }

    [Fact]
    public void A_constant_is_a_tensor_like_another()
    {
        Assert.Equal([0, 0.5, 1, 1], GradientAt([-1, -0.5, 0.5, 1], (g, x) => g.Binary(Op.Maximum, x, g.Constant(-0.5))));
        Assert.Equal([0, 0.5, 1, 0], GradientAt([-1, 0, 0.5, -2], (g, x) => g.Binary(Op.Maximum, x, g.Constant(0))));
    }

    /// <summary>Nested maxima spread axis by axis, and simplification must not change that.</summary>
    [Fact]
    public void Nested_extrema_spread_axis_by_axis() => Assert.Equal([0.25, 0.25, 0.5, 0], GradientAt([3, 3, 3, 1], (g, x) =>
        g.Reduce(Op.ReduceMax, g.Reduce(Op.ReduceMax, g.Reshape(x, new Shape(2, 2)), [1]), [0])));

    [Fact]
    public void A_clamp_of_selections_passes_its_bounds()
    {
        double[] gradient = GradientAt([-1, -0.5, 0.5, 1], (g, x) =>
        {
            x = g.Select(g.Binary(Op.Greater, x, g.Constant(0.5)), g.Constant(0.5), x);
            return g.Select(g.Binary(Op.Less, x, g.Constant(-0.5)), g.Constant(-0.5), x);
        });
        Assert.Equal([0, 1, 1, 0], gradient);
    }

    [Fact]
    public void Powers_of_zero_have_no_NaN()
    {
        Assert.Equal([0, 0, 0, 0], GradientAt([0, 1, 2, -1], (g, x) => g.Binary(Op.Power, x, g.Constant(0))));
        Assert.Equal([0, 2, 4, -2], GradientAt([0, 1, 2, -1], (g, x) => g.Binary(Op.Power, x, g.Constant(2))));
        Assert.Equal([0, 0, 0, 0], GradientAt([0, 1, 2, 3], (g, x) => g.Binary(Op.Power, g.Constant(0), x)));
        Assert.Equal([1, 1, 1, 1], GradientAt([0, 1, 2, 3], (g, x) => g.Binary(Op.Power, x, g.Constant(1))));
    }

    [Fact]
    public void Huber_at_its_corner() => Assert.Equal([-0.5, -0.5, 0.5, 0.5], GradientAt(
        [-0.5, -2, 0.5, 2], (g, x) => g.Huber(x, g.Constant(0, Four), 0.5)));

    [Fact]
    public void A_parameter_that_the_objective_does_not_reach_has_a_gradient_of_zeros()
    {
        var graph = new Graph();
        var used = graph.Parameter("used", Shape.Scalar);
        var condition = graph.Binary(Op.Greater, graph.Parameter("compared", Shape.Scalar), graph.Constant(0));
        graph.Parameter("unused", new Shape(2, 3));
        graph.AddOutput("loss", graph.Multiply(used, graph.Cast(condition, ElementType.Float32)));
        var result = Simplification.Run(Differentiation.Run(Specialize.Run(graph, training: true)));
        Assert.Equal(["loss", "used", "compared", "unused"], result.Outputs.Select(o => o.Name));
        Assert.True(result.Outputs[2].Node.IsConstant(0));
        Assert.True(result.Outputs[3].Node.IsConstant(0));
        Assert.Equal(new Shape(2, 3), result.Outputs[3].Node.Shape);
    }

    [Fact]
    public void Only_one_single_number_can_be_differentiated()
    {
        var graph = new Graph();
        var x = graph.Parameter("x", Four);
        Assert.Throws<InvalidOperationException>(() => Differentiation.Run(graph));
        graph.AddOutput("x", x);
        Assert.Throws<InvalidOperationException>(() => Differentiation.Run(graph));
    }
}
