namespace GraphCompiler.Generator.Passes;

/// <summary>The orders in which items are tried; ties go by the item's index, so that each is a total order.</summary>
static class PlacementOrders
{
    /// <summary>By size, area, pressure and lifetime: biggest first.</summary>
    public static IEnumerable<int[]> All(PlacementProblem problem)
    {
        long[] pressure = Pressure(problem);
        yield return Order(i => problem.Size[i], Length);
        yield return Order(Area, i => problem.Size[i]);
        yield return Order(i => pressure[i], Area);
        yield return Order(Length, i => problem.Size[i]);

        double Area(int i) => Length(i) * problem.Size[i];
        double Length(int i) => problem.End[i] - problem.First[i];
        int[] Order(Func<int, double> key, Func<int, double> tieBreak)
            => [.. Enumerable.Range(0, problem.Count).OrderByDescending(key).ThenByDescending(tieBreak)];
    }

    /// <summary>The total of the fullest section that each item is in.</summary>
    public static long[] Pressure(PlacementProblem problem)
    {
        // Maxima over ranges of sections whose length is a power of two; two of them cover any range.
        List<long[]> maxima = [problem.SectionTotal];
        for (int width = 1; 2 * width <= problem.Sections; width *= 2)
        {
            long[] half = maxima[maxima.Count - 1];
            int count = problem.Sections - 2 * width + 1;
            int shift = width;
            maxima.Add([.. Enumerable.Range(0, count).Select(s => Math.Max(half[s], half[s + shift]))]);
        }
        long[] pressure = new long[problem.Count];
        for (int i = 0; i < pressure.Length; i++)
        {
            int level = 0;
            while (2 << level <= problem.End[i] - problem.First[i])
                level++;
            pressure[i] = Math.Max(maxima[level][problem.First[i]], maxima[level][problem.End[i] - (1 << level)]);
        }
        return pressure;
    }
}
