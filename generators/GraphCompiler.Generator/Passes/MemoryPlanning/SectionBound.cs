namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Whether what is left can still fit: the bounds called "sections" and "passed over" where the search is explained.
/// </summary>
sealed class SectionBound(StackState state, int sections, long capacity, WorkBudget budget)
{
    readonly long[] sectionTop = new long[sections];
    readonly long[] earliest = new long[state.Size.Length];
    readonly int[] byEarliest = new int[state.Size.Length];

    /// <summary>False only if the items that are left cannot be stacked within the capacity from this turn on.</summary>
    public bool Fits(int[] left, Turn turn)
    {
        if (left.Length == 0)
            return true;
        return FindEarliest(left, turn) && SectionsFit(left);
    }

    bool FindEarliest(int[] left, Turn turn)
    {
        for (int i = 0; i < left.Length; i++)
        {
            int item = left[i];
            byEarliest[i] = item;
            earliest[i] = state.HasPassed(item, turn) ? state.LowestRise(item, turn) : state.Support[item];
            if (earliest[i] > capacity - state.Size[item])
                return false;
        }
        Array.Sort(earliest, byEarliest, 0, left.Length);
        return true;
    }

    bool SectionsFit(int[] left)
    {
        (int low, int high) = state.SectionsOf(left);
        Array.Clear(sectionTop, low, high - low);
        long work = high - low + 2L * left.Length;
        bool fits = true;
        for (int i = 0; i < left.Length && fits; i++)
        {
            int item = byEarliest[i];
            long size = state.Size[item];
            int end = state.End[item];
            for (int s = state.First[item]; s < end; s++)
            {
                sectionTop[s] = Math.Max(sectionTop[s], earliest[i]) + size;
                fits &= sectionTop[s] <= capacity;
            }
            work += end - state.First[item];
        }
        budget.Spend(work);
        return fits;
    }
}
