using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class Float8Tests
{
    [Fact]
    public void Every_pattern_is_its_number_and_converts_back()
    {
        for (int bits = 0; bits < 256; bits++)
        {
            AssertSame(FormatDefinition.E4M3.Number(bits), Float8E4M3.FromBits((byte)bits), $"{bits:X2}");
            AssertSame(FormatDefinition.E5M2.Number(bits), Float8E5M2.FromBits((byte)bits), $"{bits:X2}");
            if (!double.IsNaN(FormatDefinition.E4M3.Number(bits)))
                Assert.Equal(bits, ((Float8E4M3)(float)Float8E4M3.FromBits((byte)bits)).Bits);
            if (!double.IsNaN(FormatDefinition.E5M2.Number(bits)))
                Assert.Equal(bits, ((Float8E5M2)(float)Float8E5M2.FromBits((byte)bits)).Bits);
        }
    }

    /// <summary>All numbers of binary16, among them every number of both formats and what is half way between two, and neighbours of these.</summary>
    [Fact]
    public void Conversion_is_to_the_nearest_even()
    {
        var random = new Random(5);
        for (int bits = 0; bits < 1 << 16; bits++)
        {
            float number = (float)BitConverter.UInt16BitsToHalf((ushort)bits), any = BitConverter.Int32BitsToSingle(random.Next() ^ random.Next() << 16);
            foreach (float x in new[] { number, MathF.BitIncrement(number), MathF.BitDecrement(number), any })
            {
                AssertSame(FormatDefinition.E4M3.Nearest(x), (Float8E4M3)x, $"{x:R} as E4M3");
                AssertSame(FormatDefinition.E5M2.Nearest(x), (Float8E5M2)x, $"{x:R} as E5M2");
            }
        }
    }

    [Theory]
    [InlineData(448f, 448f)]
    [InlineData(464f, 448f)] // Half way to what would be the next number, which is odd.
    [InlineData(464.00003f, float.NaN)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    public void E4M3_has_no_infinity(float number, float expected) => Assert.Equal(expected, (float)(Float8E4M3)number);

    [Theory]
    [InlineData(57344f, 57344f)]
    [InlineData(61439.996f, 57344f)]
    [InlineData(-61440f, float.NegativeInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    public void E5M2_has_infinities(float number, float expected) => Assert.Equal(expected, (float)(Float8E5M2)number);

    [Fact]
    public void They_compare_as_floats_do()
    {
        Float8E4M3 zero = (Float8E4M3)0f, minusZero = (Float8E4M3)(-0f), nan = (Float8E4M3)float.NaN;
        Assert.True(zero == minusZero && zero.Equals(minusZero) && zero.GetHashCode() == minusZero.GetHashCode());
        Assert.True(nan != Float8E4M3.FromBits(nan.Bits) && nan.Equals((object)Float8E4M3.FromBits(0xFF)));
        Assert.False(zero.Equals(0f) || zero == (Float8E4M3)1f);
        Assert.Equal("-1.5", ((Float8E4M3)(-1.5f)).ToString());
        Float8E5M2 other = (Float8E5M2)(-0f), nothing = Float8E5M2.FromBits(0x7D);
        Assert.True(other == (Float8E5M2)0f && other.Equals((object)(Float8E5M2)0f) && other.GetHashCode() == ((Float8E5M2)0f).GetHashCode());
        Assert.True(nothing != Float8E5M2.FromBits(nothing.Bits) && nothing.Equals((Float8E5M2)float.NaN));
        Assert.False(other.Equals(0f) || other == (Float8E5M2)1f);
        Assert.Equal("0.25", ((Float8E5M2)0.25f).ToString());
    }

    static void AssertSame(double expected, float actual, string what) =>
        Assert.True(expected.Equals(actual) && (double.IsNaN(expected) || double.IsNegative(expected) == float.IsNegative(actual)), $"{what} is {actual:R}, not {expected:R}");
}
