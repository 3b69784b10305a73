using System.Runtime.InteropServices;

namespace GraphCompiler.Ptx.Tests;

/// <summary>
/// Runs one instruction over many operands and compares with a function. Its operands are a, b and c, each as a register of 16, 32 or
/// 64 bits: %ha, %ra, %fa, %rda, %da and so on; its result is %h, %r, %f, %rd or %d.
/// </summary>
static class InstructionRun
{
    const ulong Untouched = 0x1234_5678_9ABC_DEF0;

    static readonly ulong[] Numbers =
    [
        0, 1, 2, 3, 5, 7, 15, 16, 31, 32, 33, 63, 64, 65, 255, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFF0, 0xFFFE, 12345, 0xDEAD_BEEF,
        0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFB, 0x0123_4567_89AB_CDEF, 0x1_0000_0000,
        0x20_0000_0000_0001, 0x7FFF_FFBF_FFFF_FFFF, 0x8000_0080_0000_0001,
    ];

    static readonly float[] Singles =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 3.14159f, 1e-3f, -1e10f, 3e9f, 5e18f, 1e20f, 65504f, 65519f, 65520f, 6e-8f,
        2.98e-8f, 1.00390625f, 1.01171875f, 1.0004883f, 1.0014648f, 1e-40f, -1e-42f,
        1.17549435e-38f, float.MaxValue, float.MinValue, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 126.5f, -149.5f,
    ];

    static readonly double[] Doubles = [.. Singles.Select(s => (double)s), 1e300, 1.0000001, -1.00000005960464478, 4.9e-324];

    public static IEnumerable<ulong> Integers => Numbers;

    public static IEnumerable<ulong> Floats => Singles.Select(s => (ulong)BitConverter.SingleToUInt32Bits(s));

    public static IEnumerable<ulong> Halves => Singles.Select(s => (ulong)BitConverter.HalfToUInt16Bits((Half)s));

    public static IEnumerable<ulong> LongFloats => Doubles.Select(BitConverter.DoubleToUInt64Bits);

    /// <summary>Checks a comparison whose result is %q.</summary>
    public static void CheckPredicate(string instruction, IEnumerable<ulong> operands, Func<ulong, ulong, ulong, bool> expected, int arguments) =>
        Check(instruction, "%r", operands, (a, b, c) => expected(a, b, c) ? 1u : 0, arguments, "selp.b32 %r, 1, 0, %q;", 0);

    /// <summary>Checks an instruction; its result is taken from the register of the name, whatever is above its bits is zero.</summary>
    public static void Check(
        string instruction, string result, IEnumerable<ulong> operands, Func<ulong, ulong, ulong, ulong> expected, int arguments, string after = "", ulong untouched = Untouched)
    {
        ulong[] values = [.. operands];
        var random = new Random(instruction.Length);
        ulong Any() => values[random.Next(values.Length)];
        (ulong A, ulong B, ulong C)[] cases = arguments switch
        {
            1 => [.. values.Select(a => (a, Any(), Any()))],
            2 => [.. values.SelectMany(a => values.Select(b => (a, b, Any())))],
            _ => [.. Enumerable.Range(0, 4000).Select(_ => (Any(), Any(), Any()))],
        };
        foreach (string guard in (string[])["", "@%p0 ", "@!%p0 "])
        {
            ulong[] actual = Run(instruction, result, cases, guard, after);
            for (int i = 0; i < cases.Length; i++)
            {
                bool isExecuted = guard.Length == 0 || i % 32 % 3 == 0 == (guard[1] == '%');
                ulong right = isExecuted ? expected(cases[i].A, cases[i].B, cases[i].C) : untouched & Mask(result);
                Assert.True(right == actual[i], $"{guard}{instruction} of {cases[i].A:x}, {cases[i].B:x}, {cases[i].C:x} gives {actual[i]:x}, not {right:x}.");
            }
        }
    }

    static ulong Mask(string result) => result[1] switch { 'h' => 0xFFFF, 'r' when result.Length > 2 => ulong.MaxValue, 'd' => ulong.MaxValue, _ => 0xFFFF_FFFF };

    static ulong[] Run(string instruction, string result, (ulong A, ulong B, ulong C)[] cases, string guard, string after)
    {
        int padded = (cases.Length + 63) / 64 * 64;
        ulong[] inputs = new ulong[3 * padded];
        for (int i = 0; i < cases.Length; i++)
            (inputs[3 * i], inputs[3 * i + 1], inputs[3 * i + 2]) = cases[i];
        byte[] source = MemoryMarshal.AsBytes<ulong>(inputs).ToArray(), target = new byte[8 * padded];
        string bits = result[1] switch { 'h' => "16", 'd' => "64", _ => result.StartsWith("%rd", StringComparison.Ordinal) ? "64" : "32" };
        KernelText.Run(KernelText.Of($"""
                .reg .pred %q; .reg .b16 %h, %ha, %hb, %hc; .reg .b32 %r, %ra, %rb, %rc; .reg .f32 %f, %fa, %fb, %fc; .reg .b64 %rd, %rda, %rdb, %rdc; .reg .f64 %d, %da, %db, %dc;
                mul.wide.u32 %rd5, %r1, 24; add.u64 %rd5, %rd5, %rd0; mul.wide.u32 %rd6, %r1, 8; add.u64 %rd6, %rd6, %rd1;
                mov.pred %q, 0; rem.u32 %r5, %r0, 32; rem.u32 %r5, %r5, 3; setp.eq.u32 %p0, %r5, 0;
                ld.global.u64 %rda, [%rd5]; ld.global.u64 %rdb, [%rd5+8]; ld.global.u64 %rdc, [%rd5+16];
                ld.global.u32 %ra, [%rd5]; ld.global.u32 %rb, [%rd5+8]; ld.global.u32 %rc, [%rd5+16];
                ld.global.f32 %fa, [%rd5]; ld.global.f32 %fb, [%rd5+8]; ld.global.f32 %fc, [%rd5+16];
                ld.global.f64 %da, [%rd5]; ld.global.f64 %db, [%rd5+8]; ld.global.f64 %dc, [%rd5+16];
                ld.global.u16 %ha, [%rd5]; ld.global.u16 %hb, [%rd5+8]; ld.global.u16 %hc, [%rd5+16];
                mov.b16 %h, 0xDEF0; mov.b32 %r, 0x9ABCDEF0; mov.b32 %f, 0f9ABCDEF0; mov.b64 %rd, 0x123456789ABCDEF0; mov.b64 %d, 0d123456789ABCDEF0;
                {guard}{instruction}
                {after}
                st.global.b{bits} [%rd6], {result};
            """, 2), padded / 64, 64, null, source, target);
        return [.. MemoryMarshal.Cast<byte, ulong>(target.AsSpan())];
    }
}
