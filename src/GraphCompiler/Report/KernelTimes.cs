using System.Diagnostics;

namespace GraphCompiler;

/// <summary>How long the kernels of some runs of a program took, as worker 0 saw it: each itself, and the wait for the other workers before it.</summary>
/// <param name="runs">How many runs are noted.</param>
internal sealed class KernelTimes(int runs)
{
    readonly List<long[]> kernels = [], waits = [];
    readonly List<long> steps = [], updates = [];
    readonly List<long> kernelsOfRun = [], waitsOfRun = [];
    long begin, last, wait;

    /// <summary>How many runs are still to come.</summary>
    public int Left => runs - steps.Count;

    public int Runs => runs;

    /// <summary>Of every kernel, in the order of the schedule, the median of its runs, in nanoseconds.</summary>
    public double[] Kernels => Medians(kernels);

    /// <summary>Of every kernel, the median of the waits before it, in nanoseconds.</summary>
    public double[] Waits => Medians(waits);

    /// <summary>The median of whole steps, in nanoseconds.</summary>
    public double Step => Median([.. steps]);

    /// <summary>The median of what follows the program, which is the update, in nanoseconds.</summary>
    public double Update => Median([.. updates]);

    public void BeginStep()
    {
        kernelsOfRun.Clear();
        waitsOfRun.Clear();
        wait = 0;
        begin = last = Stopwatch.GetTimestamp();
    }

    public void EndWait()
    {
        long now = Stopwatch.GetTimestamp();
        wait += now - last;
        last = now;
    }

    public void EndKernel()
    {
        long now = Stopwatch.GetTimestamp();
        kernelsOfRun.Add(now - last);
        waitsOfRun.Add(wait);
        wait = 0;
        last = now;
    }

    public void EndStep()
    {
        long now = Stopwatch.GetTimestamp();
        kernels.Add([.. kernelsOfRun]);
        waits.Add([.. waitsOfRun]);
        updates.Add(now - last);
        steps.Add(now - begin);
    }

    static double[] Medians(List<long[]> runs) =>
        runs.Count == 0 ? [] : [.. Enumerable.Range(0, runs[0].Length).Select(kernel => Median([.. runs.Select(run => run[kernel])]))];

    static double Median(long[] ticks)
    {
        Array.Sort(ticks);
        return ticks.Length == 0 ? 0 : ticks[ticks.Length / 2] * (1e9 / Stopwatch.Frequency);
    }
}
