namespace GraphCompiler.GpuCheck.Report;

/// <summary>The table's mathematics.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>
    /// The median of the ratios of turns that followed one another: what the machine does to both sides of a pair cancels.
    /// Above 1, ours is the faster.
    /// </summary>
    public static double Ratio(IReadOnlyList<double> ours, IReadOnlyList<double> others) => Median(ours.Zip(others, (mine, other) => other / mine));
}
