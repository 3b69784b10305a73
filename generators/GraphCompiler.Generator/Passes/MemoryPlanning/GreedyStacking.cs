namespace GraphCompiler.Generator.Passes;

// Greedy by priority: items are placed one after the other, each in a gap between the items that are already placed and
// overlap it in time. First fit takes the lowest gap that is wide enough, best fit the narrowest. Placing big ones first
// is what works best as a rule (Pisarchyk and Lee, "Efficient memory management for deep neural net inference", 2020).
//
// The gaps are found by walking the placed items in order of offset. Where an item overlaps few others, only those are
// gathered and sorted; where it overlaps many, the list of all placed items, which is kept in that order, is walked:
// nearly linear for chains of short lifetimes, and 20,000 items that all overlap are 2e8 trivial steps.

/// <summary>Stacks items in a given order.</summary>
sealed class GreedyStacking
{
    // Gathering and sorting a neighbour costs about this many times what walking past a placed item does.
    const int GatheringCost = 12;

    const long MostNeighbours = 4_000_000;

    readonly PlacementProblem problem;
    readonly WorkBudget budget;
    readonly int[][]? neighbours;

    // What the walk needs of the placed items, side by side, in order of offset.
    readonly int[] placedFirst, placedEnd;
    readonly long[] placedOffset, placedTop;
    readonly bool[] isPlaced;
    int placedCount;

    public GreedyStacking(PlacementProblem problem, WorkBudget budget)
    {
        this.problem = problem;
        this.budget = budget;
        int count = problem.Count;
        placedFirst = new int[count];
        placedEnd = new int[count];
        placedOffset = new long[count];
        placedTop = new long[count];
        isPlaced = new bool[count];
        Offsets = new long[count];
        neighbours = Neighbours.Find(problem, MostNeighbours);
    }

    /// <summary>Where the last call of <see cref="Stack"/> put each item.</summary>
    public long[] Offsets { get; }

    /// <summary>Stacks the items in this order and returns the height reached.</summary>
    public long Stack(int[] order, bool bestFit)
    {
        Array.Clear(isPlaced, 0, isPlaced.Length);
        placedCount = 0;
        long height = 0;
        foreach (int item in order)
        {
            Offsets[item] = FindGap(item, bestFit);
            Insert(item);
            height = Math.Max(height, Offsets[item] + problem.Size[item]);
        }
        return height;
    }

    long FindGap(int item, bool bestFit)
    {
        int[]? near = neighbours?[item];
        return near != null && (long)near.Length * GatheringCost < placedCount
            ? FindGapAmong(Gather(near), item, bestFit)
            : FindGapAmongPlaced(item, bestFit);
    }

    long FindGapAmongPlaced(int item, bool bestFit)
    {
        budget.Spend(placedCount);
        int first = problem.First[item];
        int end = problem.End[item];
        GapChoice choice = new(problem.Size[item], bestFit);
        for (int i = 0; i < placedCount; i++)
        {
            if (placedFirst[i] < end && first < placedEnd[i] && choice.Pass(placedOffset[i], placedTop[i]))
                break;
        }
        return choice.Offset;
    }

    long FindGapAmong(List<int> overlapping, int item, bool bestFit)
    {
        budget.Spend((long)overlapping.Count * GatheringCost);
        overlapping.Sort((a, b) => Offsets[a].CompareTo(Offsets[b]));
        GapChoice choice = new(problem.Size[item], bestFit);
        foreach (int other in overlapping)
        {
            if (choice.Pass(Offsets[other], Offsets[other] + problem.Size[other]))
                break;
        }
        return choice.Offset;
    }

    List<int> Gather(int[] near)
    {
        List<int> overlapping = [];
        foreach (int other in near)
        {
            if (isPlaced[other])
                overlapping.Add(other);
        }
        return overlapping;
    }

    void Insert(int item)
    {
        int at = Array.BinarySearch(placedOffset, 0, placedCount, Offsets[item]);
        at = at < 0 ? ~at : at;
        int moved = placedCount - at;
        Array.Copy(placedFirst, at, placedFirst, at + 1, moved);
        Array.Copy(placedEnd, at, placedEnd, at + 1, moved);
        Array.Copy(placedOffset, at, placedOffset, at + 1, moved);
        Array.Copy(placedTop, at, placedTop, at + 1, moved);
        placedFirst[at] = problem.First[item];
        placedEnd[at] = problem.End[item];
        placedOffset[at] = Offsets[item];
        placedTop[at] = Offsets[item] + problem.Size[item];
        isPlaced[item] = true;
        placedCount++;
    }

    // Walks the occupied ranges in order of offset and remembers the gap to take.
    struct GapChoice(long size, bool bestFit)
    {
        long top;
        long chosen = -1;
        long chosenWidth = long.MaxValue;

        public readonly long Offset => chosen >= 0 ? chosen : top;

        // Returns whether the choice is made already.
        public bool Pass(long offset, long end)
        {
            long width = offset - top;
            if (width >= size && width < chosenWidth)
            {
                chosen = top;
                chosenWidth = width;
                if (!bestFit || width == size)
                    return true;
            }
            top = Math.Max(top, end);
            return false;
        }
    }
}
