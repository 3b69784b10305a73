using GraphCompiler.GpuCheck.Measuring;

namespace GraphCompiler.GpuCheck.Report;

/// <summary>What all sides took for a work, in microseconds, turn by turn; null and a reason where a side cannot do it.</summary>
internal sealed record Turns(Work Work, IReadOnlyList<double>? Ours, IReadOnlyList<double>? Eager, IReadOnlyList<double>? Compiled, string? Fault = null)
{
    public double? OurTime => Ours is null ? null : Statistics.Median(Ours);

    public double? EagerTime => Eager is null ? null : Statistics.Median(Eager);

    public double? CompiledTime => Compiled is null ? null : Statistics.Median(Compiled);

    public double? EagerRatio => Ours is null || Eager is null ? null : Statistics.Ratio(Ours, Eager);

    public double? CompiledRatio => Ours is null || Compiled is null ? null : Statistics.Ratio(Ours, Compiled);

    /// <summary>Our rate: bytes or operations a second.</summary>
    public double? OurRate => OurTime is { } time && Work.Amount > 0 ? Work.Amount / (time * 1e-6) : null;
}

/// <summary>The card's measured peaks: bytes a second, and operations a second of each precision. Empty where nothing measured them.</summary>
internal sealed class Peaks
{
    readonly Dictionary<string, double> rates = [];

    public const string Bandwidth = "bandwidth";

    public IReadOnlyDictionary<string, double> Rates => rates;

    /// <summary>A rate that was reached: the peak is no less.</summary>
    public void Reached(string of, double rate) => rates[of] = Math.Max(rates.GetValueOrDefault(of), rate);

    /// <summary>What part of the peak that bounds the work we reach; null where no peak is known.</summary>
    public double? Fraction(Turns turns)
    {
        if (turns.Work.Bound == Bound.Latency || turns.OurRate is not { } rate)
            return null;
        return rates.TryGetValue(turns.Work.Bound == Bound.Bandwidth ? Bandwidth : turns.Work.Precision, out double peak) ? rate / peak : null;
    }
}
