using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.MemoryPlanning;

public class ArenaPlannerTests
{
    static ArenaPlan Place(IReadOnlyList<ArenaBuffer> buffers, int alignment = 1)
    {
        ArenaPlan plan = ArenaPlanner.Place(buffers, alignment, CancellationToken.None);
        Assert.Empty(PlacementValidator.Violations(plan));
        Assert.Equal(LowerBound(buffers, alignment), plan.LowerBound);
        Assert.Equal(0, plan.Size % alignment);
        Assert.True(plan.Missed >= 0);
        Assert.True(plan.Missed > 0 || plan.IsProvenOptimal);
        return plan;
    }

    // Over the steps in order: what is born adds, what is dead no longer counts.
    static long LowerBound(IReadOnlyList<ArenaBuffer> buffers, int alignment)
        => buffers.Select(b => (b.Lower, b.Upper, Size: (b.Size + alignment - 1) / alignment * alignment))
            .SelectMany(b => new[] { (Step: b.Lower, b.Size), (Step: b.Upper, Size: -b.Size) })
            .GroupBy(change => change.Step).OrderBy(changes => changes.Key)
            .Aggregate((Live: 0L, Most: 0L), (sum, changes) =>
            {
                long live = sum.Live + changes.Sum(change => change.Size);
                return (live, Math.Max(sum.Most, live));
            }).Most;

    [Fact]
    public void Places_nothing_in_nothing()
        => Assert.Equal(0, Place([]).Size);

    [Fact]
    public void Places_buffers_without_size_anywhere()
        => Assert.Equal(0, Place([new("a", 0, 0, 3), new("b", 0, 1, 2)]).Size);

    [Fact]
    public void Stacks_buffers_that_are_all_live_together()
    {
        ArenaPlan plan = Place([.. Enumerable.Range(1, 50).Select(i => new ArenaBuffer($"b{i}", i, 50 - i, 50 + i))]);
        Assert.Equal(50 * 51 / 2, plan.Size);
    }

    [Fact]
    public void Reuses_one_place_for_buffers_that_are_never_live_together()
    {
        ArenaPlan plan = Place([.. Enumerable.Range(0, 50).Select(i => new ArenaBuffer($"b{i}", 10 + i % 7, i, i + 1))]);
        Assert.Equal(16, plan.Size);
        Assert.All(plan.Offsets, offset => Assert.Equal(0, offset));
    }

    [Fact]
    public void One_huge_buffer_hides_all_small_ones_that_are_live_elsewhere()
    {
        ArenaPlan plan = Place(
        [
            new("huge", 1L << 40, 10, 11),
            .. Enumerable.Range(0, 30).Select(i => new ArenaBuffer($"b{i}", 1 + i, i / 3, i / 3 + 1)),
        ]);
        Assert.Equal(1L << 40, plan.Size);
    }

    [Fact]
    public void Rounds_sizes_up_to_the_alignment()
    {
        ArenaPlan plan = Place([new("a", 1, 0, 2), new("b", 65, 0, 2), new("c", 64, 1, 3)], alignment: 64);
        Assert.Equal(4 * 64, plan.Size);
    }

    [Fact]
    public void Rejects_an_alignment_below_one()
        => Assert.Throws<ArgumentOutOfRangeException>(() => ArenaPlanner.Place([], 0, CancellationToken.None));

    [Fact]
    public void Rejects_sums_beyond_a_long()
        => Assert.Throws<OverflowException>(() => ArenaPlanner.Place(
            [new("a", long.MaxValue, 0, 1), new("b", 1, 0, 1)], 1, CancellationToken.None));

    [Fact]
    public void Rejects_impossible_buffers()
    {
        Assert.Throws<ArgumentException>(() => new ArenaBuffer("negative", -1, 0, 1));
        Assert.Throws<ArgumentException>(() => new ArenaBuffer("never live", 1, 3, 3));
    }

