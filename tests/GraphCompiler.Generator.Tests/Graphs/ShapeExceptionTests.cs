using GraphCompiler.Generator.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Graphs;

/// <summary>Operands that do not fit are named with the axes that differ, so that a frontend can say it in its own words.</summary>
public class ShapeExceptionTests
{
    static readonly AttentionForm Form = new() { Scale = 1 };

    internal sealed record Case(string Name, Action<Graph> Build, ShapeMismatch Expected)
    {
        public override string ToString() => Name;
    }

    static readonly Case[] Cases =
    [
        new("Add", g => g.Add(X(g, 4, 3), X(g, 4, 5)), new AxisMismatch(1, 3, 1, 5)),
        new("MatMul", g => g.MatMul(X(g, 4, 3), X(g, 5, 4)), new AxisMismatch(1, 3, 0, 5)),
        new("BroadcastTo", g => g.BroadcastTo(X(g, 4, 3), new Shape([4, 5])), new AxisMismatch(1, 3, 1, 5)),
        new("Concat", g => g.Concat([X(g, 4, 3), X(g, 5, 3)], 1), new AxisMismatch(0, 4, 0, 5)),
        new("CrossEntropy", g => g.CrossEntropy(X(g, 4, 3), Labels(g, 5)), new AxisMismatch(0, 4, 0, 5)),
        new("SmoothedCrossEntropy, weights", g => g.SmoothedCrossEntropy(X(g, 4, 3), Labels(g, 4), X(g, 4), 0.1), new AxisMismatch(1, 3, 0, 4) { Operands = (0, 2) }),
        new("BinaryCrossEntropy", g => g.BinaryCrossEntropy(X(g, 4, 3), X(g, 4, 5)), new AxisMismatch(1, 3, 1, 5)),
        new("LayerNorm", g => g.LayerNorm(X(g, 4, 3), X(g, 3), X(g, 5), 1e-5), new AxisMismatch(1, 3, 0, 5) { Operands = (0, 2) }),
        new("RmsNorm", g => g.RmsNorm(X(g, 4, 3), X(g, 5), 1e-5), new AxisMismatch(1, 3, 0, 5)),
        new("Set", g => g.Assign(State(g, 4, 3), X(g, 4, 5)), new AxisMismatch(1, 3, 1, 5)),
        new("Write", g => g.WriteAt(State(g, 4, 3), X(g, 2, 5), Labels(g), 0), new AxisMismatch(1, 3, 1, 5)),
        new("Write, too long", g => g.WriteAt(State(g, 4, 3), X(g, 6, 3), Labels(g), 0), new AxisMismatch(0, 4, 0, 6)),
        new("Attention, head size", g => g.Attention(X(g, 7, 2, 3), X(g, 6, 2, 5), X(g, 6, 2, 5), Form), new AxisMismatch(2, 3, 2, 5)),
        new("Attention, value", g => g.Attention(X(g, 7, 2, 3), X(g, 6, 2, 3), X(g, 5, 2, 3), Form), new AxisMismatch(0, 6, 0, 5) { Operands = (1, 2) }),
        new("Attention, heads", g => g.Attention(X(g, 7, 3, 3), X(g, 6, 2, 3), X(g, 6, 2, 3), Form), new AxisMismatch(1, 3, 1, 2)),
        new("LinearCrossEntropy, width", g => g.LinearCrossEntropy(X(g, 4, 3), X(g, 9, 5), Labels(g, 4), null), new AxisMismatch(1, 3, 1, 5)),
        new("LinearCrossEntropy, labels", g => g.LinearCrossEntropy(X(g, 4, 3), X(g, 9, 3), Labels(g, 5), null), new AxisMismatch(0, 4, 0, 5) { Operands = (0, 2) }),
        new("LinearCrossEntropy, bias", g => g.LinearCrossEntropy(X(g, 4, 3), X(g, 9, 3), Labels(g, 4), X(g, 8)), new AxisMismatch(0, 9, 0, 8) { Operands = (1, 3) }),
        new("Attention, key mask", g => g.Attention(X(g, 7, 2, 3), X(g, 6, 2, 3), X(g, 6, 2, 3), Form, Mask(g, 5)), new AxisMismatch(0, 6, 0, 5) { Operands = (1, 3) }),
        new("AttentionGradient, result", g => Gradient(g, X(g, 7, 2, 4), X(g, 2, 7)), new AxisMismatch(2, 3, 2, 4) { Operands = (0, 3) }),
        new("AttentionGradient, sums", g => Gradient(g, X(g, 7, 2, 3), X(g, 2, 6)), new AxisMismatch(1, 7, 1, 6) { Operands = (0, 4) }),
        new("ScatterAdd, row", g => g.ScatterAdd(Labels(g, 4), X(g, 4, 3), 9, X(g, 9, 5)), new AxisMismatch(1, 3, 1, 5) { Operands = (1, 2) }),
        new("ScatterAdd, rows", g => g.ScatterAdd(Labels(g, 4), X(g, 4, 3), 9, X(g, 8, 3)), new AxisMismatch(0, 9, 0, 8) { Operands = (0, 2) }),

        // Operands that have too many axes, or too few.
        new("MatMul, a vector", g => g.MatMul(X(g, 4, 3), X(g, 3)), new RankMismatch(1, 1, 2)),
        new("BroadcastTo, to fewer axes", g => g.BroadcastTo(X(g, 4, 3), new Shape([3])), new RankMismatch(0, 2, 1)),
        new("Concat, third part", g => g.Concat([X(g, 4, 3), X(g, 4, 3), X(g, 4)], 1), new RankMismatch(2, 1, 2)),
        new("CrossEntropy, labels", g => g.CrossEntropy(X(g, 4, 3), Labels(g, 4, 3)), new RankMismatch(1, 2, 1)),
        new("Huber", g => g.Huber(X(g, 4, 3), X(g, 4), 1), new RankMismatch(1, 1, 2)),
        new("LayerNorm, bias", g => g.LayerNorm(X(g, 4, 3), X(g, 3), X(g, 1, 3), 1e-5), new RankMismatch(2, 2, 1)),
        new("Set, another rank", g => g.Assign(State(g, 4, 3), X(g, 4)), new RankMismatch(1, 1, 2)),
        new("Write, position", g => g.WriteAt(State(g, 4, 3), X(g, 2, 3), Labels(g, 1), 0), new RankMismatch(2, 1, 0)),
        new("Attention, a key without heads", g => g.Attention(X(g, 7, 2, 3), X(g, 6, 3), X(g, 6, 3), Form), new RankMismatch(1, 2, 3)),
        new("Gather", g => g.Gather(X(g), Labels(g, 4)), new RankMismatch(0, 0, 1)),
        new("LinearCrossEntropy, labels of two axes", g => g.LinearCrossEntropy(X(g, 4, 3), X(g, 9, 3), Labels(g, 4, 1), null), new RankMismatch(2, 2, 1)),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_says_which_axes_of_which_operands(string name)
    {
        var (_, build, expected) = Cases.Single(c => c.Name == name);
        Assert.Equal(expected, Assert.Throws<ShapeException>(() => build(new Graph())).Mismatch);
    }

    static Node Gradient(Graph graph, Node result, Node logSumExp)
    {
        Node query = X(graph, 7, 2, 3), key = X(graph, 7, 2, 3);
        return graph.AttentionGradient(AttentionOperand.Query, [query, key, key, result, logSumExp, X(graph, 7, 2, 3)], Form);
    }

    static Node Mask(Graph graph, params Dim[] shape) => graph.Input($"mask{graph.Nodes.Count}", new Shape(shape), ElementType.Bool);

    static Node X(Graph graph, params Dim[] shape) => graph.Input($"x{graph.Nodes.Count}", new Shape(shape), ElementType.Float32);

    static Node State(Graph graph, params Dim[] shape) => graph.State($"state{graph.Nodes.Count}", new Shape(shape), StateOwner.Session);

    static Node Labels(Graph graph, params Dim[] shape) => graph.Input($"labels{graph.Nodes.Count}", new Shape(shape), ElementType.Int32);
}
