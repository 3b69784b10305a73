using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Rounds what products multiply to the format that the model asks for: the operands of every matrix product, the query, key
/// and value of attention and the gradient of its result, rows and weights of the fused linear cross-entropy. It comes after
/// differentiation, so that forward and backward products are treated alike and the gradient of rounding is 1; equal
/// casts of one value are one node. But a weight or an input that a matrix product of the backward pass multiplies is rounded again there: it lies in
/// memory anyway, and so no rounded copy of it waits for the backward pass. What has another type than Float32 already
/// stays as it is, and so does what products multiply that a user keeps in Float32. A weight or an input is not rounded for a product
/// whose result has few rows or columns: its numbers meet too few others to be worth it, and tensor cores do not take such products.
///
/// A cast goes behind what only moves values: a reshape, a permutation or a repetition always, a slice if everything that
/// reads the sliced value multiplies it. So it stands where the value is computed and becomes the epilogue of what computes it.
/// Products, attention and the fused linear cross-entropy read rounded values as their targets store them, perhaps in 16 bits.
/// </summary>
internal static class OperandRounding
{
    /// <summary>The rows and columns of a result from which on a product rounds weights and inputs; a tile of tensor cores has as many.</summary>
    const int LeastSide = 32;

    public static Graph Run(Graph source, ElementType format, CancellationToken cancellation = default)
    {
        if (format == ElementType.Float32)
            return source;
        bool[] isOnlyMultiplied = FindOnlyMultiplied(source), isForward = Rewriting.FindForward(source);
        var onlyMultiplied = new HashSet<Node>();
        return Rewriting.Rebuild(
            source,
            (target, node, inputs) =>
            {
                bool isSmall = IsSmall(node);
                var rounded = inputs.Select((input, operand) => IsRounded(node, operand) && input.Type == ElementType.Float32 && !(isSmall && LiesInFloat32(input))
                    ? Rounded(target, input, format, onlyMultiplied, again: node.Op == Op.MatMul && !isForward[node.Id])
                    : input);
                var built = target.Rebuild(node, [.. rounded]);
                if (isOnlyMultiplied[node.Id])
                    onlyMultiplied.Add(built);
                return built;
            },
            cancellation);
    }

    /// <summary>Whether a node multiplies an operand with others and sums the products, and no user wants that in Float32.</summary>
    static bool IsRounded(Node node, int operand) => node.Op.Info().Multiplies?.Invoke(node, operand) == true && (node.Kept & KeptInFloat32.Factors) == 0;

    /// <summary>By id: whether all readers of a value multiply it, be it through views.</summary>
    static bool[] FindOnlyMultiplied(Graph graph)
    {
        bool[] result = new bool[graph.Nodes.Count];
        for (int id = 0; id < result.Length; id++)
            result[id] = true;
        foreach (var output in graph.Outputs)
            result[output.Node.Id] = false;
        for (int id = result.Length - 1; id >= 0; id--)
        {
            var node = graph.Nodes[id];
            for (int operand = 0; operand < node.Inputs.Count; operand++)
                result[node.Inputs[operand].Id] &= IsRounded(node, operand) || (Moves(node) && result[id]);
        }
        return result;
    }

    static bool IsSmall(Node node) => node.Op == Op.MatMul && node.Shape.Skip(node.Shape.Rank - 2).Any(side => side.Max < LeastSide);

    static bool LiesInFloat32(Node value)
    {
        while (Moves(value))
            value = value.Inputs[0];
        return value.Op is Op.Parameter or Op.Input;
    }

    static bool Moves(Node node) => node.Op is Op.Reshape or Op.Permute or Op.Broadcast or Op.Slice;

    static Node Rounded(Graph graph, Node x, ElementType format, HashSet<Node> onlyMultiplied, bool again)
    {
        if (Moves(x) && (x.Op != Op.Slice || onlyMultiplied.Contains(x.Inputs[0])))
            return graph.Rebuild(x, [Rounded(graph, x.Inputs[0], format, onlyMultiplied, again)], format);
        if (x.Op == Op.Constant)
            return graph.Constant(Casts.Rounded(x.Value, format), x.Shape, format);
        return x.Op == Op.Cast && x.Inputs[0].Type == format ? x.Inputs[0] : graph.Cast(x, format, again && x.Op is Op.Parameter or Op.Input);
    }
}
