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

// Integers by which kernels address memory. Kernels compute in floats and check nothing, so what indexes is no value of
// theirs: an Index is computed exactly where the program is called, checked element by element, and read from memory that
// nobody else writes. Its operand is a graph of integers, of inputs, counts, sizes and constants (Passes/IndexPreparation).
internal sealed partial class Graph
{
    /// <summary>Numbers of rows or of classes, of which there are <paramref name="bound"/>.</summary>
    public Node RowIndex(Node x, Dim bound) => Index(x, new IndexAttributes(IndexKind.Row, bound));

    /// <summary>Where a part of so many places begins in an axis of <paramref name="size"/>.</summary>
    public Node PositionIndex(Node x, Dim length, int size) =>
        Index(x, new IndexAttributes(IndexKind.Position, length, size));

    /// <summary>A number of things, of which there are at most <paramref name="most"/>.</summary>
    public Node CountIndex(Node x, Dim most) => Index(x, new IndexAttributes(IndexKind.Count, most));

    /// <summary>As the three above.</summary>
    public Node Index(Node x, IndexAttributes attributes) =>
        Make(Op.Index, [Require(Op.Index, x, ElementType.Int32)], x.Shape, ElementType.Int32, attributes);

    /// <summary>The same bound, and what messages call the index, for other integers.</summary>
    public Node IndexLike(Node index, Node x)
    {
        string origin = Origin;
        Origin = index.Origin;
        var result = Index(x, index.Get<IndexAttributes>());
        Origin = origin;
        return result;
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
