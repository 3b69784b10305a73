namespace GraphCompiler.EndToEnd.Tests.Support;

/// <summary>Inputs, and ways to compare results with them.</summary>
static class Numbers
{
    /// <summary>Numbers from -1 to 1, the same for the same seed.</summary>
    public static float[] Floats(int count, int seed, float scale = 1)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => scale * (2 * random.NextSingle() - 1))];
    }

    /// <summary>Numbers from 0 to <paramref name="bound"/> (exclusive), the same for the same seed.</summary>
    public static int[] Labels(int count, int bound, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(bound))];
    }

    /// <summary>The values of a parameter.</summary>
    public static Span<float> Values(this GraphModel model, string name) =>
        model.Parameters.Single(parameter => parameter.Name == name).Values;

    /// <summary>Every parameter as a copy, one after the other.</summary>
    public static float[] AllValues(this GraphModel model) =>
        [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];

    /// <summary>Every gradient of the last step as a copy, one after the other.</summary>
    public static float[] AllGradients(this GraphTrainer trainer, GraphModel model) =>
        [.. model.Parameters.SelectMany(parameter => trainer.GradientOf(parameter.Name).ToArray())];

    /// <summary>Equal bit for bit, NaN and the sign of zero included.</summary>
    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected the bits of {expected[i]:R}.");
        }
    }

    /// <summary>Equal up to a fraction of the tensor's largest magnitude.</summary>
    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = 1e-30;
        foreach (double value in expected)
            scale = Math.Max(scale, Math.Abs(value));
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance * scale))
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}, scale {scale:R}.");
        }
    }

    /// <inheritdoc cref="AssertClose(ReadOnlySpan{double}, ReadOnlySpan{float}, double, string)"/>
    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what) =>
        AssertClose(Wide(expected), actual, tolerance, what);

    /// <summary>The same numbers in double.</summary>
    public static double[] Wide(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = values[i];
        return wide;
    }
}
