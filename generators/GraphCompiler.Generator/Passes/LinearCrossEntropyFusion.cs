using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Turns the cross-entropy of a linear map's results into <see cref="Op.LinearCrossEntropy"/> where the results, the
/// logits of a vocabulary, are many and nothing else needs them: its kernel never holds more than some rows of them.
///
/// From the cross-entropy's operand the graph is followed back through what only moves rows (a reshape that keeps the
/// last axis, a slice or a permutation of the others) and through one bias, to a product of rows with one matrix. What
/// moved the rows of the logits then moves those of the map's operand. Runs before differentiation, so that the
/// gradients are the kernel's too.
/// </summary>
internal static class LinearCrossEntropyFusion
{
    /// <summary>With this many classes and logits, 4 MiB, the logits are not kept.</summary>
    public const int ManyClasses = 1024, ManyLogits = 1 << 20;

    /// <summary>logits = moves(product + bias); the move next to the cross-entropy comes first.</summary>
    sealed record LinearMap(Node Product, Node? Bias, IReadOnlyList<Node> Moves);

    public static Graph Run(Graph source, CancellationToken cancellation = default) =>
        Run(source, ManyClasses, ManyLogits, cancellation);

    /// <summary>With other limits.</summary>
    public static Graph Run(Graph source, int manyClasses, int manyLogits, CancellationToken cancellation)
    {
        int[] uses = Rewriting.CountUses(source);
        var built = new Dictionary<Node, Node>();
        var graph = Rewriting.Rebuild(
            source,
            (target, node, inputs) => built[node] = IsLoss(node) && IsLarge(node.Inputs[0].Shape) && Find(node.Inputs[0], uses) is { } map
                ? Build(target, map, node, built)
                : target.Rebuild(node, inputs),
            cancellation);
        return Rewriting.DropDead(graph, cancellation);

        bool IsLarge(Shape logits) => logits.Last.Max >= manyClasses && logits.Size.Max >= manyLogits;
    }

    /// <summary>A cross-entropy; of one with weights of classes, these must be data, as they get no gradient.</summary>
    static bool IsLoss(Node node) => node.Op == Op.CrossEntropy || (node.Op == Op.SmoothedCrossEntropy && !DependsOnParameters(node.Inputs[2]));

    static bool DependsOnParameters(Node node) => node.Op == Op.Parameter || node.Inputs.Any(DependsOnParameters);

    static LinearMap? Find(Node logits, int[] uses)
    {
        var moves = new List<Node>();
        Node? bias = null;
        var node = logits;
        while (uses[node.Id] == 1)
        {
            if (node.Op == Op.MatMul)
                return node.Shape.Rank == 2 || MatrixProduct.IsManyRowsTimesOneMatrix(node) ? new LinearMap(node, bias, moves) : null;
            if (MovesRows(node))
            {
                moves.Add(node);
                node = node.Inputs[0];
            }
            else if (node.Op == Op.Add && bias is null && node.Inputs.FirstOrDefault(i => BiasOf(i) is not null) is { } term)
            {
                bias = BiasOf(term);
                node = node.Inputs.First(i => i != term);
            }
            else
            {
                return null;
            }
        }
        return null;
    }

    static bool MovesRows(Node node)
    {
        int last = node.Shape.Rank - 1;
        return node.Op switch
        {
            Op.Reshape => node.Inputs[0].Shape.Rank > 0 && node.Inputs[0].Shape.Last == node.Shape.Last,
            Op.Slice => node.Part.Axis != last,
            Op.Permute => node.Order[last] == last,
            _ => false,
        };
    }

    /// <summary>The vector of which every row is a copy; null where there is none.</summary>
    static Node? BiasOf(Node term)
    {
        if (term.Op != Op.Broadcast || new LayoutResolution().TryResolve(term) is not { } access)
            return null;
        int last = term.Shape.Rank - 1;
        var strides = access.View.Strides;
        bool isRow = strides[last] == 1 && strides.Take(last).All(s => s.Coefficient == 0) && access.View.Offset.Count == 0
            && access.Base.Shape.Size == term.Shape[last];
        return isRow ? access.Base : null;
    }

    static Node Build(Graph graph, LinearMap map, Node loss, Dictionary<Node, Node> built)
    {
        var labels = loss.Inputs[1];
        graph.Kept |= map.Product.Kept;
        Node x = built[map.Product.Inputs[0]], weight = built[map.Product.Inputs[1]];
        if (map.Product.TransposesLeft)
            x = graph.Permute(x, [.. Enumerable.Range(0, x.Shape.Rank - 2), x.Shape.Rank - 1, x.Shape.Rank - 2]);
        foreach (var move in map.Moves.Reverse())
            x = Move(graph, move, x);
        x = graph.RowsOf(x);
        weight = graph.RowsOf(weight);
        if (!map.Product.TransposesRight)
            weight = graph.Permute(weight, [1, 0]);
        var bias = map.Bias is { } vector ? graph.Reshape(built[vector], new Shape(weight.Shape[0])) : null;
        var rows = graph.Reshape(built[labels], new Shape(x.Shape[0]));
        var losses = loss.Op == Op.CrossEntropy ? graph.LinearCrossEntropy(x, weight, rows, bias)
            : graph.LinearCrossEntropy(x, weight, rows, bias, built[loss.Inputs[2]], loss.Get<SmoothingAttributes>().Share);
        return graph.Reshape(losses, labels.Shape);
    }

    static Node Move(Graph graph, Node move, Node x) => move.Op switch
    {
        Op.Reshape => graph.Reshape(x, move.Shape.With(move.Shape.Rank - 1, x.Shape.Last)),
        Op.Slice => graph.Slice(x, move.Part, move.Shape[move.Part.Axis]),
        _ => graph.Permute(x, move.Order),
    };
}
