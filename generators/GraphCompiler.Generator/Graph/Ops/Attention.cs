using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Which operand's gradient an <see cref="Op.AttentionGradient"/> is.</summary>
internal enum AttentionOperand
{
    Query,
    Key,
    Value,
}

/// <summary>Which keys a query attends to, and how.</summary>
internal record AttentionAttributes(AttentionForm Form) : NodeAttributes
{
    public override string ToString() => Form.ToString();
}

/// <summary>The operand of an attention that a gradient is of.</summary>
internal sealed record AttentionGradientAttributes(AttentionForm Form, AttentionOperand Operand) : AttentionAttributes(Form)
{
    public override string ToString() => $"{Text((int)Operand)}; {Form}";
}

// Scaled dot-product attention (Vaswani et al. 2017), kept whole: its weights, one for each pair of query and key, are
// never stored (Dao et al. 2022, "FlashAttention").
internal sealed partial class Graph
{
    /// <summary>
    /// softmax(scale·query·keyᵀ)·value for each head, over the keys that a query sees. Query [batch…, queryLength, heads,
    /// headSize], key and value [batch…, keyLength, keyHeads, headSize]; query head h reads key head h/(heads/keyHeads).
    /// The result has the query's shape.
    ///
    /// Key mask [batch…, keyLength], Bool: true where a key exists. Key count, one Int32: how many keys exist when the
    /// program runs, the first ones; all of them without it. The queries are aligned with the end of the keys: query i
    /// stands at position p = keyCount − queryLength + i. Causal: it sees key j ≤ p; with a window w: p − w &lt; j ≤ p, or,
    /// if not causal, |p − j| &lt; w. A query that sees nothing gives zeros. Dropout multiplies a weight by
    /// (uniform ≥ p)/(1 − p), the uniform being element ((b·heads + h)·queryLength + i)·keyLength + j of the stream.
    /// </summary>
    public Node Attention(Node query, Node key, Node value, AttentionForm form, Node? keyMask = null, Node? keyCount = null)
    {
        var operands = CheckAttention(query, key, value, keyMask, keyCount);
        return Make(Op.Attention, operands, query.Shape, ElementType.Float32, AttributesOf(form, keyMask, keyCount));
    }

    /// <summary>
    /// The logarithm of the sum of the exponentials that each query's softmax divides by, [batch…, heads, queryLength];
    /// −infinity where a query sees nothing. What the backward pass needs of the softmax. Operands and form are those of
    /// <see cref="Attention"/>.
    /// </summary>
    public Node AttentionLogSumExp(Node query, Node key, Node value, AttentionForm form, Node? keyMask = null, Node? keyCount = null)
    {
        var operands = CheckAttention(query, key, value, keyMask, keyCount);
        return Make(Op.AttentionLogSumExp, operands, RowsOfAttention(query.Shape), ElementType.Float32, AttributesOf(form, keyMask, keyCount));
    }

    /// <summary>
    /// The gradient of one of an attention's first three operands. Operands: those of <paramref name="attention"/>, its
    /// result, its <see cref="AttentionLogSumExp"/>, and the gradient of the result.
    /// </summary>
    public Node AttentionGradient(AttentionOperand which, Node attention, Node logSumExp, Node cotangent) =>
        AttentionGradient(which, [.. attention.Inputs, attention, logSumExp, cotangent], attention.Get<AttentionAttributes>().Form);

    /// <summary>As above, from the list of all operands.</summary>
    public Node AttentionGradient(AttentionOperand which, IReadOnlyList<Node> inputs, AttentionForm form)
    {
        var operands = form.Operands(inputs);
        operands.TryGetKeyMask(out var mask);
        operands.TryGetKeyCount(out var count);
        CheckAttention(operands.Query, operands.Key, operands.Value, mask, count);
        int result = inputs.Count - 3, logSumExp = inputs.Count - 2, cotangent = inputs.Count - 1;
        foreach (int ofResult in new[] { result, cotangent })
        {
            if (ShapeRules.Same(operands.Query.Shape, inputs[ofResult].Shape, operands: (0, ofResult)) is { } mismatch)
                throw new ShapeException($"AttentionGradient: a result of {inputs[ofResult].Shape} does not belong to queries of {operands.Query.Shape}", mismatch);
        }
        if (ShapeRules.Same(RowsOfAttention(operands.Query.Shape), operands.LogSumExp.Shape, operands: (0, logSumExp)) is { } ofSums)
            throw new ShapeException($"AttentionGradient: sums of {operands.LogSumExp.Shape} do not belong to queries of {operands.Query.Shape}", ofSums);
        var attributes = new AttentionGradientAttributes(form, which);
        return Make(Op.AttentionGradient, [.. inputs], inputs[(int)which].Shape, ElementType.Float32, attributes);
    }

    /// <summary>[batch…, time, heads, head size] to [batch…, heads, time, head size] and back.</summary>
    public Node SwapTimeAndHeads(Node x)
    {
        int rank = x.Shape.Rank;
        return Permute(x, [.. Enumerable.Range(0, rank - 3), rank - 2, rank - 3, rank - 1]);
    }

    static AttentionAttributes AttributesOf(AttentionForm form, Node? keyMask, Node? keyCount) =>
        new(form with { HasKeyMask = keyMask is not null, HasKeyCount = keyCount is not null });

