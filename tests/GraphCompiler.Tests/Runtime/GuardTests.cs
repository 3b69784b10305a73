using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Runtime;

public sealed class GuardTests
{
    [Fact]
    public void Lengths_must_be_those_of_the_shape()
    {
        Guard.Length(new float[6], 6, "pixels");
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Guard.Length(new float[7], 6, "pixels", "[2, 3]"));
        Assert.Equal("pixels", exception.ParamName);
        Assert.Contains("'pixels' has 7 values; the model needs 6, shape [2, 3].", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Guard.Length(new int[5], 6, "digits"));
    }

    [Fact]
    public void Dimensions_come_from_the_length()
    {
        Assert.Equal(5, Guard.Dimension(50, 10, 8, "x", "batch"));
        Assert.Equal(8, Guard.Dimension(80, 10, 8, "x", "batch"));
        foreach (int length in (int[])[0, 5, 51, 90, int.MaxValue])
        {
            ArgumentException exception = Assert.Throws<ArgumentException>(() => Guard.Dimension(length, 10, 8, "x", "batch"));
            Assert.Contains("'batch'", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Indices_are_copied_and_must_be_in_range_at_every_place()
    {
        for (int length = 0; length < 40; length++)
        {
            int[] labels = [.. Enumerable.Range(0, length).Select(index => index % 10)], indices = new int[length];
            Guard.Indices(labels, 10, indices, "digits");
            Assert.Equal(labels, indices);
            for (int place = 0; place < length; place++)
            {
                foreach (int bad in (int[])[10, -1, int.MinValue, int.MaxValue])
                {
                    int[] spoilt = [.. labels];
                    spoilt[place] = bad;
                    ArgumentOutOfRangeException exception =
                        Assert.Throws<ArgumentOutOfRangeException>(() => Guard.Indices(spoilt, 10, indices, "digits"));
                    Assert.Equal("digits", exception.ParamName);
                    Assert.Equal(bad, exception.ActualValue);
                    Assert.StartsWith($"'digits' holds {bad} at index {place}; values go from 0 to 9.", exception.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(10L)]
    [InlineData(1L << 32)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Computed_indices_must_be_in_range_as_they_are(long bad)
    {
        Guard.Index(0, 10, 3, "'digits - 1'", "digits");
        Guard.Index(9, 10, -1, "'digits - 1'", null);
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Guard.Index(bad, 10, 3, "'digits - 1'", "digits"));
        Assert.Equal("digits", exception.ParamName);
        Assert.StartsWith($"'digits - 1' holds {bad} at index 3; values go from 0 to 9.", exception.Message, StringComparison.Ordinal);
        exception = Assert.Throws<ArgumentOutOfRangeException>(() => Guard.Index(bad, 10, -1, "'digits - 1'", null));
        Assert.StartsWith($"'digits - 1' is {bad}; values go from 0 to 9.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Positions_must_leave_room_for_the_part()
    {
        Guard.Position(0, 6, 6, "cache.keys", "'position'", "position");
        Guard.Position(4, 2, 6, "cache.keys", "'position'", "position");
        foreach (long bad in (long[])[-1, 5, 6, int.MaxValue, 1L << 32, long.MinValue])
        {
            var exception = Assert.Throws<ArgumentOutOfRangeException>(() => Guard.Position(bad, 2, 6, "cache.keys", "'position + 1'", "position"));
            Assert.Equal("position", exception.ParamName);
            Assert.StartsWith($"'position + 1' is {bad}, and 2 places are written from there on; 'cache.keys' has 6.", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Values_must_be_finite_at_every_place()
    {
        for (int length = 0; length < 40; length++)
        {
            float[] values = [.. Enumerable.Range(0, length).Select(index => index % 2 == 0 ? float.MaxValue : -float.Epsilon)];
            Guard.Finite(values, "pixels");
            for (int place = 0; place < length; place++)
            {
                foreach (float bad in (float[])[float.NaN, -float.NaN, float.PositiveInfinity, float.NegativeInfinity])
                {
                    float[] spoilt = [.. values];
                    spoilt[place] = bad;
                    ArgumentException exception = Assert.Throws<ArgumentException>(() => Guard.Finite(spoilt, "pixels"));
                    Assert.Contains($"at index {place}", exception.Message, StringComparison.Ordinal);
                }
            }
        }
    }
}
