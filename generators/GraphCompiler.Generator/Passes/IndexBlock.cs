using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>Integers by which kernels address memory, in one place for all their uses.</summary>
/// <param name="Expression">What computes them.</param>
/// <param name="Offset">Where they lie, in bytes from the start of the block.</param>
/// <param name="Uses">The <see cref="Op.Index"/> nodes that stand for them, each with the bound of one kind of use.</param>
internal sealed record IndexBuffer(Node Expression, long Offset, IReadOnlyList<Node> Uses);

/// <summary>The memory of a program that holds the integers by which its kernels address memory: nobody but the program's door writes it.</summary>
/// <param name="Buffers">What lies there, in order.</param>
/// <param name="Size">The size of the block in bytes.</param>
internal sealed record IndexBlock(IReadOnlyList<IndexBuffer> Buffers, long Size)
{
    /// <summary>Buffers begin at multiples of so many bytes.</summary>
    const int Alignment = MemoryContract.DeviceAlignment;

    /// <summary>A buffer for each expression of integers that something is addressed by.</summary>
    public static IndexBlock Of(Graph graph)
    {
        var buffers = new List<IndexBuffer>();
        long end = 0;
        foreach (var uses in graph.NodesOfKernels().Where(n => n.Op == Op.Index).GroupBy(n => n.Inputs[0]))
        {
            buffers.Add(new IndexBuffer(uses.Key, end, [.. uses]));
            end += (Int32Bytes(uses.Key) + Alignment - 1) / Alignment * Alignment;
        }
        return new IndexBlock(buffers, end);
    }

    public BufferLocation LocationOf(Node index)
    {
        var buffer = Buffers.First(b => b.Expression == index.Inputs[0]);
        return new BufferLocation(MemorySpace.Indices, buffer.Offset, "", Int32Bytes(index));
    }

    static long Int32Bytes(Node integers) => ElementType.Int32.BytesOf(integers.Shape.Size.Max);
}
