using System.Globalization;

namespace GraphCompiler.GpuCheck.Report;

/// <summary>Writes the tables of the report, a row at a time.</summary>
internal static class Tables
{
    public const string WorksHead = """
        | work | ours, µs | eager, µs | eager/ours | compile, µs | compile/ours | of the peak | expected |
        |---|--:|--:|--:|--:|--:|--:|---|
        """;

    public const string ErrorsHead = """
        | work | ours | PyTorch's |
        |---|--:|--:|
        """;

    public static string Row(Turns turns, Peaks peaks)
    {
        if (turns.Ours is null)
            return $"| {turns.Work.Label} | not done: {turns.Fault} | | | | | | {Expected(turns)} |";
        return string.Create(CultureInfo.InvariantCulture,
            $"| {turns.Work.Label} | {turns.OurTime:N1} | {turns.EagerTime:N1} | {turns.EagerRatio:F2} | {turns.CompiledTime:N1} | {turns.CompiledRatio:F2} | {peaks.Fraction(turns):P0} | {Expected(turns)} |");
    }

    /// <summary>What is expected of the ratio against eager, and whether it was met; as long as nothing says, only what is expected.</summary>
    public static string Expected(Turns turns)
    {
        if (turns.Work.Expected is not { } expected)
            return "";
        string text = expected.ToString("0.0#", CultureInfo.InvariantCulture);
        return turns.EagerRatio is { } ratio ? text + (ratio >= expected ? ", met" : ", missed") : turns.Ours is null ? text + ", missed" : text;
    }

    public static string Peak(string of, double rate) => of == Peaks.Bandwidth
        ? string.Create(CultureInfo.InvariantCulture, $"| memory, read and written | {rate / 1e9:N0} GB/s |")
        : string.Create(CultureInfo.InvariantCulture, $"| {of.ToUpperInvariant()} products | {rate / 1e12:N1} TFLOP/s |");
}
