using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Tests.MemoryPlanning;

// Checks a placement by nothing but its definition, and shares no code with what made it: a sweep over time keeps the
// live buffers ordered by offset; a buffer that enters may touch neither its lower nor its upper neighbour. (As long as
// no overlap was found the live buffers are disjoint, so only the two neighbours can collide with the newcomer.)

/// <summary>An independent check of arena placements.</summary>
internal static class PlacementValidator
{
    /// <summary>What is wrong with a plan, one sentence a violation; empty where it is valid.</summary>
    public static IReadOnlyList<string> Violations(ArenaPlan plan)
        => Violations(plan.Buffers, plan.Offsets, plan.Size, plan.Alignment);

    /// <summary>
    /// What is wrong with a placement: a count that differs, an offset that is negative or not aligned, a buffer that
    /// ends beyond the arena, two buffers that share a step and a byte. Empty where it is valid; once one overlap is
    /// named, further ones may be left out.
    /// </summary>
    public static IReadOnlyList<string> Violations(
        IReadOnlyList<ArenaBuffer> buffers, IReadOnlyList<long> offsets, long arenaSize, int alignment)
    {
        List<string> violations = [];
        if (buffers.Count != offsets.Count)
        {
            violations.Add($"{buffers.Count} buffers have {offsets.Count} offsets.");
            return violations;
        }

        for (int i = 0; i < buffers.Count; i++)
        {
            if (offsets[i] < 0)
                violations.Add($"{buffers[i]} lies at the negative offset {offsets[i]}.");
            if (offsets[i] % alignment != 0)
                violations.Add($"{buffers[i]} at {offsets[i]} is not aligned to {alignment}.");
            if (offsets[i] > arenaSize - buffers[i].Size)
                violations.Add($"{buffers[i]} at {offsets[i]} ends beyond the arena of {arenaSize}.");
        }

        AddOverlaps(buffers, offsets, violations);
        return violations;
    }

    static void AddOverlaps(IReadOnlyList<ArenaBuffer> buffers, IReadOnlyList<long> offsets, List<string> violations)
    {
        int[] occupied = [.. Enumerable.Range(0, buffers.Count).Where(i => buffers[i].Size > 0)];
        int[] births = [.. occupied.OrderBy(i => buffers[i].Lower)];
        int[] deaths = [.. occupied.OrderBy(i => buffers[i].Upper)];
        IComparer<int> byOffset = Comparer<int>.Create((a, b) =>
            offsets[a] != offsets[b] ? offsets[a].CompareTo(offsets[b]) : a.CompareTo(b));
        List<int> live = [];
        int dead = 0;

        foreach (int newcomer in births)
        {
            for (; dead < deaths.Length && buffers[deaths[dead]].Upper <= buffers[newcomer].Lower; dead++)
                live.RemoveAt(live.BinarySearch(deaths[dead], byOffset));

            int above = ~live.BinarySearch(newcomer, byOffset);
            if (above > 0)
                AddOverlap(live[above - 1], newcomer);
            if (above < live.Count)
                AddOverlap(newcomer, live[above]);
            live.Insert(above, newcomer);
        }

        void AddOverlap(int lower, int upper)
        {
            if (offsets[upper] - offsets[lower] < buffers[lower].Size)
            {
                violations.Add($"{buffers[lower]} at {offsets[lower]} and {buffers[upper]} at {offsets[upper]} " +
                    "are live together and overlap.");
            }
        }
    }
}
