namespace GraphCompiler.Ptx.Tests;

/// <summary>Lanes that part and meet again, and what a warp or a group does together.</summary>
public class DivergenceTests
{
    /// <summary>The word of the buffer that belongs to the thread is at %rd1.</summary>
    const string Place = "mul.wide.u32 %rd1, %r1, 4; add.s64 %rd1, %rd0, %rd1;\n";

    static uint[] Run(string body, int threads = 32, int groups = 1, string declarations = "") =>
        KernelText.Run(KernelText.Of(Place + body + "\nst.global.u32 [%rd1], %r9;", declarations: declarations), new uint[threads * groups], groups, threads);

    [Fact]
    public void Loops_of_different_lengths_end_together()
    {
        // The sum of the numbers below the lane's; then all exchange, for which they must be together again.
        uint[] sums = Run("""
                mov.u32 %r3, 0; mov.u32 %r9, 0;
            again: setp.ge.u32 %p0, %r3, %r0; @%p0 bra done;
                add.u32 %r9, %r9, %r3; add.u32 %r3, %r3, 1; bra again;
            done: shfl.sync.bfly.b32 %r9, %r9, 1, 31, 0xffffffff;
            """);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)((i ^ 1) * ((i ^ 1) - 1) / 2)), sums);
    }

    [Fact]
    public void Branches_within_loops_meet_before_the_next_turn()
    {
        // Code that lies behind the loop belongs to it, as ILGPU writes it; all lanes exchange in every turn.
        uint[] result = Run("""
                mov.u32 %r3, 0; mov.u32 %r9, %r0;
            again: and.b32 %r4, %r0, 3; setp.eq.u32 %p0, %r4, 0; @%p0 bra far; setp.eq.u32 %p1, %r4, 1; @%p1 bra further;
                add.u32 %r9, %r9, 1;
            together: shfl.sync.bfly.b32 %r9, %r9, 1, 31, 0xffffffff;
                add.u32 %r3, %r3, 1; setp.lt.u32 %p0, %r3, 6; @%p0 bra.uni again;
                bra.uni end;
            far: add.u32 %r9, %r9, 10; bra together;
            further: add.u32 %r9, %r9, 100; bra together;
            end:
            """);
        // After an even number of exchanges a number is back, and has met both lanes' additions three times.
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)(i + 3 * (i % 4 < 2 ? 110 : 2))), result);
    }

    [Fact]
    public void Loops_within_loops_meet()
    {
        uint[] result = Run("""
                mov.u32 %r3, 0; mov.u32 %r9, 0;
            outer: mov.u32 %r4, 0;
            inner: setp.ge.u32 %p0, %r4, %r0; @%p0 bra next; add.u32 %r9, %r9, 1; add.u32 %r4, %r4, 1;
                setp.eq.u32 %p1, %r4, 5; @%p1 bra next;
                bra inner;
            next: activemask.b32 %r5; setp.ne.u32 %p2, %r5, 0xffffffff; @%p2 add.u32 %r9, %r9, 1000;
                add.u32 %r3, %r3, 1; setp.lt.u32 %p0, %r3, 4; @%p0 bra outer;
            """);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)(4 * Math.Min(i, 5))), result);
    }

    [Theory]
    [InlineData("and", 11, 19)]
    [InlineData("or", 0, 31)]
    public void Comparisons_are_combined_with_predicates(string combination, int first, int last)
    {
        uint[] result = Run($"setp.lt.u32 %p1, %r0, 20; setp.gt.{combination}.u32 %p2, %r0, 10, %p1; selp.u32 %r9, 1, 0, %p2;");
        Assert.Equal(Enumerable.Range(0, 32).Select(i => i >= first && i <= last ? 1u : 0), result);
        Assert.Equal(result.Select(r => r ^ 1),
            Run($"setp.lt.u32 %p1, %r0, 20; setp.gt.{combination}.u32 %p2, %r0, 10, %p1; not.pred %p3, %p2; mov.pred %p4, %p3; selp.u32 %r9, 1, 0, %p4;"));
    }

    [Fact]
    public void What_nobody_has_written_is_no_number() => Assert.All(Run("mov.b32 %r9, %f20;"), r => Assert.True(float.IsNaN(BitConverter.UInt32BitsToSingle(r))));

    [Fact]
    public void Lanes_that_end_leave_the_others()
    {
        uint[] result = Run("""
                mov.u32 %r9, 7; setp.lt.u32 %p0, %r0, 8; @%p0 bra kept; setp.gt.u32 %p1, %r0, 20; @%p1 ret; add.u32 %r9, %r9, 1;
            kept:
            """);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => i < 8 ? 7u : i > 20 ? 0u : 8u), result);
    }

    [Fact]
    public void Tables_lead_each_lane_elsewhere()
    {
        uint[] result = Run("""
                rem.u32 %r3, %r0, 3;
            table: .branchtargets first, second, third;
                brx.idx %r3, table;
            first: .reg .b32 %own; mov.u32 %own, 100; mov.u32 %r9, %own; bra end;
            second: mov.u32 %r9, 200; bra end;
            third: mov.u32 %r9, 300;
            end: shfl.sync.up.b32 %r9, %r9, 1, 0, 0xffffffff;
            """);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => 100 * (uint)(Math.Max(i - 1, 0) % 3 + 1)), result);
        Assert.Contains("thread 1: the table has no entry 1", KernelText.Fault(KernelText.Of("table: .branchtargets only;\n brx.idx %r0, table;\n only:"), threads: 2).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shfl.sync.up.b32 %r9, %r0, 3, 0, 0xffffffff;")]
    [InlineData("shfl.sync.down.b32 %r9, %r0, 3, 31, 0xffffffff;")]
    [InlineData("shfl.sync.bfly.b32 %r9, %r0, 5, 31, 0xffffffff;")]
    [InlineData("shfl.sync.idx.b32 %r9, %r0, 9, 31, 0xffffffff;")]
    [InlineData("shfl.sync.idx.b32 %r9, %r0, 2, 0x181f, 0xffffffff;")]
    [InlineData("shfl.sync.down.b32 %r9, %r0, 3, 0x181f, 0xffffffff;")]
    [InlineData("shfl.sync.up.b32 %r9, %r0, 3, 0x1800, 0xffffffff;")]
    public void Lanes_exchange_numbers(string exchange)
    {
        // Parts of a warp are 8 lanes where the mask 0x18 says so.
        int part = exchange.Contains("0x18", StringComparison.Ordinal) ? 8 : 32;
        int Source(int i) => exchange.Split('.')[2] switch
        {
            "up" => i % part >= 3 ? i - 3 : i,
            "down" => i % part + 3 < part ? i + 3 : i,
            "bfly" => i ^ 5,
            _ => part == 8 ? i / 8 * 8 + 2 : 9,
        };
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)Source(i)), Run(exchange));
    }

    [Fact]
    public void Exchanges_say_whether_there_was_somebody()
    {
        uint[] result = Run("shfl.sync.down.b32 %r3|%p0, %r0, 30, 31, 0xffffffff; selp.b32 %r9, 1, 0, %p0;");
        Assert.Equal(Enumerable.Range(0, 32).Select(i => i < 2 ? 1u : 0), result);
    }

    [Fact]
    public void Halves_of_a_warp_may_exchange_alone()
    {
        uint[] result = Run("""
                setp.lt.u32 %p0, %r0, 16; @%p0 bra low;
                shfl.sync.idx.b32 %r9, %r0, 20, 31, 0xffff0000; bra end;
            low: shfl.sync.idx.b32 %r9, %r0, 3, 31, 0x0000ffff;
            end:
            """);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => i < 16 ? 3u : 20), result);
        uint[] together = Run("""
                setp.lt.u32 %p0, %r0, 16; selp.b32 %r3, 0xffff, 0xffff0000, %p0; selp.b32 %r4, 3, 20, %p0;
                shfl.sync.idx.b32 %r9, %r0, %r4, 31, %r3;
            """);
        Assert.Equal(result, together);
    }

    [Fact]
    public void Lanes_vote()
    {
        Assert.All(Run("setp.lt.u32 %p0, %r0, 5; vote.sync.ballot.b32 %r9, %p0, 0xffffffff;"), r => Assert.Equal(31u, r));
        Assert.All(Run("setp.lt.u32 %p0, %r0, 5; vote.sync.any.pred %p1, %p0, 0xffffffff; vote.sync.all.pred %p2, %p0, 0xffffffff; vote.sync.uni.pred %p3, %p2, 0xffffffff; selp.b32 %r9, 1, 0, %p1; @%p2 add.u32 %r9, %r9, 2; @%p3 add.u32 %r9, %r9, 4;"), r => Assert.Equal(5u, r));
    }

    [Fact]
    public void Barriers_of_a_group_compute_of_all_predicates()
    {
        uint[] result = Run("""
                setp.lt.u32 %p0, %r0, 40;
                bar.red.popc.u32 %r9, 0, %p0; bar.red.and.pred %p1, 0, %p0; bar.red.or.pred %p2, 0, %p0;
                @%p1 add.u32 %r9, %r9, 1000; @%p2 add.u32 %r9, %r9, 2000;
            """, threads: 50);
        Assert.All(result, r => Assert.Equal(2040u, r));
    }

    [Fact]
    public void A_barrier_of_a_warp_may_be_met_in_different_places()
    {
        uint[] result = Run("""
                setp.lt.u32 %p0, %r0, 16; @%p0 bra low;
                mov.u32 %r9, 1; bar.warp.sync 0xffffffff; bra end;
            low: mov.u32 %r9, 2; bar.warp.sync 0xffffffff;
            end:
            """);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => i < 16 ? 2u : 1), result);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Warps_and_groups_take_their_turns_in_either_order(bool backwards)
    {
        // The order is told by a counter that all threads draw from.
        uint[] drawn = KernelText.Run(KernelText.Of("mul.wide.u32 %rd1, %r1, 4; add.s64 %rd1, %rd0, %rd1; atom.global.add.u32 %r9, [%rd0+512], 1; st.global.u32 [%rd1], %r9;"),
            new uint[129], groups: 2, threads: 64, options: new PtxMachineOptions { Backwards = backwards });
        Assert.Equal(Enumerable.Range(0, 128).Select(i => (uint)(backwards ? 127 - i : i)), drawn[..128]);
    }

    /// <summary>Who waits in a loop, the first or the last, does not keep others from what is waited for.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 40)]
    [InlineData(40, 0)]
    public void Threads_may_wait_for_each_other_in_loops(int waiting, int releasing)
    {
        uint[] result = KernelText.Run(KernelText.Of($"""
                setp.eq.u32 %p0, %r0, {waiting}; setp.eq.u32 %p1, %r0, {releasing};
                @%p0 bra again; @%p1 bra release; ret;
            again: atom.global.add.u32 %r3, [%rd0], 0; setp.eq.u32 %p2, %r3, 0; @%p2 bra again;
                st.global.u32 [%rd0+4], %r3; ret;
            release: atom.global.exch.b32 %r4, [%rd0], 5;
            """), new uint[2], threads: 64, options: new PtxMachineOptions { MaxInstructions = 1 << 20 });
        Assert.Equal([5, 5], result);
    }

    [Fact]
    public void Atomic_changes_give_the_old_number()
    {
        uint[] result = KernelText.Run(KernelText.Of("""
                atom.global.exch.b32 %r3, [%rd0], 9; atom.global.cas.b32 %r4, [%rd0], 9, 11; atom.global.max.s32 %r5, [%rd0], -4; atom.global.or.b32 %r6, [%rd0], 4; atom.global.add.f32 %f0, [%rd0+4], 0f3F800000;
                red.global.min.u32 [%rd0+24], 3;
                st.global.v4.u32 [%rd0+32], {%r3, %r4, %r5, %r6}; st.global.f32 [%rd0+8], %f0;
            """), [5, BitConverter.SingleToUInt32Bits(2.5f), 0, 0, 0, 0, 100, 0, 0, 0, 0, 0], threads: 1);
        Assert.Equal([15, BitConverter.SingleToUInt32Bits(3.5f), BitConverter.SingleToUInt32Bits(2.5f), 0, 0, 0, 3, 0, 5, 9, 11, 11], result);
    }

    [Fact]
    public void Each_thread_has_memory_of_its_own()
    {
        uint[] result = Run("mov.u64 %rd2, own; st.local.u32 [%rd2+4], %r0; bar.warp.sync 0xffffffff; ld.local.u32 %r9, [%rd2+4];", declarations: ".local .align 4 .b8 own[8];");
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)i), result);
    }

    [Fact]
    public void Threads_know_where_they_are()
    {
        uint[] result = Run("""
                mov.u32 %r3, %laneid; mov.u32 %r4, %warpid; mad.lo.u32 %r9, %r4, 100, %r3; mov.u32 %r5, %nctaid.x; mad.lo.u32 %r9, %r5, 10000, %r9;
                mov.u32 %r6, %tid.y; add.u32 %r9, %r9, %r6; mov.u32 %r7, %lanemask_lt; popc.b32 %r7, %r7; sub.u32 %r7, %r7, %r3; add.u32 %r9, %r9, %r7;
            """, threads: 40, groups: 3);
        Assert.Equal(Enumerable.Range(0, 120).Select(i => (uint)(30000 + i % 40 / 32 * 100 + i % 40 % 32)), result);
    }
}
