using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Methods take and give tensors of any type of elements, as spans of the type in C#, and numbers of it.</summary>
public sealed class ElementTypeTests : IDisposable
{
    readonly MixedTypes model = new(1, new ModelOptions { CheckInputs = true });

    public void Dispose() => model.Dispose();

    static Half[] Halves(int count) => [.. Enumerable.Range(0, count).Select(i => (Half)(i * 0.37f - 2))];

    static BFloat16[] BFloats(int count) => [.. Enumerable.Range(0, count).Select(i => (BFloat16)(i * 0.37f - 2))];

    static bool[] Truths(int count, int seed) => [.. Numbers.Labels(count, 2, seed).Select(label => label != 0)];

    [Fact]
    public void Half()
    {
        Half[] x = Halves(15), turned = new Half[15];
        model.Turned(x, turned);
        Assert.Equal([.. Enumerable.Range(0, 15).Select(i => x[i % 3 * 5 + i / 3])], turned);
        Assert.Equal(x[5], model.Last(x.AsSpan(0, 6)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void BFloat16_of_any_number_of_rows(int rows)
    {
        BFloat16[] x = BFloats(rows * 7), part = new BFloat16[rows * 3];
        model.Part(x, part);
        Assert.Equal([.. Enumerable.Range(0, rows * 3).Select(i => x[i / 3 * 7 + 1 + i % 3])], part);
        Assert.Equal(x[1], model.Middle(x.AsSpan(0, 3)));
    }

    static readonly long[] SomeLongs = [long.MaxValue, long.MinValue, 0, -1, 9007199254740993, -9007199254740993, 1L << 40, (1L << 32) + 5, int.MinValue, 16777217];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Integers_of_64_bits_are_computed_exactly(int rows)
    {
        int count = rows * 7;
        long[] x = [.. Enumerable.Range(0, count).Select(i => SomeLongs[i % 10])], y = [.. Enumerable.Range(0, 7).Select(i => SomeLongs[(i * 3 + 4) % 10])];
        long[] sum = new long[count], product = new long[count], chosen = new long[count], part = new long[rows * 3];
        model.Longs(x, y, sum, product, chosen, part);
        Assert.Equal([.. x.Select((a, i) => unchecked(a + y[i % 7]))], sum);
        Assert.Equal([.. x.Select((a, i) => unchecked(-(a * y[i % 7] - 3)))], product);
        Assert.Equal([.. x.Select((a, i) => a < y[i % 7] ? a : unchecked(y[i % 7] + 1))], chosen);
        Assert.Equal([.. Enumerable.Range(0, rows * 3).Select(i => unchecked(10 + x[i % rows * 7 + 2 + i / rows]))], part);
        bool[] equal = new bool[count], atLeast = new bool[count];
        int[] lower = new int[count];
        float[] nearest = new float[count];
        model.ComparedLongs(x, y, equal, atLeast, lower, nearest);
        Assert.Equal([.. x.Select((a, i) => a == y[i % 7])], equal);
        Assert.Equal([.. x.Select((a, i) => a >= y[i % 7] && a > 2)], atLeast);
        Assert.Equal([.. x.Select(a => unchecked((int)a))], lower);
        Assert.Equal([.. x.Select(a => (float)a)], nearest);
        Assert.Equal(SomeLongs[5] + 1, model.LastLong([1, 2, SomeLongs[5]]));
    }

    static readonly double[] SomeDoubles = [0.1, -1e300, 16777217.25, Math.PI, -0.0, 1e-320, 2.9, -2.9, 3e9, -1e19];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Numbers_of_double_precision_are_computed_in_it(int rows)
    {
        int count = rows * 7;
        double[] x = [.. Enumerable.Range(0, count).Select(i => SomeDoubles[i % 10])], y = [.. Enumerable.Range(0, 7).Select(i => SomeDoubles[(i * 3 + 4) % 10])];
        double[] mixed = new double[count], quotient = new double[count], chosen = new double[count], part = new double[rows * 3];
        model.Doubles(x, y, mixed, quotient, chosen, part);
        Assert.Equal([.. x.Select((a, i) => 0.1 * a + y[i % 7] * 3 - a * y[i % 7] / 7.3)], mixed);
        Assert.Equal([.. x.Select((a, i) => -a / (y[i % 7] - 0.3))], quotient);
        Assert.Equal([.. x.Select((a, i) => a < y[i % 7] ? a : y[i % 7] - 1)], chosen);
        Assert.Equal([.. Enumerable.Range(0, rows * 3).Select(i => 2.5 - x[i % rows * 7 + 2 + i / rows])], part);
        bool[] equal = new bool[count], atLeast = new bool[count];
        int[] whole = new int[count];
        long[] wholeLong = new long[count];
        float[] nearest = new float[count];
        model.ComparedDoubles(x, y, equal, atLeast, whole, wholeLong, nearest);
        Assert.Equal([.. x.Select((a, i) => a == y[i % 7])], equal);
        Assert.Equal([.. x.Select((a, i) => a >= y[i % 7] && a > 0.25)], atLeast);
        Assert.Equal([.. x.Select(a => (int)a)], whole);
        Assert.Equal([.. x.Select(a => (long)a)], wholeLong);
        Assert.Equal([.. x.Select(a => (float)a)], nearest);
        Assert.Equal(Math.PI / 3, model.LastDouble([1, 2, Math.PI]));
        x[2] = double.NaN;
        Assert.Contains("index 2", Assert.Throws<ArgumentException>(() => model.Doubles(x, y, mixed, quotient, chosen, part)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Functions_of_numbers_of_double_precision_have_all_their_bits(int rows)
    {
        int count = rows * 7;
        double[] x = [.. Enumerable.Range(0, count).Select(i => SomeDoubles[i % 10])], y = [.. Enumerable.Range(0, 7).Select(i => SomeDoubles[(i * 3 + 4) % 10])];
        double[][] results = [.. Enumerable.Range(0, 7).Select(_ => new double[count])];
        model.Functions(x, results[0], results[1], results[2], results[3], results[4], results[5], results[6]);
        Assert.Equal([.. x.Select(Math.Sqrt)], results[0]);
        Assert.Equal([.. x.Select(a => 1 / Math.Sqrt(a))], results[1]);
        Assert.Equal([.. x.Select(Math.Abs)], results[2]);
        Assert.Equal([.. x.Select(a => (double)Math.Sign(a))], results[3]);
        Assert.Equal([.. x.Select(Math.Floor)], results[4]);
        Assert.Equal([.. x.Select(a => Math.Max(a, 0))], results[5]);
        Assert.Equal([.. x.Select(a => a * a)], results[6]);
        model.Extrema(x, y, results[0], results[1], results[2]);
        Assert.Equal([.. x.Select((a, i) => Math.Max(a, y[i % 7]))], results[0]);
        Assert.Equal([.. x.Select((a, i) => Math.Min(a, y[i % 7]))], results[1]);
        Assert.Equal([.. x.Select(a => Math.Max(a, 0.1))], results[2]);
    }

    [Fact]
    public void The_larger_and_the_smaller_of_integers_are_exact()
    {
        long[] x = [.. SomeLongs.Take(7)], y = [.. SomeLongs.Skip(3).Take(7)], larger = new long[7], smaller = new long[7];
        int[] atMost = new int[3];
        model.ExtremaOfIntegers(x, y, [16777216, 16777218, -5], larger, smaller, atMost);
        Assert.Equal([.. x.Zip(y, Math.Max)], larger);
        Assert.Equal([.. x.Zip(y, Math.Min)], smaller);
        Assert.Equal([16777216, 16777217, -5], atMost);
    }

    [Fact]
    public void Gradients_of_functions_are_computed_in_double_precision()
    {
        using DoubleFunctions functions = new(seed: 1);
        using var trainer = functions.CreateTrainer(new Sgd { LearningRate = 0 });
        double[] x = [0.3, -1.7, 3.1, 1e8];
        double Loss(int i, double w)
        {
            double wide = w * x[i];
            return Math.Sqrt(wide * wide + 1) + 1 / Math.Sqrt(Math.Abs(wide) + 2) + Math.Max(wide, 0) + Math.Max(wide, 0.25 * x[i]) - Math.Min(wide, 1);
        }
        double expected = Enumerable.Range(0, 4).Sum(i => Loss(i, 0.5));
        Assert.Equal(expected, trainer.Step(x), expected * 1e-6);
        for (int i = 0; i < 4; i++)
        {
            double slope = (Loss(i, 0.5 + 1e-5) - Loss(i, 0.5 - 1e-5)) / 2e-5;
            Assert.Equal(slope, trainer.GradientOf("weight")[i], Math.Abs(slope) * 1e-6);
        }
    }

    [Fact]
    public void Constant_arrays_have_64_bits()
    {
        double[] weighted = new double[3];
        model.Weighted([3, 3, 1], weighted);
        Assert.Equal([3 * 0.1, 3 * 1e-300, 16777217.3], weighted);
        long[] shifted = new long[3];
        model.Shifted([1, 2, 3], shifted);
        Assert.Equal([4294967297, 1, 9007199254740994], shifted);
    }

    [Fact]
    public void Other_types_become_numbers_of_double_precision()
    {
        int[] x = [.. Enumerable.Range(0, 21).Select(i => i * 123456789)];
        float[] y = [.. Enumerable.Range(0, 21).Select(i => (i - 10) * 0.1f)];
        long[] z = [.. Enumerable.Range(0, 21).Select(i => SomeLongs[i % 10])];
        double[] ofInts = new double[21], ofFloats = new double[21], ofLongs = new double[21], ofTruths = new double[21];
        model.ToDoubles(x, y, z, ofInts, ofFloats, ofLongs, ofTruths);
        Assert.Equal([.. x.Select(i => (double)i)], ofInts);
        Assert.Equal([.. y.Select(f => (double)f)], ofFloats);
        Assert.Equal([.. z.Select(l => (double)l)], ofLongs);
        Assert.Equal([.. x.Select(i => i > 3 ? 1.0 : 0)], ofTruths);
    }

    [Fact]
    public void A_gradient_goes_through_double_precision()
    {
        using DoubleDifferences differences = new(seed: 1);
        using var trainer = differences.CreateTrainer(new Sgd { LearningRate = 0 });
        double[] x = [1e9 + 1, 1e9 - 3, 5, 1e12 + 0.5], y = [1e9, 1e9, 4, 1e12];
        bool[] kept = [true, false, true, false];
        double[] scaled = [.. x.Select((a, i) => 0.5 * (a - y[i]) + (kept[i] ? 0.4 : 0))];
        Assert.Equal(scaled.Sum(s => s * s), trainer.Step(x, y, kept), 1e-6);
        for (int i = 0; i < 4; i++)
            Assert.Equal(2 * scaled[i] * (x[i] - y[i] + (kept[i] ? 0.48 : 0)), trainer.GradientOf("weight")[i], 1e-6);
    }

    [Fact]
    public void Other_types_become_integers_of_64_bits()
    {
        int[] x = [.. Enumerable.Range(0, 21).Select(i => i * 123456789)];
        float[] y = [.. Enumerable.Range(0, 21).Select(i => (i - 10) * 1e18f)];
        y[3] = float.MaxValue;
        y[4] = 2.9f;
        y[5] = -2.9f;
        bool[] z = Truths(21, 3);
        long[] ofInts = new long[21], ofFloats = new long[21], ofTruths = new long[21];
        model.ToLongs(x, y, z, ofInts, ofFloats, ofTruths);
        Assert.Equal([.. x.Select(i => (long)i)], ofInts);
        Assert.Equal([.. y.Select(f => (long)f)], ofFloats);
        Assert.Equal([.. z.Select(t => t ? 1L : 0)], ofTruths);
    }

    [Fact]
    public void Tokens_and_labels_of_64_bits_train_as_those_of_32_do()
    {
        using LongLabels wide = new(seed: 3);
        using IntLabels narrow = new(seed: 3);
        using var wideTrainer = wide.CreateTrainer(new Sgd { LearningRate = 0.1f });
        using var narrowTrainer = narrow.CreateTrainer(new Sgd { LearningRate = 0.1f });
        int[] tokens = [3, 0, 7, 11, 3, 5, 1], labels = [2, -100, 11, 0, 4, -100, 9];
        for (int step = 0; step < 3; step++)
            Assert.Equal(narrowTrainer.Step(tokens, labels), wideTrainer.Step([.. tokens.Select(t => (long)t)], [.. labels.Select(t => (long)t)]));
        float[] expected = new float[7 * 8], vectors = new float[7 * 8];
        narrow.Vectors(tokens, expected);
        wide.Vectors([.. tokens.Select(t => (long)t)], vectors);
        Assert.Equal(expected, vectors);
        Assert.Contains("'labels' holds 4294967296", Assert.Throws<ArgumentOutOfRangeException>(() => wideTrainer.Step([1], [1L << 32])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_of_64_bits_number_rows()
    {
        float[] rows = new float[3], next = new float[3];
        model.Looked([0, 3, 2], rows, next);
        Assert.Equal([1, 1, 1], rows);
        Assert.Equal([1, 1, 1], next);
        var fault = Assert.Throws<ArgumentOutOfRangeException>(() => model.Looked([0, (1L << 32) + 1, 2], rows, next));
        Assert.Contains("'at' holds 4294967297 at index 1", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Looked([0, 4, 2], rows, next));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(9)]
    public void Floating_point_numbers_of_8_bits(int rows)
    {
        Float8E4M3[] x = [.. Enumerable.Range(0, rows * 5).Select(i => (Float8E4M3)(i * 0.37f - 2))], part = new Float8E4M3[rows * 2];
        Float8E5M2[] y = [.. Enumerable.Range(0, rows * 3).Select(i => (Float8E5M2)(i * 0.37f - 2))], turned = new Float8E5M2[rows * 3];
        model.Eighths(x, y, part, turned);
        Assert.Equal([.. Enumerable.Range(0, rows * 2).Select(i => x[i / 2 * 5 + 1 + i % 2])], part);
        Assert.Equal([.. Enumerable.Range(0, rows * 3).Select(i => y[i % rows * 3 + i / rows])], turned);
        Float8E4M3[] a = [.. Enumerable.Range(0, rows * 12).Select(i => (Float8E4M3)(i % 7 - 3))], b = [.. Enumerable.Range(0, 96).Select(i => (Float8E4M3)(i % 5 - 2.5f))];
        float[] product = new float[rows * 8];
        model.Product(a, b, product);
        Assert.Equal([.. Enumerable.Range(0, rows * 8).Select(i => Enumerable.Range(0, 12).Sum(k => a[i / 8 * 12 + k] * b[k * 8 + i % 8]))], product);
        x[1] = (Float8E4M3)float.NaN;
        Assert.Contains("index 1", Assert.Throws<ArgumentException>(() => model.Eighths(x, y, part, turned)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Integers_of_8_and_16_bits(int rows)
    {
        byte[] bytes = [.. Enumerable.Range(0, rows * 3).Select(i => (byte)(i * 37 + 200))], part = new byte[rows * 2];
        sbyte[] signed = [.. bytes.Select(b => (sbyte)b)], turned = new sbyte[rows * 3];
        short[] shorts = [.. bytes.Select(b => (short)(b * 257))], next = new short[rows * 3];
        model.Narrow(bytes, signed, shorts, part, turned, next);
        Assert.Equal([.. Enumerable.Range(0, rows * 2).Select(i => bytes[i / 2 * 3 + 1 + i % 2])], part);
        Assert.Equal([.. Enumerable.Range(0, rows * 3).Select(i => signed[i % rows * 3 + i / rows])], turned);
        Assert.Equal([.. shorts.Select(s => (short)(s + 1))], next);
        Assert.Equal(bytes[1], model.Second(bytes.AsSpan(0, 3)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(9)]
    public void Truth_values_that_are_told_from_numbers(int rows)
    {
        float[] x = Numbers.Floats(rows * 5, 1);
        bool[] below = new bool[x.Length];
        model.Below(x, 0.1f, below);
        Assert.Equal([.. x.Select(value => value < 0.1f)], below);
    }

    [Fact]
    public void Truth_values_of_four_axes_and_of_none()
    {
        bool[] a = Truths(36, 1), b = Truths(9, 2), only = new bool[36];
        model.Only(a, b, only);
        Assert.Equal([.. Enumerable.Range(0, 36).Select(i => a[i] && !b[i / 6 % 3 * 3 + i % 3])], only);
        foreach (bool single in new[] { true, false })
        {
            foreach (bool last in new[] { true, false })
                Assert.Equal(single && last, model.Both(single, [.. Truths(16, 3), last]));
        }
    }

    [Fact]
    public void Results_of_several_types_beside_each_other()
    {
        bool[] kept = Truths(15, 4), opposite = new bool[15];
        int[] numbers = [5, -1, int.MaxValue], next = new int[3];
        Half[] halves = Halves(37), same = new Half[37];
        float[] values = new float[15];
        model.Several(kept, numbers, halves, opposite, next, values, same);
        Assert.Equal([.. kept.Select(k => !k)], opposite);
        Assert.Equal([6, 0, int.MinValue], next);
        Assert.Equal([.. Enumerable.Range(0, 15).Select(i => kept[i] ? 1f : numbers[i / 5])], values);
        Assert.Equal(halves, same);
    }

    [Fact]
    public void A_training_step_takes_truth_values_and_halves()
    {
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0 });
        float[] x = Numbers.Floats(20, 5);
        bool[] kept = Truths(20, 6);
        Half[] factor = Halves(5);
        float[] terms = [.. x.Select((value, i) => kept[i] ? value * (float)factor[i % 5] : 0)];
        Assert.Equal(terms.Sum(), trainer.Step(x, kept, factor), 1e-5);
        for (int column = 0; column < 5; column++)
            Assert.Equal(terms.Where((_, i) => i % 5 == column).Sum(), trainer.GradientOf("weight")[column], 1e-5);
    }

    [Fact]
    public void Memory_that_a_result_shares_with_an_input_of_another_type_is_refused()
    {
        byte[] memory = new byte[100];
        int[] numbers = new int[3];
        Assert.Throws<ArgumentException>(() => model.Several(
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, bool>(memory.AsSpan(0, 15)), numbers, Halves(37),
            new bool[15], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(memory.AsSpan(12, 12)), new float[15], new Half[37]));
    }

    [Fact]
    public void What_is_not_finite_is_refused_in_every_format()
    {
        Half[] halves = Halves(15);
        foreach (Half bad in new[] { System.Half.NaN, System.Half.PositiveInfinity, System.Half.NegativeInfinity })
        {
            halves[7] = bad;
            Assert.Contains("'x' holds", Assert.Throws<ArgumentException>(() => model.Turned(halves, new Half[15])).Message, StringComparison.Ordinal);
        }
        halves[7] = System.Half.MinValue;
        model.Turned(halves, new Half[15]);
        BFloat16[] numbers = BFloats(7);
        numbers[6] = (BFloat16)float.NaN;
        Assert.Contains("index 6", Assert.Throws<ArgumentException>(() => model.Part(numbers, new BFloat16[3])).Message, StringComparison.Ordinal);
        numbers[6] = BFloat16.FromBits(0x7F7F);
        model.Part(numbers, new BFloat16[3]);
    }

    [Fact]
    public void A_length_that_does_not_fit_is_refused_by_name() => Assert.Equal(
        "x", Assert.Throws<ArgumentException>(() => model.Turned(Halves(14), new Half[15])).ParamName);
}
