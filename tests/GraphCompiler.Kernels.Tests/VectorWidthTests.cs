using System.Globalization;
using System.Runtime.Intrinsics;
using Xunit;

namespace GraphCompiler.Kernels.Tests;

public class VectorWidthTests
{
    /// <summary>
    /// Set where the tests are run again with part of the hardware switched off, so that a run which was meant to use
    /// narrower registers and did not fails.
    /// </summary>
    const string ExpectedWidth = "GRAPHCOMPILER_EXPECT_WIDTH";

    [Fact]
    public void Widest_is_what_this_process_was_started_for()
    {
        if (Environment.GetEnvironmentVariable(ExpectedWidth) is { Length: > 0 } expected)
            Assert.Equal(int.Parse(expected, CultureInfo.InvariantCulture), VectorWidth.Widest);
    }

    [Fact]
    public void Widest_is_the_widest_accelerated()
    {
        int expected = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        Assert.Equal(expected, VectorWidth.Widest);
    }

    [Fact]
    public void Count_follows_the_width()
    {
        Assert.Equal((16, 8, 4), (Float512.Count, Float256.Count, Float128.Count));
    }
}
