using System.Diagnostics;
using Xunit;

namespace GraphCompiler.Kernels.Tests;

public class RentalPoolTests
{
    sealed class Thing
    {
        public bool IsFreed { get; private set; }

        public void Free() => IsFreed = true;
    }

    static RentalPool<Thing> Pool(int kept) => new(kept, static thing => thing.Free());

    static Thing Rent(RentalPool<Thing> pool) => pool.Rent() ?? new Thing();

    static void WaitUntil(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "nothing happened for a minute");
            Thread.Sleep(20);
        }
    }

    [Fact]
    public void What_was_returned_last_is_rented_first()
    {
        RentalPool<Thing> pool = Pool(2);
        Thing first = Rent(pool), second = Rent(pool);
        Assert.NotSame(first, second);
        pool.Return(first);
        pool.Return(second);
        Assert.Same(second, pool.Rent());
        Assert.Same(first, pool.Rent());
        Assert.Null(pool.Rent());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_burst_is_freed_down_to_what_is_kept(int kept)
    {
        RentalPool<Thing> pool = Pool(kept);
        Thing[] burst = [.. Enumerable.Range(0, 64).Select(_ => Rent(pool))];
        Assert.Equal(64, pool.Count);
        foreach (Thing thing in burst)
            pool.Return(thing);
        WaitUntil(() => pool.Count == kept);
        WaitUntil(() => burst.Count(thing => thing.IsFreed) == 64 - kept);
    }

    /// <summary>Callers that come all the time find what they returned, however few are kept in any case.</summary>
    [Fact]
    public void What_is_used_is_not_freed()
    {
        RentalPool<Thing> pool = Pool(1);
        Thing[] things = [.. Enumerable.Range(0, 8).Select(_ => Rent(pool))];
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 2.5 * RentalPool<Thing>.Period)
        {
            foreach (Thing thing in things)
                pool.Return(thing);
            for (int i = 0; i < things.Length; i++)
                things[i] = Assert.IsType<Thing>(pool.Rent());
            Assert.All(things, thing => Assert.False(thing.IsFreed));
        }
        Assert.Equal(8, pool.Count);
    }

    [Fact]
    public void After_closing_everything_is_freed_when_it_comes_back()
    {
        RentalPool<Thing> pool = Pool(4);
        Thing idle = Rent(pool), rented = Rent(pool);
        pool.Return(idle);
        pool.Close();
        Assert.True(idle.IsFreed);
        Assert.False(rented.IsFreed);
        pool.Return(rented);
        Assert.True(rented.IsFreed);
    }

    [Fact]
    public void A_rental_of_which_nothing_came_is_not_counted()
    {
        RentalPool<Thing> pool = Pool(1);
        Assert.Null(pool.Rent());
        pool.Cancel();
        Assert.Equal(0, pool.Count);
    }
}
