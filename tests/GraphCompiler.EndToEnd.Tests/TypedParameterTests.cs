using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Parameters of any type lie in memory and in files as their type, are computed with as inputs of it are, and are not trained.</summary>
public sealed class TypedParameterTests : IDisposable
{
    const int Rows = 3;

    readonly TemporaryFolder folder = new();
    readonly TypedParameters model = new(7);

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    static Span<T> Of<T>(GraphModel model, string name)
        where T : unmanaged => model.Parameters.Single(parameter => parameter.Name == name).ValuesAs<T>();

    [Fact]
    public void First_values_are_those_of_floats_rounded()
    {
        using FloatParameters floats = new(7);
        Assert.Equal([.. floats.Values("features").ToArray().Select(value => (BFloat16)value)], Of<BFloat16>(model, "features").ToArray());
        Assert.Equal([.. Enumerable.Repeat((Float8E4M3)1.5f, 8)], Of<Float8E4M3>(model, "scale").ToArray());
        Assert.Equal([.. Enumerable.Repeat(true, 8)], Of<bool>(model, "isUsed").ToArray());
        Assert.Equal([.. Enumerable.Repeat((sbyte)-2, 15)], Of<sbyte>(model, "shifts").ToArray());
        Assert.Equal(5, Of<long>(model, "step")[0]);
    }

    [Fact]
    public void Methods_compute_with_them()
    {
        // Whole numbers, whose products and sums are exact.
        for (int i = 0; i < 96; i++)
            Of<BFloat16>(model, "features")[i] = (BFloat16)(i % 7 - 3);
        Of<bool>(model, "isUsed")[2] = false;
        float[] x = [.. Enumerable.Range(0, Rows * 12).Select(i => (float)(i % 5 - 2))], result = new float[Rows * 8];
        model.Features(x, result);
        Assert.Equal(
            [.. Enumerable.Range(0, Rows * 8).Select(i => i % 8 == 2 ? 0 : 1.5f * Enumerable.Range(0, 12).Sum(k => x[i / 8 * 12 + k] * ((k * 8 + i % 8) % 7 - 3)))],
            result);

        long large = 1L << 40;
        Of<long>(model, "step")[0] = large;
        for (int i = 0; i < 15; i++)
            Of<sbyte>(model, "shifts")[i] = (sbyte)(17 * i - 128);
        int[] numbers = [.. Enumerable.Range(0, 15)], shifted = new int[15];
        long[] sum = new long[15];
        sbyte[] rows = new sbyte[10];
        BFloat16[] same = new BFloat16[96];
        model.Moved(numbers, sum, shifted, rows, same);
        Assert.Equal([.. numbers.Select(i => large + 2 * i)], sum);
        Assert.Equal([.. numbers.Select(i => i + 17 * i - 128)], shifted);
        Assert.Equal([.. numbers.Skip(5).Select(i => (sbyte)(17 * i - 128))], rows);
        Assert.Equal(Of<BFloat16>(model, "features").ToArray(), same);
    }

