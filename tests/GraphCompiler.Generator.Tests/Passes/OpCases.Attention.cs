using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;

namespace GraphCompiler.Generator.Tests.Passes;

// Attention with the axis n in every role.
internal static partial class OpCases
{
    static readonly AttentionForm Full = new() { Scale = 0.5 };

    static IEnumerable<Case> Attentions()
    {
        yield return Attend(n => (Of(2, n, 2, 3), Of(2, n, 2, 3)), Full);
        yield return Attend(n => (Of(2, n, 2, 3), Of(2, n, 2, 3)), Full with { IsCausal = true });
        yield return Attend(n => (Of(n, 3, 4, 2), Of(n, 5, 2, 2)), Full with { IsCausal = true });
        yield return Attend(n => (Of(4, 2, 3), Of(n, 2, 3)), Full with { IsCausal = true });
        yield return Attend(n => (Of(6, n, 2), Of(6, 1, 2)), Full with { IsCausal = true, Window = 2 });
        yield return Attend(n => (Of(2, 4, 1, n), Of(2, 6, 1, n)), Full with { Window = 3 });
        yield return Attend(n => (Of(n, 2, 3, 1, 2), Of(n, 2, 4, 1, 2)), Full with { Dropout = 0.3, Stream = 4 });
        yield return new(Op.Attention, (s, n) => s.Graph.Attention(
            s.Parameter(Of(2, 3, 2, 2)), s.Parameter(Of(2, n, 1, 2)), s.Parameter(Of(2, n, 1, 2)), Full, Mask(s, Of(2, n))));
        yield return new(Op.Attention, (s, n) => s.Graph.Attention(
            s.Parameter(Of(2, 2, n)), s.Parameter(Of(5, 1, n)), s.Parameter(Of(5, 1, n)), Full with { IsCausal = true }, Mask(s, Of((Dim)5)), s.Labels(Shape.Scalar, 6)));
        yield return new(Op.Attention, (s, n) => HeadsOfOneProjection(s, n, Full with { IsCausal = true }));
        yield return new(Op.AttentionLogSumExp, Sums);
        foreach (var which in new[] { AttentionOperand.Query, AttentionOperand.Key, AttentionOperand.Value })
            yield return new(Op.AttentionGradient, (s, n) => Gradient(s, n, which));
    }

    static Case Attend(Func<Dim, (Shape Query, Shape Key)> shapes, AttentionForm form) => new(Op.Attention, (s, n) =>
    {
        var (query, key) = shapes(n);
        return s.Graph.Attention(s.Parameter(query), s.Parameter(key), s.Parameter(key), form);
    });

    /// <summary>Truth values that no gradient depends on.</summary>
    static Node Mask(GraphSketch s, Shape shape) => s.Graph.Binary(Op.Greater, s.Labels(shape, 3), s.Graph.Constant(0, Shape.Scalar, ElementType.Int32));

    /// <summary>Query, key and value are parts of one tensor, as a fused projection gives them, and the heads come last.</summary>
    static Node HeadsOfOneProjection(GraphSketch s, Dim n, AttentionForm form)
    {
        var projection = s.Parameter(Of(2, n, 18));
        var parts = Enumerable.Range(0, 3).Select(i => s.Graph.Reshape(s.Graph.Slice(projection, 2, i * 6, 6), Of(2, n, 2, 3))).ToArray();
        return s.Graph.Reshape(s.Graph.Attention(parts[0], parts[1], parts[2], form), Of(2, n, 6));
    }

    /// <summary>The sums have no gradient themselves: their operands are inputs.</summary>
    static Node Sums(GraphSketch s, Dim n)
    {
        Node query = s.Input(Of(2, n, 4, 2)), key = s.Input(Of(2, 3, 2, 2)), value = s.Input(Of(2, 3, 2, 2));
        var result = s.Graph.Permute(s.Graph.Attention(query, key, value, Full), [0, 2, 1, 3]);
        var sums = s.Graph.Multiply(s.Graph.AttentionLogSumExp(query, key, value, Full), s.Parameter(Of(2, 4, n)));
        return s.Graph.Add(s.Graph.Reshape(sums, Of(2, 4, n, 1)), result);
    }

    /// <summary>A gradient is a value like any other, but has no gradient itself: its operands are inputs.</summary>
    static Node Gradient(GraphSketch s, Dim n, AttentionOperand which)
    {
        var form = Full with { IsCausal = true, Dropout = 0.2, Stream = 1 };
        Node query = s.Input(Of(2, 3, 2, n)), key = s.Input(Of(2, 4, 1, n)), value = s.Input(Of(2, 4, 1, n));
        var sums = s.Graph.AttentionLogSumExp(query, key, value, form);
        var gradient = s.Graph.AttentionGradient(which, s.Graph.Attention(query, key, value, form), sums, s.Input(query.Shape));
        return s.Graph.Multiply(gradient, s.Parameter(gradient.Shape));
    }
}
