namespace GraphCompiler.Generator.Passes;

/// <summary>Which items share a section.</summary>
static class Neighbours
{
    /// <summary>The items that overlap each item in time.</summary>
    public static int[][] Find(PlacementProblem problem) => Find(problem, long.MaxValue)!;

    /// <summary>
    /// The items that overlap each item in time, or null where there are more than <paramref name="most"/> in all.
    /// </summary>
    public static int[][]? Find(PlacementProblem problem, long most)
    {
        int count = problem.Count;
        int[] byFirst = [.. Enumerable.Range(0, count).OrderBy(i => problem.First[i])];
        List<int>[] found = new List<int>[count];
        List<int> live = [];
        long total = 0;

        foreach (int item in byFirst)
        {
            live.RemoveAll(other => problem.End[other] <= problem.First[item]);
            total += 2 * live.Count;
            if (total > most)
                return null;
            found[item] = [.. live];
            foreach (int other in live)
                found[other].Add(item);
            live.Add(item);
        }
        return [.. found.Select(list => list.ToArray())];
    }
}
