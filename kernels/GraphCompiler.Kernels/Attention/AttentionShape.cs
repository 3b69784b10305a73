using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// What one attention computes: its sizes, and which keys a query attends to. Query i stands at position
/// <see cref="KeyCount"/> - <see cref="QueryLength"/> + i among the keys: the last query beside the last key.
/// </summary>
/// <remarks>
/// A query attends to an interval of keys, and a key is attended by an interval of queries; both move on by one with
/// each step, which is all the kernels need to know to skip what is masked.
/// </remarks>
public readonly record struct AttentionShape
{
    /// <summary>How many sequences there are: the product of all batch axes.</summary>
    public required int Batch { get; init; }

    /// <summary>Heads of the queries: a multiple of <see cref="KeyHeads"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Heads of keys and values; query head h reads key head h / (Heads / KeyHeads).</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Queries of a sequence.</summary>
    public required int QueryLength { get; init; }

    /// <summary>Keys that a sequence has room for; dropout numbers the weights by it.</summary>
    public required int KeyLength { get; init; }

    /// <summary>Keys that exist, at most <see cref="KeyLength"/>; those after them are not read.</summary>
    public required int KeyCount { get; init; }

    /// <summary>Numbers in each query, key and value.</summary>
    public required int HeadSize { get; init; }

    /// <summary>What the products of queries and keys are multiplied by before the softmax.</summary>
    public required float Scale { get; init; }

    /// <summary>Whether a query attends to no key after its own position.</summary>
    public bool IsCausal { get; init; }

    /// <summary>A query attends only to keys less than this far from its position; 0 means all.</summary>
    public int Window { get; init; }

    /// <summary>Query heads that share a key head.</summary>
    internal int Group => Heads / KeyHeads;

    /// <summary>Refuses what would be computed with memory that is not there.</summary>
    internal void Check()
    {
        if ((uint)KeyCount > (uint)KeyLength)
            ThrowKeyCount();
        if (KeyHeads <= 0 ? Heads != 0 : Heads % KeyHeads != 0)
            ThrowHeads();
    }

    void ThrowKeyCount() => throw new ArgumentOutOfRangeException(
        nameof(KeyCount), KeyCount, $"There is room for {KeyLength} keys.");

    void ThrowHeads() => throw new ArgumentException($"{Heads} heads cannot share {KeyHeads} key heads evenly.");

    /// <summary>The first key that a query attends to.</summary>
    internal int FirstKey(int query) =>
        Window > 0 ? (int)long.Clamp((long)query + KeyCount - QueryLength - Window + 1, 0, KeyCount) : 0;

    /// <summary>One past the last key that a query attends to; it may lie before the first.</summary>
    internal int EndKey(int query)
    {
        if (IsCausal)
            return (int)long.Clamp((long)query + KeyCount - QueryLength + 1, 0, KeyCount);
        return Window > 0 ? (int)long.Clamp((long)query + KeyCount - QueryLength + Window, 0, KeyCount) : KeyCount;
    }

    /// <summary>The first query that attends to a key.</summary>
    internal int FirstQuery(int key)
    {
        if (IsCausal)
            return (int)long.Clamp((long)key - KeyCount + QueryLength, 0, QueryLength);
        return Window > 0 ? (int)long.Clamp((long)key - KeyCount + QueryLength - Window + 1, 0, QueryLength) : 0;
    }

    /// <summary>One past the last query that attends to a key.</summary>
    internal int EndQuery(int key) =>
        Window > 0 ? (int)long.Clamp((long)key - KeyCount + QueryLength + Window, 0, QueryLength) : QueryLength;
}