    [Fact]
    public void They_take_the_memory_of_their_type_and_are_not_trained()
    {
        // In lines of 64 bytes: output.weight 2, output.bias 1; features 3, scale, isUsed, shifts and step 1 each.
        Assert.Equal((10 * 64, 3 * 64), (model.MemoryReport.ParameterBytes, model.MemoryReport.GradientBytes));
        Assert.Equal(["output.weight", "output.bias"], model.Parameters.Where(parameter => !parameter.IsFrozen).Select(parameter => parameter.Name));
        BFloat16[] before = Of<BFloat16>(model, "features").ToArray();
        float[] learned = model.Values("output.weight").ToArray(), x = Numbers.Floats(Rows * 12, 3);
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 0.1, WeightDecay = 0.1 });
        float first = trainer.Step(x, [0, 1, 2]);
        for (int i = 0; i < 5; i++)
            trainer.Step(x, [0, 1, 2]);
        Assert.True(trainer.LastLoss < first);
        Assert.Equal(before, Of<BFloat16>(model, "features").ToArray());
        Assert.Equal(5, Of<long>(model, "step")[0]);
        Assert.NotEqual(learned, model.Values("output.weight").ToArray());
        Assert.Throws<ArgumentException>("name", () => trainer.GradientOf("features"));
    }

    [Fact]
    public void Files_and_checkpoints_have_them_in_their_type()
    {
        Of<bool>(model, "isUsed")[5] = false;
        Of<sbyte>(model, "shifts")[4] = -128;
        Of<long>(model, "step")[0] = long.MaxValue;
        using var trainer = model.CreateTrainer(new Sgd());
        model.Save(folder.File("model"), new SaveOptions { DataType = SafetensorsDataType.F16 });
        trainer.SaveCheckpoint(folder.File("checkpoint"));
        Assert.Equal(
            [("features", "BF16"), ("isUsed", "BOOL"), ("output.bias", "F16"), ("output.weight", "F16"), ("scale", "F8_E4M3"), ("shifts", "I8"), ("step", "I64")],
            SafetensorsTypes.In(folder.File("model")).Order());
        using (TypedParameters other = new(8))
        {
            other.Load(folder.File("model"));
            AssertSame(other);
        }
        using (TypedParameters other = new(8))
        {
            using var itsTrainer = other.CreateTrainer(new Sgd());
            itsTrainer.LoadCheckpoint(folder.File("checkpoint"));
            AssertSame(other);
        }
    }

    void AssertSame(TypedParameters other)
    {
        Assert.Equal(Of<BFloat16>(model, "features").ToArray(), Of<BFloat16>(other, "features").ToArray());
        Assert.Equal(Of<Float8E4M3>(model, "scale").ToArray(), Of<Float8E4M3>(other, "scale").ToArray());
        Assert.Equal(Of<bool>(model, "isUsed").ToArray(), Of<bool>(other, "isUsed").ToArray());
        Assert.Equal(Of<sbyte>(model, "shifts").ToArray(), Of<sbyte>(other, "shifts").ToArray());
        Assert.Equal(Of<long>(model, "step").ToArray(), Of<long>(other, "step").ToArray());
    }

    /// <summary>Every floating-point type becomes every other; doubles keep all that was in the file.</summary>
    [Theory]
    [InlineData(SafetensorsDataType.F32)]
    [InlineData(SafetensorsDataType.F16)]
    [InlineData(SafetensorsDataType.BF16)]
    [InlineData(SafetensorsDataType.F64)]
    public void Files_of_floats_are_read_into_every_floating_point_type(SafetensorsDataType type)
    {
        // What has 3 bits of mantissa is exact in all of them.
        float[] numbers = [0.5f, -1.75f, 3, -0.0625f];
        SafetensorsWriter file = new();
        foreach (string name in (string[])["wide", "whole", "half", "brain", "eighth"])
        {
            if (type == SafetensorsDataType.F64)
                file.Add(name, [4], Array.ConvertAll(numbers, number => name == "wide" ? number + 1e-12 : number));
            else
                file.Add(name, [4], numbers, type);
        }
        file.Save(folder.File("floats"));
        using FloatingPointParameters floats = new(1);
        Assert.True(floats.Load(folder.File("floats")).IsComplete);
        Assert.Equal([.. numbers.Select(number => type == SafetensorsDataType.F64 ? number + 1e-12 : number)], Of<double>(floats, "wide").ToArray());
        Assert.Equal(numbers, floats.Values("whole").ToArray());
        Assert.Equal([.. numbers.Select(number => (Half)number)], Of<Half>(floats, "half").ToArray());
        Assert.Equal([.. numbers.Select(number => (BFloat16)number)], Of<BFloat16>(floats, "brain").ToArray());
        Assert.Equal([.. numbers.Select(number => (Float8E4M3)number)], Of<Float8E4M3>(floats, "eighth").ToArray());
    }

    [Fact]
    public void Floats_of_a_file_are_rounded_to_the_type_and_what_it_has_not_is_refused()
    {
        using FloatParameters floats = new(9);
        LoadOptions some = new() { Strict = false };
        floats.Save(folder.File("floats"));
        LoadReport report = model.Load(folder.File("floats"), some);
        Assert.Equal(["features", "scale", "output.weight", "output.bias"], report.Loaded);
        Assert.Equal([.. floats.Values("features").ToArray().Select(value => (BFloat16)value)], Of<BFloat16>(model, "features").ToArray());

        floats.Values("scale")[3] = 500;
        floats.Save(folder.File("large"));
        var tooLarge = Assert.Throws<SafetensorsException>(() => model.Load(folder.File("large"), some));
        Assert.EndsWith("tensor 'scale' has 500, which is beyond the range of the model's F8_E4M3.", tooLarge.Message, StringComparison.Ordinal);

        var rename = new LoadOptions { Strict = true, IgnoreOthers = true, Rename = name => name == "shifts" ? "features" : name };
        var otherType = Assert.Throws<SafetensorsException>(() => model.Load(folder.File("floats"), rename));
        Assert.Contains("tensor 'features' is F32 [12, 8]; the model needs I8", otherType.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_given_in_their_own_type_alone()
    {
        var features = model.Parameters.Single(parameter => parameter.Name == "features");
        Assert.Equal(SafetensorsDataType.BF16, features.DataType);
        Assert.Throws<InvalidOperationException>(() => features.Values.Length);
        Assert.Throws<InvalidOperationException>(() => features.ValuesAs<Half>().Length);
    }
}
