namespace GraphCompiler.Generator.Passes;

// Offline placement of buffers in one arena ("dynamic storage allocation", NP-hard), in five steps:
//   1. sizes become multiples of the alignment, time becomes sections              PlacementProblem
//   2. the problem is split and peeled into parts that stand on their own          Decomposition
//   3. each part is stacked greedily                                               GreedyStacking
//   4. parts higher than need be are searched: many short, complete searches       RestartedSearch, CanonicalSearch
//   5. offsets are put together again.
// A part need not be as low as possible, only as low as the whole: the lower bound, or the highest part that could not
// be lowered. Work is counted in steps, never in time: the same buffers get the same plan on every machine.

/// <summary>Places the buffers of a static schedule in one arena, offline, with as little memory as it can.</summary>
public static class ArenaPlanner
{
    const long ReductionWork = 2_000_000;
    const long GreedyWork = 40_000_000;

    /// <summary>The search work that published benchmarks are solved with: up to some seconds.</summary>
    public const long MostSearchWork = 600_000_000;

    /// <summary>
    /// Gives every buffer an offset such that no two buffers that are live in one step share a byte.
    /// </summary>
    /// <param name="buffers">The buffers; sizes in any unit.</param>
    /// <param name="alignment">What every offset must be a multiple of, in the same unit; at least 1.</param>
    /// <param name="cancellationToken">Stops the planner between steps.</param>
    /// <param name="searchWork">
    /// How many elementary steps may be spent on parts that stay above the lower bound; about a quarter of a second for
    /// every sixty million.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is less than 1.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="OverflowException">Live sizes sum to more than a <see cref="long"/> holds.</exception>
    public static ArenaPlan Place(
        IReadOnlyList<ArenaBuffer> buffers, int alignment, CancellationToken cancellationToken, long searchWork = MostSearchWork)
    {
        if (alignment < 1)
            throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "The alignment is less than 1.");

        int[] occupied = [.. Enumerable.Range(0, buffers.Count).Where(i => buffers[i].Size > 0)];
        PlacementProblem whole = PlacementProblem.Create(
            [.. occupied.Select(i => buffers[i].Lower)],
            [.. occupied.Select(i => buffers[i].Upper)],
            [.. occupied.Select(i => (buffers[i].Size - 1) / alignment + 1)]);
        long lowerBound = checked(whole.LowerBound * alignment);

        long[] stacked = new long[whole.Count];
        WorkBudget reductionBudget = new(ReductionWork, cancellationToken);
        WorkBudget greedyBudget = new(GreedyWork, cancellationToken);
        WorkBudget searchBudget = new(searchWork, cancellationToken);
        List<PartStacking> parts = [.. Decomposition.Reduce(whole, stacked, reductionBudget)
            .Select(part => new PartStacking(part, searchBudget))];
        (long height, long provenHeight) = Stack(parts, whole.LowerBound, greedyBudget);

        foreach (PartStacking part in parts)
        {
            for (int i = 0; i < part.Offsets.Length; i++)
                stacked[part.Part.Items[i]] = part.Part.Floor + part.Offsets[i];
        }
        long[] offsets = new long[buffers.Count];
        for (int i = 0; i < occupied.Length; i++)
            offsets[occupied[i]] = stacked[i] * alignment;
        return new ArenaPlan(
            buffers, offsets, alignment, checked(height * alignment), lowerBound, height == provenHeight,
            reductionBudget.Spent + greedyBudget.Spent + searchBudget.Spent);
    }

    // Returns the height of the highest part, and a height that no plan is below.
    static (long Height, long ProvenHeight) Stack(List<PartStacking> parts, long lowerBound, WorkBudget greedyBudget)
    {
        foreach (PartStacking part in parts)
            part.StackGreedily(lowerBound - part.Part.Floor, greedyBudget);

        long height = lowerBound;
        long provenHeight = lowerBound;
        foreach (PartStacking part in parts.OrderByDescending(part => part.Part.Floor + part.Height))
        {
            part.Search(height - part.Part.Floor);
            height = Math.Max(height, part.Part.Floor + part.Height);
            provenHeight = Math.Max(provenHeight, part.Part.Floor + part.ProvenHeight);
        }
        return (height, provenHeight);
    }
}
