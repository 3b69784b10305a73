namespace GraphCompiler.Generator.Passes;

// Stacks one part: greedily in several orders, and where that is higher than it need be, by search. The search asks for
// a capacity: first, and longest, for the goal itself; if that is not reached, the range between what is known to be
// reachable and what was tried in vain is halved again and again. When the range is narrow, trying in vain is forgotten
// (only a proof of infeasibility is not) and every question may take twice the work.

/// <summary>The best stack known of a part.</summary>
sealed class PartStacking
{
    // A node of the search costs time in proportion to the items, and its depth costs call stack.
    const int MostItemsToSearch = 1_000;

    // Of the work allowed, one part in so many goes to the first question, and to each of the next.
    const int ShareOfFirstQuestion = 3;
    const int ShareOfNextQuestions = 12;

    readonly WorkBudget budget;

    public PartStacking(PlacementPart part, WorkBudget budget)
    {
        Part = part;
        this.budget = budget;
        ProvenHeight = part.Problem.LowerBound;
    }

    public PlacementPart Part { get; }

    /// <summary>The offset of each of the part's items above its floor.</summary>
    public long[] Offsets { get; private set; } = [];

    /// <summary>The height of the stack.</summary>
    public long Height { get; private set; } = long.MaxValue;

    /// <summary>No stack of this part is lower.</summary>
    public long ProvenHeight { get; private set; }

    /// <summary>Stacks greedily; lower than the goal is not looked for.</summary>
    public void StackGreedily(long goal, WorkBudget greedyBudget)
    {
        GreedyStacking greedy = new(Part.Problem, greedyBudget);
        foreach (int[] order in PlacementOrders.All(Part.Problem))
        {
            foreach (bool bestFit in new[] { false, true })
            {
                greedy.Stack(order, bestFit);
                Keep(greedy.Offsets);
                if (Height <= goal || greedyBudget.IsSpent)
                    return;
            }
        }
    }

    /// <summary>Searches for a stack as low as the goal; lower is not looked for.</summary>
    public void Search(long goal)
    {
        if (Height <= goal || Part.Problem.Count > MostItemsToSearch)
            return;
        RestartedSearch search = new(Part.Problem, budget);
        long work = budget.Left / ShareOfFirstQuestion;
        long nextWork = budget.Left / ShareOfNextQuestions;
        long triedInVain = goal - 1;
        long capacity = goal;
        while (Height > Math.Max(goal, ProvenHeight) && !budget.IsSpent)
        {
            SearchOutcome outcome = search.Run(capacity, work, out long[] offsets);
            if (outcome == SearchOutcome.Found)
                Keep(offsets);
            else
                triedInVain = capacity;
            if (outcome == SearchOutcome.Infeasible)
                ProvenHeight = capacity + 1;

            if (Height - triedInVain <= goal >> 8)
            {
                triedInVain = Math.Max(goal, ProvenHeight) - 1;
                nextWork *= 2;
            }
            work = nextWork;
            capacity = triedInVain + (Height - triedInVain) / 2;
        }
    }

    void Keep(long[] offsets)
    {
        long height = 0;
        for (int i = 0; i < offsets.Length; i++)
            height = Math.Max(height, offsets[i] + Part.Problem.Size[i]);
        if (height >= Height)
            return;
        Height = height;
        Offsets = [.. offsets];
    }
}
