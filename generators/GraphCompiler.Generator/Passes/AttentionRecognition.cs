using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Attention written out becomes <see cref="Op.Attention"/>: a product of queries and keys, scaled and masked, a softmax
/// over its last axis, perhaps a dropout, and the product with the values. From each last product the chain is followed
/// upwards:
/// <list type="number">
/// <item>factors that are constants are gathered in the scale, whether the scores, the queries or the keys have them;</item>
/// <item>masks are taken apart (<see cref="AttentionMask"/>) and must be provably causal, a window, a mask of keys, or
/// several of these: selected, or added as 0 and a large negative number;</item>
/// <item>nothing else may use the scores or the weights: they will not exist;</item>
/// <item>keys and values that are repeated for a group of heads are read unrepeated, as in grouped-query attention; so are
/// those of an Op.Attention of the user's own.</item>
/// </list>
/// What does not fit stays as it is. A query whose keys are all masked gives zeros, as it does where its softmax stays
/// (<see cref="SoftmaxMasking"/>).
/// </summary>
internal static class AttentionRecognition
{
    /// <summary>The largest heads that the kernel is made for.</summary>
    const int LargestHead = 256;

    public static Graph Run(Graph source, CancellationToken cancellation = default)
    {
        if (!source.Nodes.Any(n => n.Op is Op.Softmax or Op.Attention))
            return source;
        int[] uses = CountUses(source);
        var mapped = new Dictionary<Node, Node>();
        bool changed = false;
        var result = Rewriting.Rebuild(
            source,
            (target, node, inputs) =>
            {
                var attention = node.Op == Op.Attention ? WithFewerKeyHeads(target, node, inputs)
                    : Match(node, uses) is { } match ? Build(target, match, n => mapped[n])
                    : null;
                changed |= attention is not null;
                return mapped[node] = attention ?? target.Rebuild(node, inputs);
            },
            cancellation);
        return changed ? Rewriting.DropDead(result, cancellation) : source;
    }

    static int[] CountUses(Graph graph)
    {
        int[] uses = new int[graph.Nodes.Count];
        foreach (var used in graph.Nodes.SelectMany(n => n.Inputs).Concat(graph.Outputs.Select(o => o.Node)))
            uses[used.Id]++;
        return uses;
    }

    /// <summary>An attention found in the graph that is searched.</summary>
    /// <param name="Scores">The product of queries and keys.</param>
    /// <param name="Product">The product of weights and values.</param>
    /// <param name="Scale">All constant factors of the scores.</param>
    /// <param name="Mask">What the masks come to.</param>
    /// <param name="Dropout">The dropout of the weights, if there is one.</param>
    sealed record Written(Node Scores, Node Product, double Scale, AttentionMask Mask, Node? Dropout);

    static Written? Match(Node product, int[] uses)
    {
        if (product.Op != Op.MatMul || product.TransposesLeft)
            return null;
        var weights = product.Inputs[0];
        var dropout = weights.Op == Op.Dropout ? weights : null;
        var softmax = dropout?.Inputs[0] ?? weights;
        if (softmax.Op != Op.Softmax || softmax.Axis != softmax.Shape.Rank - 1 || dropout?.Get<DropoutAttributes>().Probability >= 1)
            return null;
        if (uses[softmax.Id] != 1 || uses[weights.Id] != 1)
            return null;
        var mask = new AttentionMask(softmax.Shape);
        var scores = softmax.Inputs[0];
        double scale = 1;
        while (scores.Op != Op.MatMul)
        {
            if (uses[scores.Id] != 1 || Descend(ref scores, ref scale, mask) is false)
                return null;
        }
        if (uses[scores.Id] != 1 || !scores.Shape.Equals(softmax.Shape) || !(scale > 0 && scale < double.PositiveInfinity))
            return null;
        var written = new Written(scores, product, scale, mask, dropout);
        return Fits(written) ? written : null;
    }

