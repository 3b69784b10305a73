namespace GraphCompiler.Generator.Passes;

/// <summary>Where every buffer lies in the arena, and how close that comes to the least memory possible.</summary>
public sealed class ArenaPlan
{
    internal ArenaPlan(
        IReadOnlyList<ArenaBuffer> buffers, long[] offsets, int alignment, long size, long lowerBound,
        bool isProvenOptimal, long searchSteps)
    {
        Buffers = buffers;
        Offsets = offsets;
        Alignment = alignment;
        Size = size;
        LowerBound = lowerBound;
        IsProvenOptimal = isProvenOptimal;
        SearchSteps = searchSteps;
    }

    /// <summary>The buffers, in the order they were given.</summary>
    public IReadOnlyList<ArenaBuffer> Buffers { get; }

    /// <summary>The offset of each of the <see cref="Buffers"/>, a multiple of <see cref="Alignment"/>.</summary>
    public IReadOnlyList<long> Offsets { get; }

    /// <summary>What every offset, and the arena's size, is a multiple of.</summary>
    public int Alignment { get; }

    /// <summary>The arena's size.</summary>
    public long Size { get; }

    /// <summary>The largest sum of sizes, rounded up to the alignment, that are live in one step: no arena is smaller.</summary>
    public long LowerBound { get; }

    /// <summary>By how much the arena is larger than the lower bound; 0 where it is reached.</summary>
    public long Missed => Size - LowerBound;

    /// <summary>
    /// Whether no smaller arena exists: the lower bound is reached, or a complete search found nothing below this size.
    /// </summary>
    public bool IsProvenOptimal { get; }

    /// <summary>The work the planner spent, in elementary steps: the same on every machine.</summary>
    public long SearchSteps { get; }
}
