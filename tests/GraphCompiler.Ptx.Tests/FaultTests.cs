namespace GraphCompiler.Ptx.Tests;

/// <summary>Kernels that do what a device does not define are told so, and those beside them that do it right are not.</summary>
public class FaultTests
{
    const string Shared = ".shared .align 16 .b8 block[256];";

    /// <summary>%rd2 is where the thread's word of shared memory lies, %rd3 where its word of the buffer does.</summary>
    const string Places = """
            mov.u64 %rd1, block; mul.wide.u32 %rd2, %r0, 4; add.s64 %rd2, %rd1, %rd2;
            mul.wide.u32 %rd3, %r1, 4; add.s64 %rd3, %rd0, %rd3;
            """;

    static void Is(string expected, PtxFault fault) => Assert.Contains(expected, fault.Message, StringComparison.Ordinal);

    /// <summary>Each thread reads what another, so many further, has written.</summary>
    static string Neighbour(string barrier, int further) => KernelText.Of($"""
        {Places}
            st.shared.u32 [%rd2], %r0;
            {barrier}
            add.s32 %r3, %r0, {further}; and.b32 %r3, %r3, 63; mul.wide.u32 %rd4, %r3, 4; add.s64 %rd4, %rd1, %rd4;
            ld.shared.u32 %r4, [%rd4];
            st.global.u32 [%rd3], %r4;
        """, declarations: Shared);

    [Fact]
    public void A_missing_barrier_between_warps_is_a_race_or_a_read_of_nothing()
    {
        // The first warp reads before the second has written; from last to first it is the other way round.
        Is("which nobody has written", KernelText.Fault(Neighbour("", 32), threads: 64));
        Is("a race: byte 0 of shared memory",
            KernelText.Fault(Neighbour("bar.warp.sync 0xffffffff;", 32).Replace("st.shared.u32 [%rd2], %r0;", "st.shared.u32 [%rd1], %r0;", StringComparison.Ordinal),
            threads: 64));
        Assert.Equal(Enumerable.Range(0, 64).Select(i => (uint)(i + 32) % 64), KernelText.Run(Neighbour("bar.sync 0;", 32), new uint[64], threads: 64));
    }

