namespace GraphCompiler.Generator.Passes;

// Complete search for a stack of at most a given height, after Moffitt, "MiniMalloc: A lightweight memory allocator for
// hardware-accelerated machine learning" (ASPLOS 2023).
//
// Canonical stacks. Push every item of a stack down until it rests on the floor or on another item, and list the items
// by (offset, rank): placing them in that order, each on top of what is placed below it, builds the stack again. So it
// suffices to search the orders in which offsets never fall, and ranks rise among equal offsets. The offset of an item
// is then forced: the highest top among the placed items that overlap it in time, here called its support.
//
// What cuts the tree:
//   sections     the items of one section are a schedule on one machine, none starting before its earliest offset;
//                taken in that order they give the lowest top the section can reach, which must be within the capacity;
//   passed over  an item whose turn (offset, rank) has passed is placed only once its support has risen, so its earliest
//                offset is the lowest top that an item still to be placed can reach beneath it. A turn that may not pass
//                because of that bound ends the branching: later turns are worse;
//   dominance    an item whose support is no lower than the top another could reach leaves room for that other one
//                beneath itself, which might as well come first;
//   twins        of items with equal lifetimes and sizes, the one of lower rank is placed first;
//   split        where no item that is left crosses from one section to the next, the sides are searched on their own,
//                small ones first, and a failure of one spares the others;
//   memory       what is left, its supports and whose turns have passed decide the rest: such a state fails only once.

enum SearchOutcome
{
    Found,
    Infeasible,
    OutOfWork,
}

/// <summary>Searches one problem with one ranking of its items, within one capacity.</summary>
sealed class CanonicalSearch
{
    readonly StackState state;
    readonly SectionBound bound;
    readonly FailedStates failed;
    readonly WorkBudget budget;
    readonly int[] ranking;
    readonly int[] twin;
    readonly long workLimit;

    /// <param name="problem">What to stack.</param>
    /// <param name="neighbours">Its items' overlaps in time.</param>
    /// <param name="ranking">The items, those first that should be met first.</param>
    /// <param name="capacity">The height allowed.</param>
    /// <param name="work">How much work to do at most.</param>
    /// <param name="failed">Where states that failed are kept; one may serve many searches, one after the other.</param>
    /// <param name="budget">What the work is charged to.</param>
    public CanonicalSearch(
        PlacementProblem problem, int[][] neighbours, int[] ranking, long capacity, long work, FailedStates failed,
        WorkBudget budget)
    {
        this.ranking = ranking;
        this.failed = failed;
        this.budget = budget;
        state = new StackState(problem, neighbours, ranking, budget);
        bound = new SectionBound(state, problem.Sections, capacity, budget);
        twin = FindTwins();
        workLimit = budget.Spent + work;
        failed.Forget();
    }

    /// <summary>Searches until a stack is found, none is left, or the work is done.</summary>
    public SearchOutcome Run()
    {
        int[] all = [.. Enumerable.Range(0, ranking.Length)];
        return bound.Fits(all, default) ? Extend(all, default) : SearchOutcome.Infeasible;
    }

    /// <summary>The offsets, by the problem's items; valid after <see cref="SearchOutcome.Found"/>.</summary>
    public long[] Offsets()
    {
        long[] offsets = new long[ranking.Length];
        for (int i = 0; i < offsets.Length; i++)
            offsets[ranking[i]] = state.Offset[i];
        return offsets;
    }

    // Places the items that are left, which are in order of support and rank, from a turn on.
    SearchOutcome Extend(int[] left, Turn turn)
    {
        if (budget.Spent >= workLimit)
            return SearchOutcome.OutOfWork;
        ulong hash = failed.Hash(left, state, turn);
        if (failed.Contains(hash))
            return SearchOutcome.Infeasible;

        long lowestTop = long.MaxValue;
        foreach (int item in left)
            lowestTop = Math.Min(lowestTop, state.Support[item] + state.Size[item]);

        bool isFirst = true;
        foreach (int item in left)
        {
            Turn next = new(state.Support[item], item);
            if (next.Offset >= lowestTop)
                break;
            if (state.HasPassed(item, turn) || (twin[item] >= 0 && !state.IsPlaced[twin[item]]))
                continue;
            if (!isFirst && !bound.Fits(left, next))
                break;
            isFirst = false;

            int mark = state.PlacedCount;
            state.Place(item);
            SearchOutcome outcome = ExtendParts(left, next);
            if (outcome == SearchOutcome.Found)
                return outcome;
            state.TakeBack(mark);
            if (outcome == SearchOutcome.OutOfWork)
                return outcome;
        }
        failed.Add(hash);
        return SearchOutcome.Infeasible;
    }

    // The item whose turn it was is placed: goes on with the parts into which the others fall.
    SearchOutcome ExtendParts(int[] left, Turn turn)
    {
        int[] rest = Without(left, turn.Rank);
        SortBySupport(rest);
        if (!bound.Fits(rest, turn))
            return SearchOutcome.Infeasible;
        foreach (int[] part in Split(rest))
        {
            SearchOutcome outcome = Extend(part, turn);
            if (outcome != SearchOutcome.Found)
                return outcome;
        }
        return SearchOutcome.Found;
    }

    static int[] Without(int[] items, int placed)
    {
        int[] rest = new int[items.Length - 1];
        int count = 0;
        foreach (int item in items)
        {
            if (item != placed)
                rest[count++] = item;
        }
        return rest;
    }

    // Insertion sort: the parent's order is nearly right.
    void SortBySupport(int[] items)
    {
        long[] support = state.Support;
        budget.Spend(items.Length);
        for (int i = 1; i < items.Length; i++)
        {
            int item = items[i];
            long key = support[item];
            int at = i;
            for (; at > 0 && IsAfter(items[at - 1]); at--)
                items[at] = items[at - 1];
            items[at] = item;

            bool IsAfter(int other) => support[other] > key || (support[other] == key && other > item);
        }
    }

    // Cuts the items where none crosses from one section to the next; each part keeps the order.
    List<int[]> Split(int[] items)
    {
        List<int[]> parts = [];
        if (items.Length == 0)
            return parts;
        (int low, int high) = state.SectionsOf(items);
        int[] part = new int[high - low + 1];
        foreach (int item in items)
        {
            part[state.First[item] + 1 - low]++;
            part[state.End[item] - low]--;
        }
        int count = 0;
        for (int s = 0, crossing = 0; s < part.Length; s++)
        {
            crossing += part[s];
            count += crossing == 0 ? 1 : 0;
            part[s] = count - 1;
        }
        budget.Spend(items.Length + part.Length);
        if (part[high - low - 1] == 0)
        {
            parts.Add(items);
            return parts;
        }

        foreach (IGrouping<int, int> group in items.GroupBy(item => part[state.First[item] - low]))
            parts.Add([.. group]);
        return [.. parts.OrderBy(list => list.Length)];
    }

    // The item before each in rank that has the same lifetime and size, or -1.
    int[] FindTwins()
    {
        Dictionary<(int, int, long), int> last = [];
        int[] found = new int[ranking.Length];
        for (int i = 0; i < found.Length; i++)
        {
            (int, int, long) shape = (state.First[i], state.End[i], state.Size[i]);
            found[i] = last.TryGetValue(shape, out int before) ? before : -1;
            last[shape] = i;
        }
        return found;
    }
}

/// <summary>A place in the order in which items are placed; items before it have had their turn.</summary>
readonly struct Turn(long offset, int rank)
{
    public long Offset { get; } = offset;

    public int Rank { get; } = rank;
}
