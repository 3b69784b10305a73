using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Passes;

/// <summary>A stretch of a rolled sequence: one place of it, or a loop.</summary>
internal abstract record RolledItem;

/// <summary>One item.</summary>
/// <param name="Place">Its place in the sequence; within loops, that of the first iteration.</param>
internal sealed record RolledPlace(int Place) : RolledItem;

/// <summary>A stretch that is repeated.</summary>
/// <param name="Start">The place where the first iteration begins.</param>
/// <param name="Count">How often.</param>
/// <param name="Period">How far the places of one iteration lie from those of the next.</param>
/// <param name="Body">What the first iteration consists of.</param>
internal sealed record RolledLoop(int Start, int Count, int Period, IReadOnlyList<RolledItem> Body) : RolledItem;

/// <summary>
/// Finds the loops in a straight sequence, so that what a deep model repeats is written once. Items are equal if their
/// keys are; the numbers that come with an item may differ from one iteration to the next.
/// <list type="number">
/// <item>A stretch has period p if each key in it equals the key p places on. For every p, the longest such stretches of
/// at least three periods are candidates.</item>
/// <item>The candidate that leaves out most items becomes a loop; of equals that of the shortest period, then the first.
/// Where its stretch is longer than its iterations, the loop begins where most numbers rise evenly.</item>
/// <item>What lies before, behind and in the loop's body is searched in the same way.</item>
/// </list>
/// The time is quadratic in the length of the sequence, with integer comparisons only: 2,000 items take a millisecond or
/// two. Periods beyond <see cref="LongestPeriod"/> are not tried.
/// </summary>
/// <param name="keys">What must be equal.</param>
/// <param name="numbers">What may differ; items of equal keys have equally many.</param>
/// <param name="leastLeftOut">A loop that leaves out fewer items than this is not worth it.</param>
internal sealed class Rolling(IReadOnlyList<int> keys, IReadOnlyList<long[]> numbers, int leastLeftOut)
{
    /// <summary>How many loops lie in each other at most.</summary>
    public const int DeepestNest = 3;

    const int FewestIterations = 3;
    const int LongestPeriod = 4096;

    public IReadOnlyList<RolledItem> Run()
    {
        var items = new List<RolledItem>();
        Roll(0, keys.Count, DeepestNest, items);
        return items;
    }

    void Roll(int start, int end, int nest, List<RolledItem> items)
    {
        if (nest == 0 || FindLoop(start, end) is not { } loop)
        {
            items.AddRange(Enumerable.Range(start, end - start).Select(place => new RolledPlace(place)));
            return;
        }
        Roll(start, loop.Start, nest, items);
        var body = new List<RolledItem>();
        Roll(loop.Start, loop.Start + loop.Period, nest - 1, body);
        items.Add(new RolledLoop(loop.Start, loop.Count, loop.Period, body));
        Roll(loop.Start + (loop.Count * loop.Period), end, nest, items);
    }

    (int Start, int Period, int Count)? FindLoop(int start, int end)
    {
        int length = end - start, best = leastLeftOut - 1;
        (int Start, int Period, int Length)? found = null;
        for (int period = 1; period <= LongestPeriod && FewestIterations * period <= length; period++)
        {
            int from = start;
            for (int place = start + period; place <= end; place++)
            {
                if (place < end && keys[place] == keys[place - period])
                    continue;
                int iterations = (place - from) / period;
                if (iterations >= FewestIterations && (iterations - 1) * period > best)
                {
                    best = (iterations - 1) * period;
                    found = (from, period, place - from);
                }
                from = place - period + 1;
            }
        }
        return found is var (first, shortest, stretch) ? Shift(first, shortest, stretch) : null;
    }

    /// <summary>The loop within its stretch that has the fewest uneven numbers.</summary>
    (int Start, int Period, int Count) Shift(int first, int period, int stretch)
    {
        int count = stretch / period;
        int start = Enumerable.Range(first, (stretch % period) + 1)
            .OrderBy(candidate => Enumerable.Range(candidate, period).Sum(place => Uneven(place, period, count))).First();
        return (start, period, count);
    }

    int Uneven(int place, int period, int count)
    {
        int uneven = 0;
        for (int i = 0; i < numbers[place].Length; i++)
        {
            long step = numbers[place + period][i] - numbers[place][i];
            for (int iteration = 2; iteration < count; iteration++)
            {
                int at = place + (iteration * period);
                if (numbers[at][i] - numbers[at - period][i] == step)
                    continue;
                uneven++;
                break;
            }
        }
        return uneven;
    }
}
