using System.Globalization;

namespace GraphCompiler.Generator.Passes;

/// <summary>A memory plan as lines of text, the same for the same plan everywhere.</summary>
public static class MemoryReport
{
    const int TimelineColumns = 32;

    /// <summary>
    /// A line with the arena's size, its lower bound and by how much it is missed, then a table of the buffers in order
    /// of time: name, size, offset, the steps [first, last] in which it is live, and a picture of them.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="unit">What sizes and offsets count.</param>
    /// <param name="maxRows">How many buffers to list, the largest; a line says how many are left out.</param>
    public static IReadOnlyList<string> Lines(ArenaPlan plan, string unit = "bytes", int maxRows = int.MaxValue)
    {
        List<string> lines = [Summary(plan, unit)];
        int[] listed = [.. Enumerable.Range(0, plan.Buffers.Count)
            .OrderByDescending(i => plan.Buffers[i].Size).Take(maxRows)
            .OrderBy(i => plan.Buffers[i].Lower).ThenBy(i => plan.Offsets[i]).ThenBy(i => i)];
        if (listed.Length > 0)
        {
            lines.Add("");
            lines.AddRange(Table(plan, listed));
        }
        if (listed.Length < plan.Buffers.Count)
            lines.Add(Invariant($"... and {plan.Buffers.Count - listed.Length:N0} smaller buffers"));
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

    static IEnumerable<string> Table(ArenaPlan plan, int[] listed)
    {
        List<string[]> rows = [["buffer", "size", "offset", "steps", ""]];
        int firstStep = listed.Min(i => plan.Buffers[i].Lower);
        int steps = listed.Max(i => plan.Buffers[i].Upper) - firstStep;
        foreach (int i in listed)
        {
            ArenaBuffer buffer = plan.Buffers[i];
            rows.Add(
            [
                buffer.Name,
                Invariant($"{buffer.Size:N0}"),
                Invariant($"{plan.Offsets[i]:N0}"),
                buffer.Upper - buffer.Lower == 1
                    ? Invariant($"{buffer.Lower}")
                    : Invariant($"{buffer.Lower}-{buffer.Upper - 1}"),
                Timeline(buffer, firstStep, steps),
            ]);
        }
        int[] width = [.. Enumerable.Range(0, 5).Select(column => rows.Max(row => row[column].Length))];
        return rows.Select(row => (row[0].PadRight(width[0]) + "  " + row[1].PadLeft(width[1]) + "  "
            + row[2].PadLeft(width[2]) + "  " + row[3].PadRight(width[3]) + "  " + row[4]).TrimEnd());
    }

    // One column a step, or several steps a column where there are many.
    static string Timeline(ArenaBuffer buffer, int firstStep, int steps)
    {
        int columns = Math.Min(steps, TimelineColumns);
        int from = (int)((long)(buffer.Lower - firstStep) * columns / steps);
        int to = (int)(((long)(buffer.Upper - firstStep) * columns + steps - 1) / steps);
        return new string('.', from) + new string('#', to - from) + new string('.', columns - to);
    }

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
