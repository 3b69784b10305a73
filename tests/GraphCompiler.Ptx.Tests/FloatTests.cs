using static GraphCompiler.Ptx.Tests.InstructionRun;

namespace GraphCompiler.Ptx.Tests;

/// <summary>Every instruction on floating-point numbers against C#'s arithmetic, whose rounding is the same.</summary>
public class FloatTests
{
    const uint None = 0x7FFF_FFFF;

    static float Single(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    static double Double(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    static Half Half(ulong bits) => BitConverter.UInt16BitsToHalf((ushort)bits);

    static uint Bits(float value) => float.IsNaN(value) ? None : BitConverter.SingleToUInt32Bits(value);

    static ulong Bits(double value) => double.IsNaN(value) ? 0x7FFF_FFFF_FFFF_FFFF : BitConverter.DoubleToUInt64Bits(value);

    static ushort Bits(Half value) => System.Half.IsNaN(value) ? (ushort)0x7FFF : BitConverter.HalfToUInt16Bits(value);

    static float Flush(float value) => float.IsSubnormal(value) ? MathF.CopySign(0, value) : value;

    static void Of(string instruction, Func<float, float, float, float> expected, int arguments = 2) =>
        Check(instruction, "%f", Floats, (a, b, c) => Bits(expected(Single(a), Single(b), Single(c))), arguments);

    static void OfDoubles(string instruction, Func<double, double, double, double> expected, int arguments = 2) =>
        Check(instruction, "%d", LongFloats, (a, b, c) => Bits(expected(Double(a), Double(b), Double(c))), arguments);

    static void OfHalves(string instruction, Func<Half, Half, Half> expected, int arguments = 2) =>
        Check(instruction, "%h", Halves, (a, b, _) => Bits(expected(Half(a), Half(b))), arguments);

    [Fact]
    public void Arithmetic_rounds_to_nearest()
    {
        Of("add.f32 %f, %fa, %fb;", (a, b, _) => a + b);
        Of("sub.rn.f32 %f, %fa, %fb;", (a, b, _) => a - b);
        Of("mul.f32 %f, %fa, %fb;", (a, b, _) => a * b);
        Of("div.rn.f32 %f, %fa, %fb;", (a, b, _) => a / b);
        Of("fma.rn.f32 %f, %fa, %fb, %fc;", MathF.FusedMultiplyAdd, 3);
        Of("sqrt.rn.f32 %f, %fa;", (a, _, _) => MathF.Sqrt(a), 1);
        Of("rcp.rn.f32 %f, %fa;", (a, _, _) => 1 / a, 1);
        Of("add.f32 %f, %fa, 0f3F800000;", (a, _, _) => a + 1, 1);
        OfDoubles("add.f64 %d, %da, %db;", (a, b, _) => a + b);
        OfDoubles("mul.f64 %d, %da, %db;", (a, b, _) => a * b);
        OfDoubles("div.rn.f64 %d, %da, %db;", (a, b, _) => a / b);
        OfDoubles("fma.rn.f64 %d, %da, %db, %dc;", Math.FusedMultiplyAdd, 3);
        OfDoubles("sqrt.rn.f64 %d, %da;", (a, _, _) => Math.Sqrt(a), 1);
        OfHalves("add.f16 %h, %ha, %hb;", (a, b) => a + b);
        OfHalves("sub.f16 %h, %ha, %hb;", (a, b) => a - b);
        OfHalves("mul.f16 %h, %ha, %hb;", (a, b) => a * b);
    }

    [Fact]
    public void A_fused_sum_is_rounded_once()
    {
        float a = 1 + MathF.Pow(2, -12), c = -(1 + MathF.Pow(2, -11));
        uint[] result = KernelText.Run(KernelText.Of($"""
                mov.f32 %f0, 0f{BitConverter.SingleToUInt32Bits(a):X8}; mov.f32 %f1, 0f{BitConverter.SingleToUInt32Bits(c):X8};
                fma.rn.f32 %f2, %f0, %f0, %f1;
                st.global.f32 [%rd0], %f2;
            """), new uint[1], threads: 1);
        Assert.Equal(MathF.Pow(2, -24), Single(result[0]));
    }

    [Fact]
    public void Extremes_prefer_numbers_and_order_zeros()
    {
        Of("min.f32 %f, %fa, %fb;", (a, b, _) => float.MinNumber(a, b));
        Of("max.f32 %f, %fa, %fb;", (a, b, _) => float.MaxNumber(a, b));
        Of("max.NaN.f32 %f, %fa, %fb;", (a, b, _) => float.Max(a, b));
        OfDoubles("min.f64 %d, %da, %db;", (a, b, _) => double.MinNumber(a, b));
        OfHalves("max.f16 %h, %ha, %hb;", System.Half.MaxNumber);
        Check("neg.f32 %f, %fa;", "%f", Floats, (a, _, _) => a ^ 0x8000_0000, 1);
        Check("abs.f32 %f, %fa;", "%f", Floats, (a, _, _) => a & 0x7FFF_FFFF, 1);
        Check("neg.f16 %h, %ha;", "%h", Halves, (a, _, _) => a ^ 0x8000, 1);
    }

    [Fact]
    public void What_is_flushed_has_no_subnormal_numbers()
    {
        Of("add.ftz.f32 %f, %fa, %fb;", (a, b, _) => Flush(Flush(a) + Flush(b)));
        Of("mul.ftz.f32 %f, %fa, %fb;", (a, b, _) => Flush(Flush(a) * Flush(b)));
        Of("fma.rn.ftz.f32 %f, %fa, %fb, %fc;", (a, b, c) => Flush(MathF.FusedMultiplyAdd(Flush(a), Flush(b), Flush(c))), 3);
    }

    [Theory]
    [InlineData("ex2.approx.f32")]
    [InlineData("ex2.approx.ftz.f32")]
    [InlineData("lg2.approx.f32")]
    [InlineData("sin.approx.f32")]
    [InlineData("cos.approx.f32")]
    [InlineData("tanh.approx.f32")]
    [InlineData("rsqrt.approx.f32")]
    [InlineData("rcp.approx.ftz.f32")]
    [InlineData("sqrt.approx.f32")]
    public void Approximate_functions_are_exact_to_the_last_bit(string opcode)
    {
        bool flushes = opcode.Contains(".ftz", StringComparison.Ordinal);
        double Exact(double x) => opcode.Split('.')[0] switch
        {
            "ex2" => Math.Pow(2, x),
            "lg2" => Math.Log2(x),
            "sin" => Math.Sin(x),
            "cos" => Math.Cos(x),
            "tanh" => Math.Tanh(x),
            "rsqrt" => 1 / Math.Sqrt(x),
            "rcp" => 1 / x,
            _ => Math.Sqrt(x),
        };
        float Expected(float x) => flushes ? Flush((float)Exact(Flush(x))) : (float)Exact(x);
        Of(opcode + " %f, %fa;", (a, _, _) => Expected(a), 1);
    }

    [Theory]
    [InlineData("eq")]
    [InlineData("ne")]
    [InlineData("lt")]
    [InlineData("le")]
    [InlineData("gt")]
    [InlineData("ge")]
    public void Comparisons_know_what_is_no_number(string comparison)
    {
        bool Holds(double a, double b) => comparison switch { "eq" => a == b, "ne" => a < b || a > b, "lt" => a < b, "le" => a <= b, "gt" => a > b, _ => a >= b };
        bool IsNone(double a, double b) => double.IsNaN(a) || double.IsNaN(b);
        CheckPredicate($"setp.{comparison}.f32 %q, %fa, %fb;", Floats, (a, b, _) => Holds(Single(a), Single(b)), 2);
        CheckPredicate($"setp.{comparison}u.f32 %q, %fa, %fb;", Floats, (a, b, _) => Holds(Single(a), Single(b)) || IsNone(Single(a), Single(b)), 2);
        CheckPredicate($"setp.{comparison}.f64 %q, %da, %db;", LongFloats, (a, b, _) => Holds(Double(a), Double(b)), 2);
        CheckPredicate($"setp.{comparison}u.f64 %q, %da, %db;", LongFloats, (a, b, _) => Holds(Double(a), Double(b)) || IsNone(Double(a), Double(b)), 2);
        CheckPredicate($"setp.{comparison}.f16 %q, %ha, %hb;", Halves, (a, b, _) => Holds((double)Half(a), (double)Half(b)), 2);
    }

    [Fact]
    public void Kinds_of_numbers_are_told_apart()
    {
        CheckPredicate("setp.num.f32 %q, %fa, %fb;", Floats, (a, b, _) => !float.IsNaN(Single(a)) && !float.IsNaN(Single(b)), 2);
        CheckPredicate("setp.nan.f32 %q, %fa, %fb;", Floats, (a, b, _) => float.IsNaN(Single(a)) || float.IsNaN(Single(b)), 2);
        CheckPredicate("testp.finite.f32 %q, %fa;", Floats, (a, _, _) => float.IsFinite(Single(a)), 1);
        CheckPredicate("testp.infinite.f64 %q, %da;", LongFloats, (a, _, _) => double.IsInfinity(Double(a)), 1);
        CheckPredicate("testp.notanumber.f32 %q, %fa;", Floats, (a, _, _) => float.IsNaN(Single(a)), 1);
    }
}
