using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Runtime;

public sealed class GuardTests
{
    [Fact]
    public void LengthsMustBeThoseOfTheShape()
    {
        Guard.Length(new float[6], 6, "pixels");
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Guard.Length(new float[7], 6, "pixels", "[2, 3]"));
        Assert.Equal("pixels", exception.ParamName);
        Assert.Contains("'pixels' has 7 values; the model needs 6, shape [2, 3].", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Guard.Length(new int[5], 6, "digits"));
    }

    [Fact]
    public void DimensionsComeFromTheLength()
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
    public void LabelsMustBeInRangeAtEveryPlace()
    {
        for (int length = 0; length < 40; length++)
        {
            int[] labels = [.. Enumerable.Range(0, length).Select(index => index % 10)];
            Guard.Labels(labels, 10, "digits");
            for (int place = 0; place < length; place++)
            {
                foreach (int bad in (int[])[10, -1, int.MinValue, int.MaxValue])
                {
                    int[] spoilt = [.. labels];
                    spoilt[place] = bad;
                    ArgumentOutOfRangeException exception =
                        Assert.Throws<ArgumentOutOfRangeException>(() => Guard.Labels(spoilt, 10, "digits"));
                    Assert.Contains($"{bad} at index {place}", exception.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void ValuesMustBeFiniteAtEveryPlace()
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
