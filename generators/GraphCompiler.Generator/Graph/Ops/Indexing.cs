using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>What integers number, and so from where to where they go.</summary>
internal enum IndexKind
{
    /// <summary>Rows of a table, or classes: from 0 to their number, exclusive.</summary>
    Row,

    /// <summary>The first place of a part of an axis: from 0 to what leaves room for the part, inclusive.</summary>
    Position,

    /// <summary>How many there are: from 0 to their largest number, inclusive.</summary>
    Count,
}

/// <summary>What integers number, and how large they may be.</summary>
/// <param name="Kind">What they number.</param>
/// <param name="Bound">How many there are, or, of a position, how long the part is that begins there.</param>
/// <param name="AxisSize">Of a position: the size of the axis.</param>
internal sealed record IndexAttributes(IndexKind Kind, Dim Bound, int AxisSize = 0) : NodeAttributes
{
    public override IEnumerable<Dim> Dims => [Bound];

    public override string ToString() => $"{Text((int)Kind)}{(Kind == IndexKind.Position ? " " + Text(AxisSize) : "")}; {Bound}";
}

// Integers by which kernels address memory, and lookups. Kernels check nothing, so what indexes is no value of
// theirs: an Index is computed exactly where the program is called, checked element by element, and read from memory that
// nobody else writes. Its operand is a graph of integers, of inputs, counts, sizes and constants (Passes/IndexPreparation).
internal sealed partial class Graph
{
    /// <summary>Numbers of rows or of classes, of which there are <paramref name="bound"/>.</summary>
    public Node RowIndex(Node x, Dim bound) => Index(x, new IndexAttributes(IndexKind.Row, bound));

    /// <summary>Integers by which memory is addressed, within bounds of any kind.</summary>
    public Node Index(Node x, IndexAttributes attributes) =>
        Make(Op.Index, [RequireIndices(Op.Index, x)], x.Shape, ElementType.Int32, attributes);

    /// <summary>The same bound, and what messages call the index, for other integers.</summary>
    public Node IndexLike(Node index, Node x)
    {
        string origin = Origin;
        Origin = index.Origin;
        var result = Index(x, index.Get<IndexAttributes>());
        Origin = origin;
        return result;
    }

    /// <summary>Rows of a table [rows, …] by their numbers: indices.Shape followed by the table's other axes.</summary>
    public Node Gather(Node table, Node indices)
    {
        RequireIndices(Op.Gather, indices);
        if (ShapeRules.HasAxes(table.Shape, 1, operand: 0) is { } mismatch)
            throw new ShapeException("Gather: the table needs at least one axis", mismatch);
        return Make(Op.Gather, [table, indices], new Shape(indices.Shape.Concat(table.Shape.Skip(1))), table.Type);
    }

    /// <summary>
    /// The reverse of <see cref="Gather"/>: a table of <paramref name="rows"/> rows, of zeros or with the values of
    /// another, to which row i of the updates is added at row indices[i], in the order of i. Operands: indices, updates
    /// (indices.Shape followed by the row's axes), then the other table if there is one.
    /// </summary>
    public Node ScatterAdd(Node indices, Node updates, Dim rows, Node? table = null)
    {
        RequireIndices(Op.ScatterAdd, indices);
        Require(Op.ScatterAdd, updates, ElementType.Float32);
        var shape = new Shape(new[] { rows }.Concat(updates.Shape.Skip(indices.Shape.Rank)));
        if (table is not null
            && ShapeRules.ScatteredTable(rows, updates.Shape, indices.Shape.Rank, Require(Op.ScatterAdd, table, ElementType.Float32).Shape) is { } mismatch)
            throw new ShapeException($"ScatterAdd: the table is {table.Shape}, not {shape}", mismatch);
        return Make(Op.ScatterAdd, table is null ? [indices, updates] : [indices, updates, table], shape, ElementType.Float32);
    }

    /// <summary>
    /// The nodes that kernels compute and read, in their order: all that the outputs need, but for what is computed where
    /// the program is called.
    /// </summary>
    public IEnumerable<Node> NodesOfKernels()
    {
        bool[] isOfKernels = new bool[nodes.Count];
        foreach (var output in outputs)
            isOfKernels[output.Node.Id] = true;
        for (int id = isOfKernels.Length - 1; id >= 0; id--)
        {
            foreach (var input in isOfKernels[id] && nodes[id].Kind != OpKind.Host ? nodes[id].Inputs : [])
                isOfKernels[input.Id] = true;
        }
        return nodes.Where(n => isOfKernels[n.Id]);
    }
}

/// <summary>Lookups by number.</summary>
internal static class Indexing
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.Index, OpKind.Host, 1),
        new(Op.Gather, OpKind.Indexing, 2, Cost: 1)
        {
            Index = node => (1, new IndexAttributes(IndexKind.Row, node.Inputs[0].Shape[0])),
            Layout = (_, operand) => operand == 1 ? OperandLayout.Any : OperandLayout.Whole,
            Numbers = (_, _, x) => x[0],
            Choice = ChoiceRule.Elements,
            Gradient = (graph, y, d) => [graph.ScatterAdd(y.Inputs[1], d, y.Inputs[0].Shape[0]), null],
        },
        new(Op.ScatterAdd, OpKind.Indexing, -1, Cost: 1)
        {
            Index = node => (0, new IndexAttributes(IndexKind.Row, node.Shape[0])),
            Layout = (_, _) => OperandLayout.Whole,
            Gradient = (graph, y, d) => TableOf(y) is null ? [null, graph.Gather(d, y.Inputs[0])] : [null, graph.Gather(d, y.Inputs[0]), d],
        },
    ];

    /// <summary>Whether integers are known where a program is called: none of them comes from floats, which kernels compute, or from a cast.</summary>
    public static bool IsKnownBeforeRun(Node integers)
    {
        var seen = new HashSet<Node>();
        var open = new Stack<Node>([integers]);
        while (open.Count > 0)
        {
            var node = open.Pop();
            if (node.Op is Op.Cast or Op.Parameter or Op.State || node.Type.IsFloat())
                return false;
            foreach (var input in node.Inputs.Where(seen.Add))
                open.Push(input);
        }
        return true;
    }

    /// <summary>What a scatter adds its rows to; null where that is zeros.</summary>
    public static Node? TableOf(Node scatter) => scatter.Inputs.Count > 2 ? scatter.Inputs[2] : null;
}