    [Fact]
    public void A_missing_barrier_within_a_warp_is_a_race()
    {
        Is("thread 0: a race: byte 4 of shared memory is read, thread 1 of group 0 has written it", KernelText.Fault(Neighbour("", 1)));
        string reads = Neighbour("bar.warp.sync 0xffffffff;", 1).Replace("and.b32 %r3, %r3, 63", "and.b32 %r3, %r3, 31", StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => (uint)(i + 1) % 32), KernelText.Run(reads, new uint[32]));
    }

    [Fact]
    public void A_write_after_a_read_without_a_barrier_is_a_race()
    {
        string text = KernelText.Of($"""
            {Places}
                st.shared.u32 [%rd2], %r0;
                bar.sync 0;
                setp.lt.u32 %p0, %r0, 32;
                @%p0 ld.shared.u32 %r4, [%rd2+128];
                // Without a barrier here
                @!%p0 st.shared.u32 [%rd2], %r0;
                st.global.u32 [%rd3], %r4;
            """, declarations: Shared);
        Is("is written, thread 0 of group 0 has read it", KernelText.Fault(text, threads: 64));
        KernelText.Run(text.Replace("// Without a barrier here", "bar.sync 0;", StringComparison.Ordinal), new uint[64], threads: 64);
        KernelText.Run(text, new uint[64], threads: 64, options: new PtxMachineOptions { CheckRaces = false });
    }

    [Theory]
    [InlineData("ld.shared.u32 %r4, [%rd1];")]
    [InlineData("and.b32 %r3, %r0, 28; mul.wide.u32 %rd4, %r3, 4; add.s64 %rd4, %rd1, %rd4; ld.shared.v4.u32 {%r4, %r5, %r6, %r7}, [%rd4];")]
    public void Lanes_that_read_the_same_race_with_its_writer(string read)
    {
        // The first of the lanes has written it, itself or by fours; then it writes it again.
        string text = KernelText.Of($"""
            {Places}
                st.shared.u32 [%rd2], %r0;
                // First
                {read}
                // Second
                st.shared.u32 [%rd2], %r4;
            """, declarations: Shared);
        const string Barrier = "bar.warp.sync 0xffffffff;";
        string With(bool first, bool second)
            => text.Replace("// First", first ? Barrier : "", StringComparison.Ordinal).Replace("// Second", second ? Barrier : "", StringComparison.Ordinal);
        Is("of shared memory is read, thread 0 of group 0 has written it", KernelText.Fault(With(false, true)));
        Is("of shared memory is written, thread 0 of group 0 has read it", KernelText.Fault(With(true, false)));
        KernelText.Run(With(true, true), new uint[1]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(29)]
    public void Rows_of_words_race_one_by_one(int racing)
    {
        // Each thread of the second warp reads the word behind its own, after one of the first has written there.
        string text = KernelText.Of($"""
                mul.wide.u32 %rd1, %r0, 4; add.s64 %rd1, %rd0, %rd1; setp.ge.u32 %p0, %r0, 32;
                setp.eq.u32 %p1, %r0, {racing};
                @%p1 st.global.u32 [%rd0+{4 * (33 + racing)}], %r0;
                @!%p0 ret;
                ld.global.u32 %r4, [%rd1+4];
            """);
        Is($"thread {32 + racing}: a race: byte {4 * (33 + racing)} of buffer 0 is read, thread {racing} of group 0 has written it",
            KernelText.Fault(text, threads: 64, words: 65));
        Is($"a race: byte {4 * (33 + racing)} of buffer 0 is written, thread {32 + racing} of group 0 has read it",
            KernelText.Fault(text, 1, 64, 65, new PtxMachineOptions { Backwards = true }));
        string writes = text.Replace("ld.global.u32 %r4, [%rd1+4]", "st.global.u32 [%rd1+4], %r0", StringComparison.Ordinal);
        Is($"thread {32 + racing}: a race: byte {4 * (33 + racing)} of buffer 0 is written, thread {racing} of group 0 has written it",
            KernelText.Fault(writes, threads: 64, words: 65));
        KernelText.Run(text.Replace($"[%rd0+{4 * (33 + racing)}]", "[%rd0]", StringComparison.Ordinal), new uint[65], threads: 64);
    }

    [Fact]
    public void Groups_that_touch_the_same_bytes_race()
    {
        Is("a race: byte 0 of buffer 0 is written, thread 0 of group 0 has written it", KernelText.Fault(KernelText.Of("    st.global.u32 [%rd0], %r0;"), groups: 2, threads: 1));
        Is("a race: byte 0 of buffer 0 is written, thread 0 of group 1 has written it",
            KernelText.Fault(KernelText.Of("    st.global.u32 [%rd0], %r0;"), 2, 1, 64, new PtxMachineOptions { Backwards = true }));
        Is("a race: byte 8 of buffer 0 is read, thread 0 of group 0 has written it", KernelText.Fault(KernelText.Of("""
                setp.ne.u32 %p0, %r1, 0;
                @!%p0 st.global.u32 [%rd0+8], %r0;
                @%p0 ld.global.u32 %r3, [%rd0+8];
            """), groups: 2, threads: 1));
        Is("a race: byte 8 of buffer 0 is written, thread 0 of group 0 has read it", KernelText.Fault(KernelText.Of("""
                setp.ne.u32 %p0, %r1, 0;
                @%p0 st.global.u32 [%rd0+8], %r0;
                @!%p0 ld.global.u32 %r3, [%rd0+8];
            """), groups: 2, threads: 1));
        KernelText.Run(KernelText.Of("    ld.global.u32 %r3, [%rd0];"), new uint[64], groups: 3);
        Assert.Equal(96u, KernelText.Run(KernelText.Of("    red.global.add.u32 [%rd0], 1;"), new uint[64], groups: 3)[0]);
    }

    [Fact]
    public void Halves_of_a_word_are_places_of_their_own()
    {
        string text = KernelText.Of("""
                mul.wide.u32 %rd1, %r1, 2; add.s64 %rd1, %rd0, %rd1; cvt.u16.u32 %h0, %r1;
                st.global.u16 [%rd1], %h0;
            """);
        Assert.Equal(0x0003_0002u, KernelText.Run(text, new uint[64], groups: 64, threads: 2)[1]);
        Is("a race: byte 0 of buffer 0", KernelText.Fault(text.Replace("mul.wide.u32 %rd1, %r1, 2", "mul.wide.u32 %rd1, %r1, 0", StringComparison.Ordinal), threads: 2));
        Is("a race: byte 2 of buffer 0", KernelText.Fault(KernelText.Of("""
                setp.ne.u32 %p0, %r1, 0; mov.b16 %h0, 1;
                @!%p0 st.global.u16 [%rd0+2], %h0;
                @%p0 st.global.u32 [%rd0], %r0;
            """), groups: 2, threads: 1));
    }

    [Theory]
    [InlineData("ld.global.u32 %r3, [%rd0+256];", "4 bytes at")]
    [InlineData("st.global.u32 [%rd0+256], %r3;", "4 bytes at")]
    [InlineData("ld.global.u32 %r3, [%rd0-4];", "4 bytes at")]
    [InlineData("ld.global.v4.u32 {%r3, %r4, %r5, %r6}, [%rd0+256];", "16 bytes at")]
    [InlineData("mov.u64 %rd1, 0; ld.global.u32 %r3, [%rd1];", "4 bytes at 0 lie in no buffer")]
    [InlineData("st.global.v4.f32 [%rd0+8], {%f0, %f1, %f2, %f3};", "not aligned")]
    [InlineData("ld.global.u32 %r3, [%rd0+2];", "not aligned")]
    [InlineData("mov.u64 %rd1, block; ld.shared.u32 %r3, [%rd1+256];", "outside the 256 bytes of shared memory")]
    [InlineData("mov.u64 %rd1, block; st.shared.v2.u32 [%rd1+4], {%r3, %r4};", "not aligned")]
    [InlineData("st.shared.u32 [%r3+0], %r3;", "outside the 256 bytes of shared memory")]
    [InlineData("mov.u64 %rd1, block; ld.shared.u32 %r3, [%rd1+8];", "byte 8 of shared memory is read, which nobody has written")]
    [InlineData("mov.u64 %rd1, own; ld.local.u32 %r3, [%rd1+16];", "outside the 16 bytes of a thread's own")]
    public void Memory_outside_is_found(string access, string expected) =>
        Is(expected, KernelText.Fault(KernelText.Of("mov.u32 %r3, 0;\n" + access, declarations: Shared + " .local .align 4 .b8 own[16];"), threads: 1));

    [Fact]
    public void A_fault_says_where_it_happened()
    {
        var fault = KernelText.Fault(KernelText.Of("    setp.eq.u32 %p0, %r1, 37;\n    @%p0 ld.global.u32 %r3, [%rd0+1000];"), groups: 2);
        Is("Kernel Test, line 11, '@%p0 ld.global.u32 %r3, [%rd0+1000]', group 1, thread 5: 4 bytes at", fault);
    }

    [Theory]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 bar.sync 0;", 32, "have ended")]
    [InlineData("setp.lt.u32 %p0, %r0, 32; @%p0 bar.sync 0;", 64, "those of warp 1 have ended")]
    [InlineData("setp.lt.u32 %p0, %r0, 32; @%p0 bra other; bar.sync 0; ret; other: bar.sync 0;", 64, "those of warp 0 at the barrier of line")]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 bra other; bar.sync 0; ret; other: bar.sync 0;", 32, "they can never go on")]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 shfl.sync.idx.b32 %r3, %r0, 0, 31, 0xffff; @%p0 bra end; shfl.sync.idx.b32 %r3, %r0, 0, 31, 0xffff0000; end:", 32,
        "does not take part")]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 shfl.sync.idx.b32 %r3, %r0, 0, 31, 0xff;", 32, "that its mask does not name")]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 ret; shfl.sync.bfly.b32 %r3, %r0, 16, 31, 0xffffffff;", 32, "lane 0, whose number is asked for, does not take part")]
    [InlineData("shfl.sync.down.b32 %r3, %r0, 16, 31, 0xffffffff;", 20, "lane 20, whose number is asked for, does not take part")]
    [InlineData("again: add.s32 %r3, %r3, 1; bra again;", 1, "the budget of instructions is spent")]
    public void Threads_that_do_not_meet_are_found(string body, int threads, string expected) => Is(expected, KernelText.Fault(KernelText.Of(body), threads: threads));

    [Theory]
    [InlineData("setp.lt.u32 %p0, %r0, 16; @%p0 bra.uni other; other:")]
    [InlineData("and.b32 %r3, %r0, 1; table: .branchtargets other, other; brx.idx.uni %r3, table; other:")]
    public void Branches_that_are_said_to_be_uniform_have_to_be(string body)
    {
        string text = KernelText.Of(body);
        Is("a branch that is said to be uniform", KernelText.Fault(text));
        KernelText.Run(text, new uint[1], threads: 1);
    }

    [Theory]
    [InlineData("frob.b32 %r3, %r4;", "the instruction is not known")]
    [InlineData("add.rz.f32 %f0, %f1, %f2;", "'.rz' is not known here")]
    [InlineData("add.sat.s32 %r3, %r4, %r5;", "'.sat' is not known here")]
    [InlineData("cvt.rna.bf16.f32 %h0, %f0;", "not known")]
    [InlineData("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%d0, %d1}, {%d2}, {%d3}, {%d4, %d5};", "not known")]
    [InlineData("mov.u32 %r3, nobody;", "'nobody' is not declared")]
    [InlineData("mov.u32 %r3, %clock;", "'%clock' is not known")]
    [InlineData("mov.u32 %rd3, %r0;", "no register of the instruction's width")]
    [InlineData("add.s64 %rd3, %r0, %rd1;", "another width")]
    [InlineData("mov.f32 %f0, 1;", "another type")]
    [InlineData("bra nowhere;", "the label is not there")]
    [InlineData("call.uni f, (%r0);", "functions are not known")]
    [InlineData(".reg .b32 %r<2>;", "declared twice")]
    public void What_is_not_known_is_no_kernel(string statement, string expected) =>
        Is(expected, Assert.Throws<PtxFault>(() => PtxProgram.Parse(KernelText.Of(statement))));

    [Fact]
    public void A_fault_of_the_text_says_the_line() =>
        Is("Line 11, 'frob.b32 %r3, %r4': ", Assert.Throws<PtxFault>(() => PtxProgram.Parse(KernelText.Of("    mov.u32 %r3, 1;\n    frob.b32 %r3, %r4;"))));

    [Fact]
    public void Launches_must_fit()
    {
        var machine = new PtxMachine(new PtxMachineOptions { MaxSharedBytes = 512 });
        var kernel = PtxProgram.Parse(KernelText.Of("", declarations: Shared)).Kernels[0];
        Assert.Equal(256, kernel.SharedBytes);
        Assert.Throws<PtxFault>(() => machine.Launch(kernel, 0, 32, 0, new byte[8]));
        Assert.Throws<PtxFault>(() => machine.Launch(kernel, 1, 1025, 0, new byte[8]));
        Assert.Throws<PtxFault>(() => machine.Launch(kernel, 1, 32, 257, new byte[8]));
        Assert.Throws<PtxFault>(() => machine.Launch(kernel, 1, 32, 0, new byte[4]));
        machine.Launch(kernel, 1, 32, 256, new byte[8]);
    }

    /// <summary>Copies 16 bytes, and reads them after so many groups have been waited for.</summary>
    static string Copy(string wait) => KernelText.Of($"""
            mov.u64 %rd1, block; mul.wide.u32 %rd2, %r0, 16; add.s64 %rd3, %rd0, %rd2; add.s64 %rd2, %rd1, %rd2;
            cp.async.cg.shared.global [%rd2], [%rd3], 16;
            {wait}
            ld.shared.u32 %r3, [%rd2+4];
            st.global.u32 [%rd3], %r3;
        """, declarations: ".shared .align 16 .b8 block[512];");

    [Theory]
    [InlineData("")]
    [InlineData("cp.async.commit_group;")]
    [InlineData("cp.async.commit_group; cp.async.wait_group 1;")]
    [InlineData("cp.async.wait_group 0;")]
    [InlineData("cp.async.commit_group; bar.sync 0;")]
    public void A_copy_that_is_not_waited_for_has_not_arrived(string wait) => Is("has not waited for its copy there", KernelText.Fault(Copy(wait), words: 128));

    [Theory]
    [InlineData("cp.async.commit_group; cp.async.wait_group 0;")]
    [InlineData("cp.async.wait_all;")]
    [InlineData("cp.async.commit_group; cp.async.commit_group; cp.async.wait_group 1;")]
    public void A_copy_that_is_waited_for_has_arrived(string wait)
    {
        uint[] values = KernelText.Run(Copy(wait), [.. Enumerable.Range(0, 128).Select(i => (uint)i)]);
        Assert.Equal(Enumerable.Range(0, 32).Select(i => 4u * (uint)i + 1), values.Where((_, i) => i % 4 == 0));
    }

    [Fact]
    public void A_copy_that_is_waited_for_is_seen_by_others_after_a_barrier()
    {
        string other = Copy("cp.async.wait_all;").Replace("ld.shared.u32 %r3, [%rd2+4];",
            "xor.b32 %r3, %r0, 1; mul.wide.u32 %rd2, %r3, 16; add.s64 %rd2, %rd1, %rd2; ld.shared.u32 %r3, [%rd2+4];", StringComparison.Ordinal);
        Is("a race", KernelText.Fault(other, words: 128));
        KernelText.Run(other.Replace("cp.async.wait_all;", "cp.async.wait_all; bar.sync 0;", StringComparison.Ordinal), new uint[128]);
    }
}