    /// <summary>One step from the softmax towards the product; false where it is none that attention has.</summary>
    static bool Descend(ref Node scores, ref double scale, AttentionMask mask)
    {
        Node a = scores.Inputs[0];
        switch (scores.Op)
        {
            case Op.Multiply when AttentionMask.ConstantOf(scores.Inputs[1]) is { } factor:
                (scores, scale) = (a, scale * factor);
                return true;
            case Op.Multiply when AttentionMask.ConstantOf(a) is { } factor:
                (scores, scale) = (scores.Inputs[1], scale * factor);
                return true;
            case Op.Divide when AttentionMask.ConstantOf(scores.Inputs[1]) is { } divisor:
                (scores, scale) = (a, scale / divisor);
                return true;
            case Op.Select when AttentionMask.ConstantOf(scores.Inputs[2]) is { } fill && AttentionMask.IsOutOfSight(fill * scale):
                scores = scores.Inputs[1];
                return mask.TryRestrict(a, isNegated: false);
            case Op.Select when AttentionMask.ConstantOf(scores.Inputs[1]) is { } fill && AttentionMask.IsOutOfSight(fill * scale):
                scores = scores.Inputs[2];
                return mask.TryRestrict(a, isNegated: true);
            case Op.Add when mask.TryAdd(scores.Inputs[1], scale):
                scores = a;
                return true;
            case Op.Add when mask.TryAdd(a, scale):
                scores = scores.Inputs[1];
                return true;
            case Op.Subtract when mask.TryAdd(scores.Inputs[1], -scale):
                scores = a;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether the shapes are those of attention, and the masks are of its kinds.</summary>
    static bool Fits(Written written)
    {
        Node scores = written.Scores, product = written.Product;
        int rank = scores.Shape.Rank;
        Dim headSize = scores.Inputs[0].Shape[scores.TransposesLeft ? rank - 2 : rank - 1];
        return product.Shape.Rank == rank
            && product.Shape.Take(rank - 2).SequenceEqual(scores.Shape.Take(rank - 2))
            && product.Shape.Last == headSize
            && headSize.Max <= LargestHead
            && written.Mask.IsOfAttention(HeadAxes(written));
    }

    /// <summary>
    /// How many of the axes before the last two are heads: the last of them, where there are two; where there is one only
    /// if all share one key; two where the second is a group of queries that share the first one's keys. The others are
    /// the batch.
    /// </summary>
    static int HeadAxes(Written written)
    {
        int leading = written.Scores.Shape.Rank - 2;
        bool Shared(int axis) => !written.Scores.Shape[axis].IsOne && written.Scores.Inputs[1].Shape[axis].IsOne && written.Product.Inputs[1].Shape[axis].IsOne;
        bool Own(int axis) => written.Scores.Inputs[1].Shape[axis] == written.Scores.Shape[axis] && written.Product.Inputs[1].Shape[axis] == written.Scores.Shape[axis];
        return leading == 0 ? 0
            : leading == 1 ? (Shared(0) ? 1 : 0)
            : leading > 2 && Shared(leading - 1) && Own(leading - 2) ? 2
            : 1;
    }

    static Node Build(Graph graph, Written written, Func<Node, Node> mapped)
    {
        Node scores = written.Scores, product = written.Product;
        double scale = written.Scale;
        int headAxes = HeadAxes(written), rank = scores.Shape.Rank, leading = rank - 2;
        var batch = scores.Shape.Take(leading - headAxes).ToArray();
        Node Rows(Node x, bool isTransposed)
        {
            x = isTransposed ? graph.Permute(x, [.. Enumerable.Range(0, leading), rank - 1, rank - 2]) : x;
            Dim heads = x.Shape.Product(leading - headAxes, leading);
            x = graph.BroadcastTo(x, new Shape([.. batch, .. x.Shape.Skip(leading - headAxes)]));
            if (headAxes == 1 && !heads.IsOne && heads != scores.Shape[leading - 1])
                throw new InvalidOperationException($"{x} has heads of its own.");
            return graph.SwapTimeAndHeads(graph.Reshape(x, new Shape([.. batch, heads, x.Shape[rank - 2], x.Shape[rank - 1]])));
        }
        var query = mapped(TakeFactor(scores.Inputs[0], ref scale));
        var queryHeads = new Shape([.. scores.Shape.Take(leading), .. query.Shape.Skip(leading)]);
        Node key = mapped(TakeFactor(scores.Inputs[1], ref scale)), value = mapped(product.Inputs[1]);
        if (headAxes == 1 && key.Shape[leading - 1] != value.Shape[leading - 1])
            (key, value) = (ForAllHeads(graph, key, scores), ForAllHeads(graph, value, scores));
        var form = written.Mask.Form(new AttentionForm
        {
            Scale = scale,
            Dropout = written.Dropout?.Get<DropoutAttributes>().Probability ?? 0,
            Stream = written.Dropout?.Get<DropoutAttributes>().Stream ?? 0,
        });
        var keyMask = written.Mask.BuildKeyMask(graph, mapped, batch);
        Node q = Rows(graph.BroadcastTo(query, queryHeads), scores.TransposesLeft);
        Node k = Rows(key, !scores.TransposesRight), v = Rows(value, product.TransposesRight);
        (k, v) = Unrepeated(graph, k, v) ?? (k, v);
        return graph.Reshape(graph.SwapTimeAndHeads(graph.Attention(q, k, v, form, keyMask)), product.Shape);
    }

    static Node ForAllHeads(Graph graph, Node x, Node scores)
    {
        int axis = scores.Shape.Rank - 3;
        return graph.BroadcastTo(x, x.Shape.With(axis, scores.Shape[axis]));
    }

    /// <summary>Queries or keys without a constant factor, which goes into the scale.</summary>
    static Node TakeFactor(Node x, ref double scale)
    {
        bool divides = x.Op == Op.Divide;
        if ((divides || x.Op == Op.Multiply) && AttentionMask.ConstantOf(x.Inputs[1]) is { } factor && factor > 0 && factor < double.PositiveInfinity)
        {
            scale = divides ? scale / factor : scale * factor;
            return x.Inputs[0];
        }
        if (x.Op == Op.Multiply && AttentionMask.ConstantOf(x.Inputs[0]) is { } first && first > 0 && first < double.PositiveInfinity)
        {
            scale *= first;
            return x.Inputs[1];
        }
        return x;
    }

    // Heads that share keys.

    static Node? WithFewerKeyHeads(Graph graph, Node attention, IReadOnlyList<Node> inputs)
    {
        var form = attention.Get<AttentionAttributes>().Form;
        var operands = form.Operands(inputs);
        return Unrepeated(graph, operands.Key, operands.Value) is var (key, value)
            ? graph.Attention(
                operands.Query, key, value, form,
                operands.TryGetKeyMask(out var mask) ? mask : null, operands.TryGetKeyCount(out var count) ? count : null)
            : null;
    }

    /// <summary>Keys and values [batch…, time, heads, head size] with each head once, where both repeat each equally often.</summary>
    static (Node Key, Node Value)? Unrepeated(Graph graph, Node key, Node value) =>
        Unrepeated(graph, key) is { } k && Unrepeated(graph, value) is { } v && k.Shape.Equals(v.Shape) ? (k, v) : null;

    /// <summary>
    /// A repeated head is [.., heads, 1, ..] broadcast to [.., heads, group, ..] and reshaped to [.., heads·group, ..], axes
    /// then being permuted at will.
    /// </summary>
    static Node? Unrepeated(Graph graph, Node x)
    {
        int rank = x.Shape.Rank;
        int[] order = [.. Enumerable.Range(0, rank)];
        while (x.Op == Op.Permute)
        {
            order = [.. order.Select(axis => x.Order[axis])];
            x = x.Inputs[0];
        }
        int heads = order[rank - 2];
        if (x.Op != Op.Reshape || x.Inputs[0].Op != Op.Broadcast || x.Inputs[0].Shape.Rank != rank + 1)
            return null;
        Shape repeated = x.Inputs[0].Shape, once = x.Inputs[0].Inputs[0].Shape;
        bool isRepeat = once.Equals(repeated.With(heads + 1, 1))
            && x.Shape.Equals(new Shape([.. repeated.Take(heads), repeated[heads] * repeated[heads + 1], .. repeated.Skip(heads + 2)]));
        return isRepeat
            ? graph.Permute(graph.Reshape(x.Inputs[0].Inputs[0], x.Shape.With(heads, repeated[heads])), order)
            : null;
    }
}
