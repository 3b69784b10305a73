using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.MemoryPlanning;

public class PlacementValidatorTests
{
    static readonly ArenaBuffer[] Buffers =
    [
        new("first", 10, 0, 4),
        new("second", 6, 3, 6),
        new("third", 10, 4, 8),
        new("empty", 0, 0, 8),
    ];

    static IReadOnlyList<string> Check(long[] offsets, long arenaSize = 16, int alignment = 1)
        => PlacementValidator.Violations(Buffers, offsets, arenaSize, alignment);

    [Fact]
    public void Accepts_buffers_that_meet_in_time_or_in_space_but_not_in_both()
        => Assert.Empty(Check([0, 10, 0, 5]));

    [Fact]
    public void Rejects_an_overlap()
    {
        string violation = Assert.Single(Check([0, 9, 0, 0], arenaSize: 20), v => v.Contains("first"));
        Assert.Contains("second", violation);
        Assert.Contains("overlap", violation);
    }

    [Fact]
    public void Rejects_equal_offsets()
        => Assert.Contains(Check([0, 0, 6, 0]), v => v.Contains("first") && v.Contains("second"));

    [Fact]
    public void Rejects_a_buffer_inside_another()
        => Assert.Contains(Check([0, 3, 20, 0], arenaSize: 30), v => v.Contains("first") && v.Contains("second"));

    [Fact]
    public void Rejects_an_overlap_with_anything_that_is_not_the_next_in_time()
    {
        ArenaBuffer[] buffers =
        [
            new("long", 4, 0, 100),
            .. Enumerable.Range(0, 99).Select(i => new ArenaBuffer($"short{i}", 4, i, i + 1)),
        ];
        long[] offsets = [0, .. Enumerable.Repeat(4L, 99)];
        Assert.Empty(PlacementValidator.Violations(buffers, offsets, 8, 4));

        offsets[73] = 3;
        Assert.Contains(PlacementValidator.Violations(buffers, offsets, 8, 1), v => v.Contains("short72"));
    }

    [Fact]
    public void Rejects_a_negative_offset()
        => Assert.Contains(Check([-1, 10, 0, 0]), v => v.Contains("negative"));

    [Fact]
    public void Rejects_a_buffer_beyond_the_arena()
        => Assert.Contains(Check([0, 10, 0, 0], arenaSize: 15), v => v.Contains("second") && v.Contains("beyond"));

    [Fact]
    public void Rejects_an_offset_that_is_not_aligned()
        => Assert.Contains(Check([0, 10, 0, 0], alignment: 4), v => v.Contains("second") && v.Contains("aligned"));

    [Fact]
    public void Rejects_a_missing_offset()
        => Assert.Single(Check([0, 10, 0]));

    /// <summary>Any single buffer of a tight plan that is pushed into a neighbour's place is found.</summary>
    [Fact]
    public void Agrees_with_the_definition_on_random_placements()
    {
        Random random = new(5);
        int rejected = 0;
        for (int trial = 0; trial < 2000; trial++)
        {
            ArenaBuffer[] buffers = [.. Enumerable.Range(0, random.Next(2, 8)).Select(i =>
            {
                int lower = random.Next(6);
                return new ArenaBuffer($"b{i}", random.Next(5), lower, lower + random.Next(1, 4));
            })];
            long[] offsets = [.. buffers.Select(_ => (long)random.Next(12))];
            bool overlaps = Enumerable.Range(0, buffers.Length).Any(i => Enumerable.Range(0, i).Any(j =>
                buffers[i].Size > 0 && buffers[j].Size > 0 && PlanningInstances.OverlapInTime(buffers[i], buffers[j])
                && offsets[i] < offsets[j] + buffers[j].Size && offsets[j] < offsets[i] + buffers[i].Size));
            Assert.Equal(overlaps, PlacementValidator.Violations(buffers, offsets, 100, 1).Count > 0);
            rejected += overlaps ? 1 : 0;
        }
        Assert.InRange(rejected, 200, 1800);
    }
}
