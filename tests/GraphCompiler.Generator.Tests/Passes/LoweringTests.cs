using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>What lowering shares between forward and backward, and how it splits reductions.</summary>
public class LoweringTests
{
    static Graph Trained(Func<Graph, Node> build)
    {
        var graph = new Graph();
        graph.AddOutput("loss", graph.Reduce(Op.ReduceSum, build(graph), [], keepDimensions: false));
        return Simplification.Run(Lowering.Run(Differentiation.Run(graph)));
    }

    [Fact]
    public void Forward_and_backward_of_cross_entropy_share_the_exponentials()
    {
        var graph = Trained(g => g.CrossEntropy(g.Parameter("logits", new Shape(4, 3)), g.Input("labels", new Shape((Dim)4), ElementType.Int32)));
        Assert.Single(graph.Nodes, n => n.Op == Op.Exp);
        Assert.Single(graph.Nodes, n => n.Op == Op.ReduceMax);
        Assert.Single(graph.Nodes, n => n.Op == Op.Iota);
    }

    [Fact]
    public void Forward_and_backward_of_norms_share_the_statistics()
    {
        var layer = Trained(g => g.Unary(Op.Exp, g.LayerNorm(
            g.Parameter("x", new Shape(4, 3)), g.Parameter("gain", new Shape((Dim)3)), g.Parameter("bias", new Shape((Dim)3)), 1e-5)));
        Assert.Single(layer.Nodes, n => n.Op == Op.ReciprocalSqrt);
        var root = Trained(g => g.Unary(Op.Exp, g.RmsNorm(g.Parameter("x", new Shape(4, 3)), g.Parameter("gain", new Shape((Dim)3)), 1e-5)));
        Assert.Single(root.Nodes, n => n.Op == Op.ReciprocalSqrt);
    }

    [Fact]
    public void A_weight_that_multiplies_a_batch_gets_its_gradient_from_one_product()
    {
        var graph = Trained(g => g.Unary(Op.Exp, g.MatMul(
            g.Input("x", new Shape(2, 5, 3), ElementType.Float32), g.Parameter("weight", new Shape(4, 3)), transposeRight: true)));
        Assert.Equal(2, graph.Nodes.Count(n => n.Op == Op.MatMul));
        Assert.All(graph.Nodes.Where(n => n.Op == Op.MatMul), n => Assert.Equal(2, n.Shape.Rank));
    }

    [Fact]
    public void Softmax_of_large_numbers_is_finite()
    {
        var graph = new Graph();
        graph.AddOutput("y", graph.Softmax(graph.Input("x", new Shape((Dim)3), ElementType.Float32), 0));
        var bindings = new Bindings();
        bindings.Inputs["x"] = [1000, 1000, -1000];
        Assert.Equal([0.5, 0.5, 0], Oracle.Run(Lowering.Run(graph), bindings)[0].Elements);
    }

    [Fact]
    public void Reductions_of_separate_axes_are_split_the_innermost_first()
    {
        var graph = new Graph();
        var x = graph.Input("x", new Shape(2, 1, 3, 4, 5), ElementType.Float32);
        graph.AddOutput("y", graph.Reduce(Op.ReduceSum, x, [0, 2, 4]));
        Assert.Equal(["4", "0 2"], Lowering.Run(graph).Nodes.Where(n => n.Op == Op.ReduceSum).Select(n => n.Attributes.ToString()));
    }
}
