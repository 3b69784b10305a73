namespace GraphCompiler.Generator.Passes;

// The time a search by backtracking takes varies wildly with the ranking it follows: most rankings of an instance lead
// astray early, a few walk straight to a solution. So many short searches beat a long one (Gomes, Selman and Kautz,
// "Boosting combinatorial search through randomization", 1998). Three rankings are taken in turn:
//   pressure (the total of the fullest section an item is in), then lifetime, then area;
//   area (lifetime times size);
//   lifetime, then area;
// first as they are, then with lifetimes and areas blurred by noise. How long each may search follows the sequence
// 1 1 2 1 1 2 4 ... (Luby, Sinclair and Zuckerman, 1993), times a unit that is enough to reach the top once. The noise
// comes from a generator of our own with a fixed seed, so that the same problem gives the same plan everywhere.

/// <summary>Searches a problem with many rankings of its items.</summary>
sealed class RestartedSearch
{
    const long LeastUnit = 900_000;

    static readonly double[] NoiseLevels = [0.3, 0.5];

    readonly PlacementProblem problem;
    readonly WorkBudget budget;
    readonly int[][] neighbours;
    readonly long[] pressure;
    readonly double[] length;
    readonly double[] area;
    readonly FailedStates failed = new();
    readonly long unit;
    ulong random = 1;
    int attempt;

    public RestartedSearch(PlacementProblem problem, WorkBudget budget)
    {
        this.problem = problem;
        this.budget = budget;
        neighbours = Neighbours.Find(problem);
        pressure = PlacementOrders.Pressure(problem);
        length = [.. Enumerable.Range(0, problem.Count).Select(i => (double)(problem.End[i] - problem.First[i]))];
        unit = Math.Max(LeastUnit, WorkOfOneDescent(problem));
        area = [.. Enumerable.Range(0, problem.Count).Select(i => length[i] * problem.Size[i])];
    }

    /// <summary>
    /// Looks for a stack within the capacity, going on with the rankings where the last call stopped.
    /// </summary>
    /// <param name="capacity">The height allowed.</param>
    /// <param name="work">How much work to do, about.</param>
    /// <param name="offsets">Where each item lies, if one was found.</param>
    public SearchOutcome Run(long capacity, long work, out long[] offsets)
    {
        long end = budget.Spent + work;
        SearchOutcome outcome = SearchOutcome.OutOfWork;
        offsets = [];
        while (outcome == SearchOutcome.OutOfWork && budget.Spent < end && !budget.IsSpent)
        {
            long limit = Math.Min(unit * Luby(attempt / 3 + 1), end - budget.Spent);
            CanonicalSearch search = new(problem, neighbours, NextRanking(), capacity, limit, failed, budget);
            outcome = search.Run();
            if (outcome == SearchOutcome.Found)
                offsets = search.Offsets();
            budget.Spend(problem.Count);
        }
        return outcome;
    }

    // Placing one item after the other, each bounded by what is left, without ever going back.
    static long WorkOfOneDescent(PlacementProblem problem)
    {
        long sections = 0;
        for (int i = 0; i < problem.Count; i++)
            sections += problem.End[i] - problem.First[i];
        return problem.Count * (sections + 4L * problem.Count) / 2;
    }

    int[] NextRanking()
    {
        double noise = attempt < 3 ? 0 : NoiseLevels[attempt / 3 % NoiseLevels.Length];
        double[] blurredLength = Blur(length, noise);
        double[] blurredArea = Blur(area, noise);
        IEnumerable<int> items = Enumerable.Range(0, problem.Count);
        return (attempt++ % 3) switch
        {
            0 => [.. items.OrderByDescending(i => pressure[i]).ThenByDescending(i => blurredLength[i])
                .ThenByDescending(i => blurredArea[i])],
            1 => [.. items.OrderByDescending(i => blurredArea[i])],
            _ => [.. items.OrderByDescending(i => blurredLength[i]).ThenByDescending(i => blurredArea[i])],
        };
    }

    // Times a factor from [1 - noise, 1 + noise], more often near 1.
    double[] Blur(double[] values, double noise)
        => noise == 0 ? values : [.. values.Select(value => value * (1 + noise * (NextUniform() + NextUniform() - 1)))];

    // Uniform in [0, 1); the linear congruential generator of Knuth's MMIX.
    double NextUniform()
    {
        random = random * 6364136223846793005 + 1442695040888963407;
        return (random >> 11) * (1.0 / (1UL << 53));
    }

    // 1 1 2 1 1 2 4 1 1 2 1 1 2 4 8 ...
    static long Luby(int index)
    {
        for (int power = 1; ; power++)
        {
            int last = (1 << power) - 1;
            if (index == last)
                return 1L << (power - 1);
            if (index < last)
                return Luby(index - ((1 << (power - 1)) - 1));
        }
    }
}
