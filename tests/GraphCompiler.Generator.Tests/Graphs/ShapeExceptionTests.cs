using GraphCompiler.Generator.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Graphs;

/// <summary>Operands that do not fit are named with the axes that differ, so that a frontend can say it in its own words.</summary>
public class ShapeExceptionTests
{
    static readonly AttentionForm Form = new() { Scale = 1 };

    internal sealed record Case(string Name, Action<Graph> Build, AxisMismatch Expected)
    {
        public override string ToString() => Name;
    }

    static readonly Case[] Cases =
    [
        new("Add", g => g.Add(X(g, 4, 3), X(g, 4, 5)), new(1, 3, 1, 5)),
        new("MatMul", g => g.MatMul(X(g, 4, 3), X(g, 5, 4)), new(1, 3, 0, 5)),
        new("BroadcastTo", g => g.BroadcastTo(X(g, 4, 3), new Shape([4, 5])), new(1, 3, 1, 5)),
        new("Concat", g => g.Concat([X(g, 4, 3), X(g, 5, 3)], 1), new(0, 4, 0, 5)),
        new("CrossEntropy", g => g.CrossEntropy(X(g, 4, 3), Labels(g, 5)), new(0, 4, 0, 5)),
        new("BinaryCrossEntropy", g => g.BinaryCrossEntropy(X(g, 4, 3), X(g, 4, 5)), new(1, 3, 1, 5)),
        new("LayerNorm", g => g.LayerNorm(X(g, 4, 3), X(g, 3), X(g, 5), 1e-5), new(1, 3, 0, 5) { Operands = (0, 2) }),
        new("RmsNorm", g => g.RmsNorm(X(g, 4, 3), X(g, 5), 1e-5), new(1, 3, 0, 5)),
        new("Set", g => g.Assign(State(g, 4, 3), X(g, 4, 5)), new(1, 3, 1, 5)),
        new("Write", g => g.WriteAt(State(g, 4, 3), X(g, 2, 5), Labels(g), 0), new(1, 3, 1, 5)),
        new("Write, too long", g => g.WriteAt(State(g, 4, 3), X(g, 6, 3), Labels(g), 0), new(0, 4, 0, 6)),
        new("Attention, head size", g => g.Attention(X(g, 7, 2, 3), X(g, 6, 2, 5), X(g, 6, 2, 5), Form), new(2, 3, 2, 5)),
        new("Attention, value", g => g.Attention(X(g, 7, 2, 3), X(g, 6, 2, 3), X(g, 5, 2, 3), Form), new(0, 6, 0, 5) { Operands = (1, 2) }),
        new("Attention, heads", g => g.Attention(X(g, 7, 3, 3), X(g, 6, 2, 3), X(g, 6, 2, 3), Form), new(1, 3, 1, 2)),
        new("LinearCrossEntropy, width", g => g.LinearCrossEntropy(X(g, 4, 3), X(g, 9, 5), Labels(g, 4), null), new(1, 3, 1, 5)),
        new("LinearCrossEntropy, labels", g => g.LinearCrossEntropy(X(g, 4, 3), X(g, 9, 3), Labels(g, 5), null), new(0, 4, 0, 5) { Operands = (0, 2) }),
        new("LinearCrossEntropy, bias", g => g.LinearCrossEntropy(X(g, 4, 3), X(g, 9, 3), Labels(g, 4), X(g, 8)), new(0, 9, 0, 8) { Operands = (1, 3) }),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_says_which_axes_of_which_operands(string name)
    {
        var (_, build, expected) = Cases.Single(c => c.Name == name);
        Assert.Equal(expected, Assert.Throws<ShapeException>(() => build(new Graph())).Mismatch);
    }

    static Node X(Graph graph, params Dim[] shape) => graph.Input($"x{graph.Nodes.Count}", new Shape(shape), ElementType.Float32);

    static Node State(Graph graph, params Dim[] shape) => graph.State($"state{graph.Nodes.Count}", new Shape(shape), StateOwner.Session);

    static Node Labels(Graph graph, params Dim[] shape) => graph.Input($"labels{graph.Nodes.Count}", new Shape(shape), ElementType.Int32);
}
