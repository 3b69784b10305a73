namespace GraphCompiler.Generator.Passes;

/// <summary>
/// A stack that is being built from the bottom up, with the way back. Items are known by their rank.
/// </summary>
sealed class StackState
{
    readonly int[][] neighbours;
    readonly WorkBudget budget;

    // The placed items, and for each a mark followed by the supports it raised, as they were.
    readonly Stack<int> placed = new();
    readonly Stack<(int Item, long Support)> raised = new();

    public StackState(PlacementProblem problem, int[][] neighbours, int[] ranking, WorkBudget budget)
    {
        int[] rank = new int[problem.Count];
        for (int r = 0; r < rank.Length; r++)
            rank[ranking[r]] = r;
        this.neighbours = [.. ranking.Select(i => Array.ConvertAll(neighbours[i], other => rank[other]))];
        this.budget = budget;
        First = [.. ranking.Select(i => problem.First[i])];
        End = [.. ranking.Select(i => problem.End[i])];
        Size = [.. ranking.Select(i => problem.Size[i])];
        Support = new long[problem.Count];
        Offset = new long[problem.Count];
        IsPlaced = new bool[problem.Count];
    }

    public int[] First { get; }

    public int[] End { get; }

    public long[] Size { get; }

    /// <summary>The highest top among the placed items that overlap each item in time.</summary>
    public long[] Support { get; }

    /// <summary>Where each placed item lies.</summary>
    public long[] Offset { get; }

    public bool[] IsPlaced { get; }

    public int PlacedCount => placed.Count;

    /// <summary>Whether an item that is not placed can no longer be placed on its present support.</summary>
    public bool HasPassed(int item, Turn turn)
        => Support[item] < turn.Offset || (Support[item] == turn.Offset && item < turn.Rank);

    /// <summary>Puts an item on its support.</summary>
    public void Place(int item)
    {
        long top = Support[item] + Size[item];
        Offset[item] = Support[item];
        IsPlaced[item] = true;
        placed.Push(item);
        raised.Push((-1, 0));
        foreach (int other in neighbours[item])
        {
            if (IsPlaced[other] || Support[other] >= top)
                continue;
            raised.Push((other, Support[other]));
            Support[other] = top;
        }
        budget.Spend(neighbours[item].Length);
    }

    /// <summary>Takes the latest placements back until so many are left.</summary>
    public void TakeBack(int count)
    {
        while (placed.Count > count)
        {
            IsPlaced[placed.Pop()] = false;
            for ((int item, long support) = raised.Pop(); item >= 0; (item, support) = raised.Pop())
                Support[item] = support;
        }
    }

    /// <summary>The lowest top that an item still to be placed can reach beneath one that was passed over.</summary>
    public long LowestRise(int passed, Turn turn)
    {
        long lowest = long.MaxValue;
        foreach (int other in neighbours[passed])
        {
            if (!IsPlaced[other])
                lowest = Math.Min(lowest, Math.Max(Support[other], turn.Offset) + Size[other]);
        }
        budget.Spend(neighbours[passed].Length);
        return lowest;
    }

    /// <summary>The sections that some items lie in.</summary>
    public (int Low, int High) SectionsOf(int[] items)
    {
        int low = int.MaxValue;
        int high = 0;
        foreach (int item in items)
        {
            low = Math.Min(low, First[item]);
            high = Math.Max(high, End[item]);
        }
        return (low, high);
    }
}
