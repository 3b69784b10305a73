using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.MemoryPlanning;

public class InPlaceReuseTests
{
    static MergedBuffers Merge(ArenaBuffer[] buffers, params (int Output, int Input)[] pairs)
        => InPlaceReuse.Merge(buffers, [.. pairs.Select(pair => new InPlacePair(pair.Output, pair.Input))], alignment: 1);

    [Fact]
    public void Merges_a_chain_into_one_buffer()
    {
        ArenaBuffer[] buffers = [new("sum", 8, 0, 2), new("relu", 8, 1, 3), new("dropout", 8, 2, 6)];
        MergedBuffers merged = Merge(buffers, (2, 1), (1, 0));

        ArenaBuffer place = Assert.Single(merged.Buffers);
        Assert.Equal(("sum, relu, dropout", 8L, 0, 6), (place.Name, place.Size, place.Lower, place.Upper));
        Assert.Equal([false, true, true], Enumerable.Range(0, 3).Select(merged.IsInPlace));
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(0, merged.BufferOf(i)));
    }

    [Fact]
    public void Keeps_buffers_without_pairs()
    {
        ArenaBuffer[] buffers = [new("a", 8, 0, 2), new("b", 8, 1, 3)];
        MergedBuffers merged = Merge(buffers);
        Assert.Equal(buffers.Select(b => b.Name), merged.Buffers.Select(b => b.Name));
        Assert.Equal([0, 1], Enumerable.Range(0, 2).Select(merged.BufferOf));
    }

    [Fact]
    public void Refuses_an_input_that_is_needed_later()
        => Assert.Equal(2, Merge([new("a", 8, 0, 3), new("b", 8, 1, 3)], (1, 0)).Buffers.Count);

    [Fact]
    public void Refuses_an_input_that_is_dead_already()
        => Assert.Equal(2, Merge([new("a", 8, 0, 1), new("b", 8, 1, 3)], (1, 0)).Buffers.Count);

    [Fact]
    public void Refuses_an_input_that_is_too_small()
        => Assert.Equal(2, Merge([new("a", 7, 0, 2), new("b", 8, 1, 3)], (1, 0)).Buffers.Count);

    [Fact]
    public void Gives_a_place_to_one_output_only()
    {
        MergedBuffers merged = Merge([new("a", 8, 0, 2), new("b", 8, 1, 3), new("c", 8, 1, 3)], (1, 0), (2, 0));
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(merged.IsInPlace));
        Assert.Equal(2, merged.Buffers.Count);
    }

    [Fact]
    public void Gives_an_output_one_place_only()
    {
        MergedBuffers merged = Merge([new("a", 8, 0, 2), new("b", 8, 0, 2), new("c", 8, 1, 3)], (2, 0), (2, 1));
        Assert.Equal(merged.BufferOf(0), merged.BufferOf(2));
        Assert.NotEqual(merged.BufferOf(1), merged.BufferOf(2));
    }

    [Fact]
    public void Keeps_a_large_block_for_a_small_output_where_that_costs_nothing()
        => Assert.Single(Merge([new("a", 100, 0, 2), new("b", 8, 1, 9)], (1, 0)).Buffers);

    [Fact]
    public void Refuses_to_keep_a_large_block_where_that_raises_the_peak()
    {
        ArenaBuffer[] buffers = [new("a", 100, 0, 2), new("b", 8, 1, 9), new("c", 90, 4, 5)];
        Assert.Equal(3, Merge(buffers, (1, 0)).Buffers.Count);
    }

    [Fact]
    public void Rejects_a_pair_of_no_buffer()
        => Assert.Throws<ArgumentOutOfRangeException>(() => Merge([new("a", 8, 0, 2)], (1, 0)));

    /// <summary>Merging never raises the lower bound, and two buffers share a place only one after the other.</summary>
    [Fact]
    public void Never_raises_the_lower_bound_of_random_buffers()
    {
        Random random = new(3);
        int mergedPairs = 0;
        for (int trial = 0; trial < 300; trial++)
        {
            ArenaBuffer[] buffers = [.. Enumerable.Range(0, 30).Select(i =>
            {
                int lower = random.Next(20);
                return new ArenaBuffer($"b{i}", random.Next(1, 5) * 16, lower, lower + random.Next(1, 5));
            })];
            (int, int)[] pairs = [.. Enumerable.Range(0, 60).Select(_ => (random.Next(30), random.Next(30)))
                .Where(pair => pair.Item1 != pair.Item2)];
            MergedBuffers merged = Merge(buffers, pairs);
            ArenaPlan before = ArenaPlanner.Place(buffers, 1, CancellationToken.None);
            ArenaPlan after = ArenaPlanner.Place(merged.Buffers, 1, CancellationToken.None);
            Assert.Empty(PlacementValidator.Violations(after));
            Assert.True(after.LowerBound <= before.LowerBound);

            for (int i = 0; i < 30; i++)
            {
                mergedPairs += merged.IsInPlace(i) ? 1 : 0;
                ArenaBuffer place = merged.Buffers[merged.BufferOf(i)];
                Assert.True(place.Size >= buffers[i].Size);
                Assert.True(place.Lower <= buffers[i].Lower && buffers[i].Upper <= place.Upper);
                for (int j = 0; j < i; j++)
                {
                    int sharedSteps = Math.Min(buffers[i].Upper, buffers[j].Upper)
                        - Math.Max(buffers[i].Lower, buffers[j].Lower);
                    Assert.True(merged.BufferOf(i) != merged.BufferOf(j) || sharedSteps <= 1);
                }
            }
        }
        Assert.True(mergedPairs > 100);
    }
}
