using System.Globalization;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Tests.MemoryPlanning;

/// <summary>The instances the planner is tested on: files of the MiniMalloc benchmark, and random ones of many kinds.</summary>
static class PlanningInstances
{
    public static string ShippedFolder() => Path.Combine(Repository.Root, "tests/GraphCompiler.Generator.Tests/MemoryPlanning/data");

    /// <summary>Whether some step needs both buffers at once.</summary>
    public static bool OverlapInTime(ArenaBuffer one, ArenaBuffer other) => one.Lower < other.Upper && other.Lower < one.Upper;

    /// <summary>A CSV file of id, lower, upper, size.</summary>
    public static ArenaBuffer[] Read(string path)
        => [.. File.ReadLines(path).Skip(1).Select(line => line.Split(',')).Select(cells => new ArenaBuffer(
            cells[0],
            long.Parse(cells[3], CultureInfo.InvariantCulture),
            int.Parse(cells[1], CultureInfo.InvariantCulture),
            int.Parse(cells[2], CultureInfo.InvariantCulture)))];

    /// <summary>Every kind of random instance.</summary>
    public static readonly string[] Kinds =
        ["uniform", "chain", "training", "cutPacking", "powersOfTwo", "fewSizes", "longAndShort", "staircase", "full"];

    /// <summary>An instance of about <paramref name="count"/> buffers, the same for the same arguments.</summary>
    public static ArenaBuffer[] Random(string kind, int count, int seed)
    {
        Random random = new(seed);
        return kind switch
        {
            "uniform" => Generate(count, i => Interval(random, 0, count + 1, random.Next(1000))),
            "chain" => Generate(count, i => (i, i + random.Next(1, 5), random.Next(1, 500))),
            "training" => Generate(count, i => TrainingStep(random, i, count)),
            "cutPacking" => CutPacking(random, count),
            "powersOfTwo" => Generate(count, i => Interval(random, 0, count / 2 + 2, 1 << random.Next(12))),
            "fewSizes" => Generate(count, i => Interval(random, 0, count + 1, 7 + 13 * random.Next(4))),
            "longAndShort" => Generate(count, i => i % 10 == 0
                ? Interval(random, 0, count + 1, random.Next(10_000))
                : (i, i + 1 + random.Next(2), random.Next(100))),
            "staircase" => Generate(count, i => (i, i % 2 == 0 ? count + 1 : i + 2, random.Next(1, 90))),
            "full" => Full(random, count, capacity: 8),
            _ => throw new ArgumentException(kind),
        };
    }

    static ArenaBuffer[] Generate(int count, Func<int, (int Lower, int Upper, long Size)> make)
        => [.. Enumerable.Range(0, count).Select(i =>
        {
            (int lower, int upper, long size) = make(i);
            return new ArenaBuffer($"b{i}", size, lower, upper);
        })];

    static (int Lower, int Upper, long Size) Interval(Random random, int from, int to, long size)
    {
        int a = random.Next(from, to);
        int b = random.Next(from, to);
        return (Math.Min(a, b), Math.Max(a, b) + 1, size);
    }

    // Half of the buffers are saved by the forward pass until its mirror image in the backward pass; the others are short.
    static (int Lower, int Upper, long Size) TrainingStep(Random random, int i, int count)
    {
        int step = i / 2;
        if (i % 2 == 0)
            return (step, 2 * count - step, 64L << random.Next(6));
        int lower = i % 4 == 1 ? step : count + step;
        return (lower, lower + random.Next(1, 4), 64L << random.Next(8));
    }

    // A rectangle cut into pieces by horizontal and vertical cuts: the lower bound can be reached, and is hard to reach.
    static ArenaBuffer[] CutPacking(Random random, int count)
    {
        List<(int Lower, int Upper, long Bottom, long Top)> pieces = [(0, 4 * count, 0, 64L * count)];
        while (pieces.Count < count)
        {
            int at = random.Next(pieces.Count);
            (int lower, int upper, long bottom, long top) = pieces[at];
            bool inTime = random.Next(2) == 0;
            if (inTime ? upper - lower < 2 : top - bottom < 2)
                continue;
            int time = inTime ? random.Next(lower + 1, upper) : upper;
            long height = inTime ? top : random.NextInt64(bottom + 1, top);
            pieces[at] = (lower, time, bottom, height);
            pieces.Add(inTime ? (time, upper, bottom, top) : (lower, upper, height, top));
        }
        return [.. pieces.Select((p, i) => new ArenaBuffer($"b{i}", p.Top - p.Bottom, p.Lower, p.Upper))];
    }

    /// <summary>
    /// Buffers that fill a capacity in every step: each step some of them die, and others of their total size are born.
    /// The capacity is the lower bound, and often it cannot be reached.
    /// </summary>
    public static ArenaBuffer[] Full(Random random, int count, int capacity)
    {
        List<(int Lower, int Upper, long Size)> buffers = [];
        List<(int Lower, long Size)> live = [];
        for (int step = 0; buffers.Count + live.Count < count; step++)
        {
            buffers.AddRange(live.ToArray().Where(_ => random.Next(3) == 0).Select(dead =>
            {
                live.Remove(dead);
                return (dead.Lower, step, dead.Size);
            }));
            for (long left = capacity - live.Sum(b => b.Size); left > 0; left -= live[^1].Size)
                live.Add((step, random.NextInt64(1, Math.Min(left, capacity / 2) + 1)));
        }
        int end = live.Max(b => b.Lower) + 1;
        buffers.AddRange(live.Select(b => (b.Lower, end, b.Size)));
        return [.. buffers.Select((b, i) => new ArenaBuffer($"b{i}", b.Size, b.Lower, b.Upper))];
    }
}
