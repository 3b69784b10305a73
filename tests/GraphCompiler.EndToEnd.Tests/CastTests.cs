using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>What x.To of a type gives, beside what C# converts.</summary>
public class CastTests
{
    static readonly float[] Values =
        [0, -0f, 1.0004883f, 1.00048828125f, 1.01171875f, 65519, 65520, 6e-8f, 1e-40f, -2.9f, 3e9f, -3e9f, float.NaN, float.NegativeInfinity, float.MaxValue, 16777217];

    /// <summary>Once more the first ones, so that rows end within a register.</summary>
    static readonly float[] Input = [.. Values, .. Values, .. Values[..5]];

    [Fact]
    public void Numbers_are_rounded_as_CSharp_rounds_them()
    {
        using Casts model = new();
        float[] half = new float[Input.Length], brain = new float[Input.Length];
        model.Rounded(Input, half, brain);
        Numbers.AssertSameBits([.. Input.Select(x => (float)(Half)x)], half, "Half");
        Numbers.AssertSameBits([.. Input.Select(x => (float)(BFloat16)x)], brain, "BFloat16");
        model.Eighths(Input, half, brain);
        Assert.Equal([.. Input.Select(x => (float)(Float8E4M3)x)], half);
        Assert.Equal([.. Input.Select(x => (float)(Float8E5M2)x)], brain);
    }

    [Fact]
    public void Integers_are_next_to_the_numbers_towards_zero()
    {
        using Casts model = new();
        int[] whole = new int[Input.Length], expected = [.. Input.Select(x => (int)x)];
        float[] fraction = new float[Input.Length];
        model.Parts(Input, whole, fraction);
        Assert.Equal(expected, whole);
        Assert.Equal(Input.Zip(expected, (x, i) => x - i), fraction);
        int[] above = new int[5];
        model.Above([0, 3, 4, -1, int.MinValue], above);
        Assert.Equal([0, 1, 11, 1, 1], above);
    }

    [Fact]
    public void Narrow_integers_have_the_lower_bits()
    {
        using Casts model = new();
        int[] x = [.. Enumerable.Range(0, 45).Select(i => unchecked(i * 98765431))], bytes = new int[45], shorts = new int[45];
        model.Narrow(x, bytes, shorts);
        int[] across = [.. Enumerable.Range(0, 45).Select(i => x[i % 5 * 9 + i / 5])];
        Assert.Equal([.. across.Select(i => unchecked((sbyte)i) + unchecked((byte)i))], bytes);
        Assert.Equal([.. across.Select(i => (int)unchecked((short)i))], shorts);
    }

    [Fact]
    public void What_is_cast_to_sixteen_bits_takes_them()
    {
        const int Rows = 24;
        using Casts model = new();
        float[] x = Numbers.Floats(3 * Rows, 1), result = new float[3 * 8];
        model.Normal(x, result);
        float[] rounded = [.. Enumerable.Range(0, Rows).SelectMany(r => Softmax(x.AsSpan(3 * r, 3))).Select(p => (float)(BFloat16)p)];
        for (int column = 0; column < 3; column++)
        {
            float[] first = Softmax([.. Enumerable.Range(0, 8).Select(r => rounded[3 * r + column])]);
            for (int r = 0; r < 8; r++)
                Assert.Equal(first[r] + rounded[3 * (Rows - 8 + r) + column], result[8 * column + r], 1e-6f);
        }
    }

    [Fact]
    public void A_gradient_passes_a_rounding_as_it_is()
    {
        using Casts model = new();
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.5f });
        Assert.Equal(21 * (float)(Half)1.0009f, trainer.Step([1, 2, 3, 4, 5, 6]), 1e-4f);
        Numbers.AssertSameBits([1.0009f - 0.5f * 5, 1.0009f - 0.5f * 7, 1.0009f - 0.5f * 9], model.AllValues(), "the weight");
    }

    static float[] Softmax(ReadOnlySpan<float> x)
    {
        float[] terms = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
            terms[i] = MathF.Exp(x[i]);
        return [.. terms.Select(t => t / terms.Sum())];
    }
}
