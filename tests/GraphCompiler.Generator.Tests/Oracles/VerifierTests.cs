using GraphCompiler.Generator.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Oracles;

public class VerifierTests
{
    [Fact]
    public void A_shape_that_does_not_follow_is_found()
    {
        var graph = new Graph();
        var wide = graph.Input("wide", new Shape(2, 3), ElementType.Float32);
        var narrow = graph.Input("narrow", new Shape(2, 1), ElementType.Float32);
        graph.AddOutput("y", graph.Rebuild(graph.Unary(Op.Exp, wide), [narrow]));
        Assert.Contains("would be built as", Assert.Single(Verifier.Violations(graph)));
    }

    [Fact]
    public void Operands_that_do_not_fit_are_found()
    {
        var graph = new Graph();
        var left = graph.Input("left", new Shape(2, 3), ElementType.Float32);
        var right = graph.Input("right", new Shape(3, 4), ElementType.Float32);
        graph.AddOutput("y", graph.Rebuild(graph.MatMul(left, right), [right, left]));
        Assert.Contains("inner axes differ", Assert.Single(Verifier.Violations(graph)));
    }

    [Fact]
    public void Nodes_of_another_graph_are_found()
    {
        var other = new Graph();
        var foreign = other.Input("x", new Shape(2, 3), ElementType.Float32);
        var graph = new Graph();
        graph.Input("y", new Shape(2, 3), ElementType.Float32);
        graph.Unary(Op.Exp, foreign);
        graph.AddOutput("x", foreign);
        Assert.Equal(2, Verifier.Violations(graph).Count);
    }

    [Fact]
    public void A_gradient_that_is_not_its_parameters_is_found()
    {
        var graph = new Graph();
        var weight = graph.Parameter("weight", new Shape(2, 3));
        graph.AddOutput("weight", graph.Permute(weight, [1, 0]), OutputKind.Gradient);
        graph.AddOutput("bias", weight, OutputKind.Gradient);
        Assert.Equal(2, Verifier.Violations(graph).Count);
    }
}
