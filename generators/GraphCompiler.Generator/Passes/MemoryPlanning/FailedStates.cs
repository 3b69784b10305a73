namespace GraphCompiler.Generator.Passes;

/// <summary>
/// States of a search that have failed, known by a hash of 64 bits, in a table of fixed size where the latest stay.
/// </summary>
sealed class FailedStates
{
    const int Entries = 1 << 16;

    readonly ulong[] table = new ulong[Entries];
    ulong searches;

    /// <summary>Begins another search: what failed before says nothing about it.</summary>
    public void Forget() => searches++;

    public bool Contains(ulong hash) => table[hash % Entries] == hash;

    public void Add(ulong hash) => table[hash % Entries] = hash;

    /// <summary>The hash of what is left, each item with its support, or with the fact that its turn has passed.</summary>
    public ulong Hash(int[] left, StackState state, Turn turn)
    {
        ulong sum = Mix(searches);
        foreach (int item in left)
        {
            ulong support = state.HasPassed(item, turn) ? ulong.MaxValue : (ulong)state.Support[item];
            sum += Mix(support ^ Mix((ulong)item + 1));
        }
        return sum;
    }

    // The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
    static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