    [Fact]
    public void Stops_when_cancelled()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => ArenaPlanner.Place([new("a", 1, 0, 1)], 1, source.Token));
    }

    public static TheoryData<string, int> RandomKinds()
    {
        TheoryData<string, int> cases = [];
        foreach (string kind in PlanningInstances.Kinds)
        {
            foreach (int count in new[] { 1, 2, 5, 12, 40, 150 })
                cases.Add(kind, count);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(RandomKinds))]
    public void Places_random_buffers_validly(string kind, int count)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            ArenaBuffer[] buffers = PlanningInstances.Random(kind, count, seed);
            Place(buffers, alignment: 1);
            Place(buffers, alignment: 64);
        }
    }

    /// <summary>
    /// Where few buffers are involved the plan is the best of all, also where that is above the lower bound: trying
    /// every offset for every buffer finds none that is smaller.
    /// </summary>
    [Fact]
    public void Finds_the_best_of_all_plans_for_few_buffers()
    {
        int boundMissed = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            ArenaBuffer[] buffers =
                [.. PlanningInstances.Full(new Random(seed), 10, capacity: 20).OrderBy(buffer => buffer.Lower)];
            ArenaPlan plan = Place(buffers);
            Assert.True(plan.IsProvenOptimal);
            Assert.True(Fits(buffers, plan.Size, 0, new long[buffers.Length]));
            Assert.False(Fits(buffers, plan.Size - 1, 0, new long[buffers.Length]));
            boundMissed += plan.Missed > 0 ? 1 : 0;
        }
        Assert.True(boundMissed > 0, "No trial went beyond the lower bound.");
    }

    static bool Fits(ArenaBuffer[] buffers, long arenaSize, int next, long[] offsets)
    {
        if (next == buffers.Length)
            return true;
        for (offsets[next] = 0; offsets[next] + buffers[next].Size <= arenaSize; offsets[next]++)
        {
            bool isFree = !Enumerable.Range(0, next).Any(i => PlanningInstances.OverlapInTime(buffers[i], buffers[next])
                && offsets[i] < offsets[next] + buffers[next].Size && offsets[next] < offsets[i] + buffers[i].Size);
            if (isFree && Fits(buffers, arenaSize, next + 1, offsets))
                return true;
        }
        return false;
    }

    /// <summary>Rectangles cut out of a full one fit back together.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(120)]
    public void Puts_a_cut_rectangle_together_again(int count)
    {
        for (int seed = 0; seed < 5; seed++)
            Assert.Equal(0, Place(PlanningInstances.Random("cutPacking", count, seed)).Missed);
    }

    [Theory]
    [InlineData("chain")]
    [InlineData("training")]
    [InlineData("staircase")]
    [InlineData("cutPacking")]
    public void Handles_twenty_thousand_buffers(string kind)
    {
        ArenaPlan plan = Place(PlanningInstances.Random(kind, 20_000, seed: 1));
        Assert.InRange(plan.SearchSteps, 0, 2_500_000_000);
    }

    [Theory]
    [InlineData("full", 600)]
    [InlineData("cutPacking", 600)]
    [InlineData("full", 2000)]
    public void Spends_no_more_than_it_is_allowed(string kind, int count)
    {
        ArenaPlan plan = ArenaPlanner.Place(PlanningInstances.Random(kind, count, seed: 1), 1, CancellationToken.None, searchWork: 20_000_000);
        Assert.InRange(plan.SearchSteps, 0, 80_000_000);
        Assert.Empty(PlacementValidator.Violations(plan));
    }

    [Fact]
    public void Stops_in_the_middle_when_cancelled()
    {
        IReadOnlyList<ArenaBuffer> buffers = PlanningInstances.Random("cutPacking", 900, seed: 1);
        using CancellationTokenSource source = new();
        // A thread of its own: on a busy machine a timer's callback may come after the seconds that the planning takes.
        Thread canceller = new(() =>
        {
            Thread.Sleep(20);
            source.Cancel();
        });
        canceller.Start();
        Assert.ThrowsAny<OperationCanceledException>(() => ArenaPlanner.Place(buffers, 1, source.Token));
        canceller.Join();
    }
}
