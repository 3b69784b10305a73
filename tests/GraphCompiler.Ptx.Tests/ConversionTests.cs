using static GraphCompiler.Ptx.Tests.InstructionRun;

namespace GraphCompiler.Ptx.Tests;

/// <summary>Every conversion between types.</summary>
public class ConversionTests
{
    static float Single(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    static double Double(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    static ulong Bits(float value) => float.IsNaN(value) ? 0x7FFF_FFFF : BitConverter.SingleToUInt32Bits(value);

    static ulong Bits(double value) => double.IsNaN(value) ? 0x7FFF_FFFF_FFFF_FFFF : BitConverter.DoubleToUInt64Bits(value);

    static ulong Bits(Half value) => Half.IsNaN(value) ? 0x7FFFul : BitConverter.HalfToUInt16Bits(value);

    static void OfIntegers(string instruction, string result, Func<ulong, ulong> expected) => Check(instruction, result, Integers, (a, _, _) => expected(a), 1);

    static void OfFloats(string instruction, string result, Func<float, ulong> expected) => Check(instruction, result, Floats, (a, _, _) => expected(Single(a)), 1);

    static void OfDoubles(string instruction, string result, Func<double, ulong> expected) => Check(instruction, result, LongFloats, (a, _, _) => expected(Double(a)), 1);

    [Fact]
    public void Integers_are_cut_and_extended()
    {
        OfIntegers("cvt.s64.s32 %rd, %ra;", "%rd", a => (ulong)(int)a);
        OfIntegers("cvt.u64.u32 %rd, %ra;", "%rd", a => (uint)a);
        OfIntegers("cvt.u32.u64 %r, %rda;", "%r", a => (uint)a);
        OfIntegers("cvt.u16.u32 %h, %ra;", "%h", a => (ushort)a);
        OfIntegers("cvt.s32.u16 %r, %ha;", "%r", a => (ushort)a);
        OfIntegers("cvt.s32.s16 %r, %ha;", "%r", a => (uint)(short)a);
        OfIntegers("cvt.u64.s16 %rd, %ha;", "%rd", a => (ulong)(short)a);
        OfIntegers("cvt.s32.s8 %r, %ra;", "%r", a => (uint)(sbyte)a);
        OfIntegers("cvt.u32.u8 %r, %ha;", "%r", a => (byte)a);
        OfIntegers("cvt.s8.s32 %h, %ra;", "%h", a => (ushort)(sbyte)a);
        OfIntegers("cvt.u8.u64 %r, %rda;", "%r", a => (byte)a);
        OfIntegers("cvt.s16.s64 %r, %rda;", "%r", a => (uint)(short)a);
        OfIntegers("cvt.sat.s16.s32 %h, %ra;", "%h", a => (ushort)(short)Math.Clamp((int)a, short.MinValue, short.MaxValue));
        OfIntegers("cvt.sat.u32.s64 %r, %rda;", "%r", a => (uint)Math.Clamp((long)a, 0, uint.MaxValue));
    }

    [Fact]
    public void Integers_become_the_nearest_floats()
    {
        OfIntegers("cvt.rn.f32.s32 %f, %ra;", "%f", a => Bits((float)(int)a));
        OfIntegers("cvt.rn.f32.u32 %f, %ra;", "%f", a => Bits((float)(uint)a));
        OfIntegers("cvt.rn.f32.s64 %f, %rda;", "%f", a => Bits(Nearest((long)a)));
        OfIntegers("cvt.rn.f32.u64 %f, %rda;", "%f", a => Bits(Nearest(a)));
        OfIntegers("cvt.rn.f64.s32 %d, %ra;", "%d", a => Bits((double)(int)a));
        OfIntegers("cvt.rn.f64.u64 %d, %rda;", "%d", a => Bits((double)a));
        OfIntegers("cvt.rn.f32.u16 %f, %ha;", "%f", a => Bits((float)(ushort)a));
        OfIntegers("cvt.rn.f16.s32 %h, %ra;", "%h", a => Bits((Half)(double)(int)a));
    }

    /// <summary>The nearest float, found by its neighbours' distances.</summary>
    static float Nearest(Int128 value)
    {
        float near = (float)(double)value;
        float best = near;
        foreach (float other in (float[])[MathF.BitDecrement(near), near, MathF.BitIncrement(near)])
        {
            Int128 distance = Int128.Abs((Int128)(double)other - value), least = Int128.Abs((Int128)(double)best - value);
            if (distance < least || distance == least && (BitConverter.SingleToUInt32Bits(other) & 1) == 0)
                best = other;
        }
        return best;
    }

    [Fact]
    public void Floats_become_the_nearest_integers_that_there_are()
    {
        OfFloats("cvt.rzi.s32.f32 %r, %fa;", "%r", a => (uint)Saturated(Math.Truncate((double)a), int.MinValue, int.MaxValue));
        OfFloats("cvt.rni.s32.f32 %r, %fa;", "%r", a => (uint)Saturated(Math.Round((double)a, MidpointRounding.ToEven), int.MinValue, int.MaxValue));
        OfFloats("cvt.rmi.s32.f32 %r, %fa;", "%r", a => (uint)Saturated(Math.Floor((double)a), int.MinValue, int.MaxValue));
        OfFloats("cvt.rpi.u32.f32 %r, %fa;", "%r", a => (uint)Saturated(Math.Ceiling((double)a), 0, uint.MaxValue));
        OfFloats("cvt.rzi.u32.f32 %r, %fa;", "%r", a => (uint)Saturated(Math.Truncate((double)a), 0, uint.MaxValue));
        OfFloats("cvt.rzi.s16.f32 %h, %fa;", "%h", a => (ushort)Saturated(Math.Truncate((double)a), short.MinValue, short.MaxValue));
        OfFloats("cvt.rzi.u8.f32 %r, %fa;", "%r", a => (uint)Saturated(Math.Truncate((double)a), 0, 255));
        OfFloats("cvt.rzi.s64.f32 %rd, %fa;", "%rd", a => float.IsNaN(a) ? 1ul << 63 : (ulong)(long)a);
        OfDoubles("cvt.rzi.s32.f64 %r, %da;", "%r", a => double.IsNaN(a) ? 1ul << 31 : (uint)Saturated(Math.Truncate(a), int.MinValue, int.MaxValue));
        OfDoubles("cvt.rzi.u64.f64 %rd, %da;", "%rd", a => double.IsNaN(a) ? 1ul << 63 : (ulong)a);
    }

    static long Saturated(double value, long least, long most) => double.IsNaN(value) ? 0 : value <= least ? least : value >= most ? most : (long)value;

    [Fact]
    public void Floats_become_whole()
    {
        OfFloats("cvt.rmi.f32.f32 %f, %fa;", "%f", a => Bits(MathF.Floor(a)));
        OfFloats("cvt.rpi.f32.f32 %f, %fa;", "%f", a => Bits(MathF.Ceiling(a)));
        OfFloats("cvt.rzi.f32.f32 %f, %fa;", "%f", a => Bits(MathF.Truncate(a)));
        OfFloats("cvt.rni.f32.f32 %f, %fa;", "%f", a => Bits(MathF.Round(a, MidpointRounding.ToEven)));
        OfDoubles("cvt.rmi.f64.f64 %d, %da;", "%d", a => Bits(Math.Floor(a)));
    }

    [Fact]
    public void Floats_of_other_sizes_are_the_nearest()
    {
        OfFloats("cvt.f64.f32 %d, %fa;", "%d", a => Bits((double)a));
        OfDoubles("cvt.rn.f32.f64 %f, %da;", "%f", a => Bits((float)a));
        OfFloats("cvt.rn.f16.f32 %h, %fa;", "%h", a => Bits((Half)a));
        Check("cvt.f32.f16 %f, %ha;", "%f", Halves, (a, _, _) => Bits((float)BitConverter.UInt16BitsToHalf((ushort)a)), 1);
        Check("cvt.f64.f16 %d, %ha;", "%d", Halves, (a, _, _) => Bits((double)BitConverter.UInt16BitsToHalf((ushort)a)), 1);
        Check("cvt.rn.f16x2.f32 %r, %fa, %fb;", "%r", Floats, (a, b, _) => Bits((Half)Single(a)) << 16 | Bits((Half)Single(b)), 2);
        OfFloats("cvt.sat.f32.f32 %f, %fa;", "%f", a => Bits(float.IsNaN(a) ? 0 : Math.Clamp(a, 0, 1)) & 0x7FFF_FFFF);
    }

    /// <summary>The number of a format of 8 bits of exponent that is nearest; of two the even one, or the one further from zero.</summary>
    static uint Nearest(float value, int dropped, bool toEven)
    {
        if (float.IsNaN(value))
            return 0x7FFF_FFFF;
        uint bits = BitConverter.SingleToUInt32Bits(value), down = bits >> dropped << dropped, rest = bits - down, half = 1u << dropped - 1;
        return rest > half || rest == half && (!toEven || (down >> dropped & 1) != 0) ? down + (1u << dropped) : down;
    }

    [Fact]
    public void Floats_of_fewer_bits_are_the_nearest()
    {
        OfFloats("cvt.rna.tf32.f32 %r, %fa;", "%r", a => Nearest(a, 13, false));
        OfFloats("cvt.rn.bf16.f32 %h, %fa;", "%h", a => Nearest(a, 16, true) >> 16);
        Check("cvt.rn.bf16x2.f32 %r, %fa, %fb;", "%r", Floats, (a, b, _) => Nearest(Single(a), 16, true) >> 16 << 16 | Nearest(Single(b), 16, true) >> 16, 2);
        Check("cvt.f32.bf16 %f, %ha;", "%f", Halves, (a, _, _) => Bits(Single(a << 16)), 1);
    }

    [Fact]
    public void Addresses_of_shared_memory_have_a_window()
    {
        uint[] result = KernelText.Run(KernelText.Of("""
                mov.u64 %rd1, block; cvta.shared.u64 %rd2, %rd1; cvta.to.shared.u64 %rd3, %rd2; sub.s64 %rd4, %rd3, %rd1; cvt.u32.u64 %r3, %rd4;
                mov.u32 %r4, 77; st.u32 [%rd2+4], %r4; ld.shared.u32 %r5, [%rd1+4]; st.shared.u32 [%rd1+8], %r5; ld.u32 %r6, [%rd2+8];
                ld.u32 %r7, [%rd0]; st.u32 [%rd0+4], %r7; st.global.v2.u32 [%rd0+8], {%r3, %r6};
            """, declarations: ".shared .align 4 .b8 block[16];"), [5, 0, 9, 0], threads: 1);
        Assert.Equal([5, 5, 0, 77], result);
    }
}
