namespace GraphCompiler.Generator.Passes;

/// <summary>Places the buffers of a static schedule in one arena, offline, with as little memory as it can.</summary>
public static class ArenaPlanner
{
    const long ReductionWork = 2_000_000;
    const long GreedyWork = 300_000_000;

    /// <summary>
    /// Gives every buffer an offset such that no two buffers that are live in one step share a byte.
    /// </summary>
    /// <param name="buffers">The buffers; sizes in any unit.</param>
    /// <param name="alignment">What every offset must be a multiple of, in the same unit; at least 1.</param>
    /// <param name="cancellationToken">Stops the planner between steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">The alignment is less than 1.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="OverflowException">Live sizes sum to more than a <see cref="long"/> holds.</exception>
    public static ArenaPlan Place(
        IReadOnlyList<ArenaBuffer> buffers, int alignment, CancellationToken cancellationToken)
    {
        if (alignment < 1)
            throw new ArgumentOutOfRangeException(nameof(alignment), alignment, "The alignment is less than 1.");

        int[] occupied = [.. Enumerable.Range(0, buffers.Count).Where(i => buffers[i].Size > 0)];
        PlacementProblem whole = PlacementProblem.Create(
            [.. occupied.Select(i => buffers[i].Lower)],
            [.. occupied.Select(i => buffers[i].Upper)],
            [.. occupied.Select(i => (buffers[i].Size - 1) / alignment + 1)]);
        checked
        {
            _ = whole.LowerBound * alignment;
        }

        long[] stacked = new long[whole.Count];
        WorkBudget budget = new(ReductionWork, cancellationToken);
        long height = whole.LowerBound;
        foreach (PlacementPart part in Decomposition.Reduce(whole, stacked, budget))
        {
            (long[] partOffsets, long partHeight) = StackGreedily(part.Problem, whole.LowerBound - part.Floor, cancellationToken);
            for (int i = 0; i < part.Items.Length; i++)
                stacked[part.Items[i]] = part.Floor + partOffsets[i];
            height = Math.Max(height, part.Floor + partHeight);
        }

        long[] offsets = new long[buffers.Count];
        for (int i = 0; i < occupied.Length; i++)
            offsets[occupied[i]] = stacked[i] * alignment;
        long lowerBound = whole.LowerBound * alignment;
        return new ArenaPlan(
            buffers, offsets, alignment, height * alignment, lowerBound, height == whole.LowerBound, budget.Spent);
    }

    static (long[] Offsets, long Height) StackGreedily(
        PlacementProblem problem, long goal, CancellationToken cancellationToken)
    {
        WorkBudget budget = new(GreedyWork, cancellationToken);
        GreedyStacking greedy = new(problem, budget);
        long[] best = [];
        long bestHeight = long.MaxValue;
        foreach (int[] order in PlacementOrders.All(problem))
        {
            foreach (bool bestFit in new[] { false, true })
            {
                long height = greedy.Stack(order, bestFit);
                if (height < bestHeight)
                {
                    bestHeight = height;
                    best = [.. greedy.Offsets];
                }
                if (bestHeight <= goal || budget.IsSpent)
                    return (best, bestHeight);
            }
        }
        return (best, bestHeight);
    }
}
