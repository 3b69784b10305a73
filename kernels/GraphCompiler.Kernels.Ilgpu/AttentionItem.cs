using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>What a group of an attention computes.</summary>
struct AttentionItem
{
    const int ThreadsOfRow = 2;

    /// <summary>Whose rows, and which part of their work.</summary>
    public int Batch, Head, Part;

    /// <summary>The rows of its block.</summary>
    public int FirstRow, Rows;

    /// <summary>Groups are numbered by batch, head, part, and block, the last block first: a causal mask leaves it the most to do.</summary>
    public static AttentionItem OfGroup(int length, int heads, int parts)
    {
        int ofGroup = Group.DimX / ThreadsOfRow, blocks = (length + ofGroup - 1) / ofGroup;
        int row = Grid.IdxX / blocks, item = row / parts, first = (blocks - 1 - Grid.IdxX % blocks) * ofGroup;
        return new()
        {
            Batch = item / heads,
            Head = item % heads,
            Part = row % parts,
            FirstRow = first,
            Rows = length - first < ofGroup ? length - first : ofGroup,
        };
    }
}
