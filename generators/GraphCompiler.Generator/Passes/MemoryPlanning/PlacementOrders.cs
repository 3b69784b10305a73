namespace GraphCompiler.Generator.Passes;

/// <summary>The orders in which items are tried; ties are broken by the item's index, so that each is a total order.</summary>
static class PlacementOrders
{
    /// <summary>By size, area, pressure (the fullest section an item is in) and lifetime: biggest first.</summary>
    public static IEnumerable<int[]> All(PlacementProblem problem)
    {
        long[] pressure = Pressure(problem);
        yield return Order(problem, i => problem.Size[i], Length);
        yield return Order(problem, Area, i => problem.Size[i]);
        yield return Order(problem, i => pressure[i], i => problem.Size[i]);
        yield return Order(problem, Length, i => problem.Size[i]);

        double Area(int i) => (double)problem.Size[i] * (problem.End[i] - problem.First[i]);
        double Length(int i) => problem.End[i] - problem.First[i];
    }

    static int[] Order(PlacementProblem problem, Func<int, double> key, Func<int, double> tieBreak)
        => [.. Enumerable.Range(0, problem.Count).OrderByDescending(key).ThenByDescending(tieBreak)];

    static long[] Pressure(PlacementProblem problem)
    {
        long[] pressure = new long[problem.Count];
        for (int i = 0; i < pressure.Length; i++)
        {
            for (int s = problem.First[i]; s < problem.End[i]; s++)
                pressure[i] = Math.Max(pressure[i], problem.SectionTotal[s]);
        }
        return pressure;
    }
}
