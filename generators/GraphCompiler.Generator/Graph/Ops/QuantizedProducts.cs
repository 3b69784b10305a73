using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The packed weights that a product multiplies with; it reads them as they are packed.</summary>
internal sealed record QuantizedMatMulAttributes(PackedWeights Weights) : MatMulAttributes(false, true)
{
    public override string ToString() => Weights.ToString();
}

/// <summary>The packed table that rows are looked up in.</summary>
internal sealed record QuantizedGatherAttributes(PackedWeights Table) : NodeAttributes
{
    public override string ToString() => Table.ToString();
}

// Packed weights are a parameter of bytes. What they were packed from is no node of the graph any more: products and lookups say in
// their attributes what the bytes are.
internal sealed partial class Graph
{
    /// <summary>The bytes of packed weights, under the name of the parameter that was packed.</summary>
    public Node PackedParameter(string name, PackedWeights weights) =>
        Parameter(name, new Shape(checked((int)weights.Bytes)), ElementType.UInt8);

    /// <summary>
    /// Rows [rows, inputs], each rounded to 8 bits in groups of 32, times packed weights: [rows, outputs]. A group's scale is its largest
    /// magnitude / 127.
    /// </summary>
    public Node QuantizedMatMul(Node x, Node packed, PackedWeights weights)
    {
        RequireFloat(Op.QuantizedMatMul, x);
        RequireBytes(Op.QuantizedMatMul, packed, weights);
        if (x.Shape.Rank != 2 || x.Shape[1] != weights.Inputs)
            throw new ShapeException($"QuantizedMatMul: {x.Shape} are not rows of {weights.Inputs}");
        return Make(Op.QuantizedMatMul, [x, packed], new Shape(x.Shape[0], weights.Outputs), ElementType.Float32, new QuantizedMatMulAttributes(weights));
    }

    /// <summary>Rows of a packed table by their numbers: indices.Shape followed by the inputs.</summary>
    public Node QuantizedGather(Node packed, Node indices, PackedWeights table)
    {
        Require(Op.QuantizedGather, indices, ElementType.Int32);
        RequireBytes(Op.QuantizedGather, packed, table);
        return Make(
            Op.QuantizedGather, [packed, indices], new Shape(indices.Shape.Append(table.Inputs)), ElementType.Float32, new QuantizedGatherAttributes(table));
    }

    static void RequireBytes(Op op, Node packed, PackedWeights weights)
    {
        Require(op, packed, ElementType.UInt8);
        if (packed.Shape.Rank != 1 || packed.Shape[0] != (Dim)checked((int)weights.Bytes))
            throw new ShapeException($"{op}: {packed.Shape} are not the {weights.Bytes} bytes of {weights}");
    }
}

/// <summary>
/// Products with packed weights, and lookups of their rows. <c>Passes/WeightQuantization</c> makes them, for inference alone: nothing
/// differentiates them.
/// </summary>
internal static class QuantizedProducts
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.QuantizedMatMul, OpKind.MatMul, 2)
        {
            Layout = (_, operand) => operand == 0 ? OperandLayout.Lines : OperandLayout.Whole,
            Numbers = (_, _, x) => new(x[0].Doubt),
        },
        new(Op.QuantizedGather, OpKind.Indexing, 2, Cost: 1)
        {
            Index = node => (1, new IndexAttributes(IndexKind.Row, node.Get<QuantizedGatherAttributes>().Table.Outputs)),
            Layout = (_, operand) => operand == 1 ? OperandLayout.Any : OperandLayout.Whole,
            Numbers = (_, _, _) => new(Doubt.None),
        },
    ];

    /// <summary>Whether a node looks rows up by their numbers, packed or not.</summary>
    public static bool IsLookup(Node node) => node.Op is Op.Gather or Op.QuantizedGather;
}
