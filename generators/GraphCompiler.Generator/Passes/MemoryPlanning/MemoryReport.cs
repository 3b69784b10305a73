using System.Globalization;

namespace GraphCompiler.Generator.Passes;

/// <summary>A memory plan as lines of text, the same for the same plan everywhere.</summary>
public static class MemoryReport
{
    const int TimelineColumns = 32;

    /// <summary>So many buffers of one name and size, those of equal layers, are one row.</summary>
    const int FewestInGroup = 3;

    /// <summary>
    /// A line with the arena's size, its lower bound and by how much it is missed, then a table of the buffers in order
    /// of time: name, size, offset, the steps [first, last] in which it is live, and a picture of them. Buffers of equal
    /// layers share a row, which gives their number and the least and greatest of their places.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="unit">What sizes and offsets count.</param>
    /// <param name="maxRows">How many rows to list, those of the largest buffers; a line says how many are left out.</param>
    public static IReadOnlyList<string> Lines(ArenaPlan plan, string unit = "bytes", int maxRows = int.MaxValue)
    {
        List<string> lines = [Summary(plan, unit)];
        int[][] listed = [.. Enumerable.Range(0, plan.Buffers.Count)
            .GroupBy(i => (plan.Buffers[i].Name, plan.Buffers[i].Size))
            .SelectMany(group => group.Count() >= FewestInGroup ? [group.ToArray()] : group.Select(i => new[] { i }))
            .OrderByDescending(row => plan.Buffers[row[0]].Size).ThenBy(row => row[0]).Take(maxRows)
            .OrderBy(row => plan.Buffers[row[0]].Lower).ThenBy(row => plan.Offsets[row[0]]).ThenBy(row => row[0])];
        if (listed.Length > 0)
        {
            lines.Add("");
            lines.AddRange(Table(plan, listed));
        }
        int left = plan.Buffers.Count - listed.Sum(row => row.Length);
        if (left > 0)
            lines.Add(Invariant($"... and {left:N0} smaller buffers"));
        return lines;
    }

    static string Summary(ArenaPlan plan, string unit)
    {
        string verdict = plan.Missed == 0 ? "reached"
            : Invariant($"missed by {plan.Missed:N0} ({100.0 * plan.Missed / plan.LowerBound:F2} %)")
                + (plan.IsProvenOptimal ? ", and no plan comes closer" : "");
        return Invariant($"arena {plan.Size:N0} {unit} for {plan.Buffers.Count:N0} buffers of {Total(plan):N0}; ")
            + Invariant($"lower bound {plan.LowerBound:N0}: {verdict}");
    }

    static decimal Total(ArenaPlan plan) => plan.Buffers.Sum(buffer => (decimal)buffer.Size);

    static IEnumerable<string> Table(ArenaPlan plan, int[][] listed)
    {
        List<string[]> rows = [["buffer", "size", "offset", "steps", ""]];
        int firstStep = listed.Min(row => row.Min(i => plan.Buffers[i].Lower));
        int steps = listed.Max(row => row.Max(i => plan.Buffers[i].Upper)) - firstStep;
        foreach (int[] row in listed)
        {
            ArenaBuffer[] buffers = Array.ConvertAll(row, i => plan.Buffers[i]);
            rows.Add(
            [
                buffers[0].Name,
                row.Length == 1 ? Invariant($"{buffers[0].Size:N0}") : Invariant($"{row.Length} x {buffers[0].Size:N0}"),
                Range(row.Min(i => plan.Offsets[i]), row.Max(i => plan.Offsets[i]), "N0"),
                Range(buffers.Min(buffer => buffer.Lower), buffers.Max(buffer => buffer.Upper) - 1, "D"),
                Timeline(buffers, firstStep, steps),
            ]);
        }
        int[] width = [.. Enumerable.Range(0, 5).Select(column => rows.Max(row => row[column].Length))];
        return rows.Select(row => (row[0].PadRight(width[0]) + "  " + row[1].PadLeft(width[1]) + "  "
            + row[2].PadLeft(width[2]) + "  " + row[3].PadRight(width[3]) + "  " + row[4]).TrimEnd());
    }

    static string Range(long least, long greatest, string format)
    {
        string first = least.ToString(format, CultureInfo.InvariantCulture), last = greatest.ToString(format, CultureInfo.InvariantCulture);
        return least == greatest ? first : first + "-" + last;
    }

    // One column a step, or several steps a column where there are many.
    static string Timeline(ArenaBuffer[] buffers, int firstStep, int steps)
    {
        char[] columns = new string('.', Math.Min(steps, TimelineColumns)).ToCharArray();
        foreach (ArenaBuffer buffer in buffers)
        {
            int from = (int)((long)(buffer.Lower - firstStep) * columns.Length / steps);
            int to = (int)(((long)(buffer.Upper - firstStep) * columns.Length + steps - 1) / steps);
            columns.AsSpan(from, to - from).Fill('#');
        }
        return new string(columns);
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
