namespace GraphCompiler.Generator.Passes;

/// <summary>
/// A block of working memory that is live during the half-open range of steps [<see cref="Lower"/>, <see cref="Upper"/>):
/// written by step i and last read by step j, it is live in [i, j + 1).
/// </summary>
public sealed class ArenaBuffer
{
    /// <param name="name">What a reader of the memory report calls it.</param>
    /// <param name="size">Its length, in the unit the caller uses for sizes, offsets and alignment alike; 0 is allowed.</param>
    /// <param name="lower">The step that first writes it.</param>
    /// <param name="upper">One past the last step that touches it; greater than <paramref name="lower"/>.</param>
    /// <exception cref="ArgumentException">The size is negative, or the buffer is live in no step at all.</exception>
    public ArenaBuffer(string name, long size, int lower, int upper)
    {
        if (size < 0)
            throw new ArgumentException($"Buffer '{name}' has the negative size {size}.", nameof(size));
        if (upper <= lower)
            throw new ArgumentException($"Buffer '{name}' is live in no step: [{lower}, {upper}).", nameof(upper));
        Name = name;
        Size = size;
        Lower = lower;
        Upper = upper;
    }

    /// <summary>What a reader of the memory report calls it.</summary>
    public string Name { get; }

    /// <summary>Its length, in the caller's unit.</summary>
    public long Size { get; }

    /// <summary>The step that first writes it.</summary>
    public int Lower { get; }

    /// <summary>One past the last step that touches it.</summary>
    public int Upper { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}[{Size}] in [{Lower}, {Upper})";
}
