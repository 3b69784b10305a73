using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class BFloat16Tests
{
    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(-2.5f, 0xC020)]
    [InlineData(1.00390625f, 0x3F80)] // Half way, to the even number below.
    [InlineData(1.01171875f, 0x3F82)] // Half way, to the even number above.
    [InlineData(1.0039064f, 0x3F81)]
    [InlineData(3.4028235e38f, 0x7F80)]
    [InlineData(float.NegativeInfinity, 0xFF80)]
    [InlineData(1e-45f, 0x0000)]
    [InlineData(9.2e-41f, 0x0001)]
    [InlineData(-0f, 0x8000)]
    public void Is_the_nearest_number(float number, ushort bits)
    {
        Assert.Equal(bits, ((BFloat16)number).Bits);
        Assert.Equal(bits, BFloat16.FromBits(bits).Bits);
    }

    [Fact]
    public void Compares_as_floats_do()
    {
        BFloat16 zero = (BFloat16)0f, minusZero = (BFloat16)(-0f), nan = (BFloat16)float.NaN;
        Assert.True(zero == minusZero && zero.Equals(minusZero) && zero.GetHashCode() == minusZero.GetHashCode());
        Assert.False(nan == BFloat16.FromBits(nan.Bits));
        Assert.True(nan != BFloat16.FromBits(nan.Bits) && nan.Equals((object)BFloat16.FromBits(0x7FC1)));
        Assert.True(float.IsNaN(BFloat16.FromBits(0x7F81)));
        Assert.False(zero.Equals(0f) || zero == (BFloat16)1f);
        Assert.Equal("-1.5", ((BFloat16)(-1.5f)).ToString());
    }
}