    static Shape RowsOfAttention(Shape query)
    {
        int rank = query.Rank;
        return new Shape(query.Take(rank - 3).Concat([query[rank - 2], query[rank - 3]]));
    }

    static Node[] CheckAttention(Node query, Node key, Node value, Node? keyMask, Node? keyCount)
    {
        var operands = new List<Node> { query, key, value };
        for (int operand = 0; operand < operands.Count; operand++)
        {
            var shape = RequireFloat(Op.Attention, operands[operand]).Shape;
            if ((ShapeRules.HasAxes(shape, 3, operand) ?? ShapeRules.HasRank(shape, query.Shape.Rank, operand)) is { } ofRank)
                throw new ShapeException($"Attention: {query.Shape}, {key.Shape} and {value.Shape} must all have the axes batch…, time, heads and head size", ofRank);
        }
        int rank = query.Shape.Rank, length = rank - 3, heads = rank - 2;
        if (ShapeRules.Attention(query.Shape, key.Shape, value.Shape, heads, length) is { } mismatch)
            throw new ShapeException($"Attention: query {query.Shape}, key {key.Shape} and value {value.Shape} do not fit", mismatch);
        if (ShapeRules.SharedHeads(query.Shape, key.Shape, heads) is { } shared)
            throw new ShapeException($"Attention: the number of query heads {shared.Size} is no multiple of the number of key heads {shared.OtherSize}", shared);
        if (keyMask is not null)
        {
            Require(Op.Attention, keyMask, ElementType.Bool);
            var expected = ShapeRules.KeyMask(key.Shape, length);
            if (ShapeRules.Same(expected, keyMask.Shape, operands: (1, 3)) is { } ofMask)
                throw new ShapeException($"Attention: the key mask is {keyMask.Shape} and must be {expected}, a truth value a key", ofMask);
            operands.Add(keyMask);
        }
        if (keyCount is not null)
        {
            Require(Op.Attention, keyCount, ElementType.Int32);
            if (!keyCount.Shape.Size.IsOne)
                throw new ShapeException($"Attention: the key count is {keyCount.Shape} and must be one number");
            operands.Add(keyCount);
        }
        return [.. operands];
    }
}

/// <summary>Attention, what its backward pass keeps, and its gradients.</summary>
internal static class Attention
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        Of(Op.Attention) with { LiveRows = QueriesAndKeys, Gradient = AttentionGradient },
        Of(Op.AttentionLogSumExp),
        Of(Op.AttentionGradient),
    ];

    static OpDefinition Of(Op op) => new(op, OpKind.Template, -1) { Index = KeyCount, Multiplies = IsFactor, TakesOneType = true, Layout = LayoutOf };

    static OperandLayout LayoutOf(Node node, int operand)
    {
        var form = node.Get<AttentionAttributes>().Form;
        return operand == form.CountPlace ? OperandLayout.Stored
            : form.HasKeyMask && operand == 3 ? OperandLayout.Lines
            : node.Op == Op.AttentionGradient && operand == node.Inputs.Count - 2 ? OperandLayout.Whole
            : OperandLayout.Heads;
    }

    /// <summary>Queries that are wanted, and the heads of keys and values that one of them sees.</summary>
    static Node[] QueriesAndKeys(Graph graph, Node y, Node isLive)
    {
        int rank = isLive.Shape.Rank;
        Node queries = LiveRows.Any(graph, isLive, rank - 1), keys = LiveRows.Any(graph, queries, rank - 3, rank - 2);
        return [.. y.Inputs.Select((input, operand) => operand > 2 ? input : LiveRows.Keep(graph, input, operand == 0 ? queries : keys))];
    }

    static (int Operand, IndexAttributes Index)? KeyCount(Node node) => node.Get<AttentionAttributes>().Form.CountPlace is >= 0 and var place
        ? (place, new IndexAttributes(IndexKind.Count, new AttentionSizes(node.Inputs[0].Shape, node.Inputs[1].Shape).KeyLength))
        : null;

    /// <summary>Query, key, value, and the gradient of the result.</summary>
    static bool IsFactor(Node node, int operand) => operand < 3 || (node.Op == Op.AttentionGradient && operand == node.Inputs.Count - 1);

    /// <summary>
    /// The weights are computed again from the operands and the logarithms of their sums, which the forward pass keeps; the
    /// three gradients come out of one kernel.
    /// </summary>
    static Node?[] AttentionGradient(Graph graph, Node y, Node d)
    {
        var form = y.Get<AttentionAttributes>().Form;
        var operands = form.Operands(y.Inputs);
        string backward = graph.Origin;
        graph.Origin = y.Origin;
        var sums = graph.AttentionLogSumExp(
            operands.Query, operands.Key, operands.Value, form,
            operands.TryGetKeyMask(out var mask) ? mask : null, operands.TryGetKeyCount(out var count) ? count : null);
        graph.Origin = backward;
        var gradients = new Node?[y.Inputs.Count];
        foreach (var which in new[] { AttentionOperand.Query, AttentionOperand.Key, AttentionOperand.Value })
            gradients[(int)which] = graph.AttentionGradient(which, y, sums, d);
        return gradients;
    }
}
