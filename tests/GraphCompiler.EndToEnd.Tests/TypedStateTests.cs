using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>States of models and of sessions of any type lie in memory and in files as their type, and are updated in it.</summary>
public sealed class TypedStateTests : IDisposable
{
    const int Rows = 3, Width = TypedStates.Width;

    readonly TemporaryFolder folder = new();
    readonly TypedStates model = new(7);
    readonly float[] x = Numbers.Floats(Rows * Width, 3);

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    static Span<T> Of<T>(GraphModel model, string name)
        where T : unmanaged => model.States.Single(state => state.Name == name).ValuesAs<T>();

    [Fact]
    public void Training_steps_update_them_in_their_type()
    {
        // A float has no number between these.
        const long large = (1L << 40) + 1;
        Of<long>(model, "seen")[0] = large;
        float[] column = [.. Enumerable.Range(0, Width).Select(c => (x[c] + x[Width + c] + x[2 * Width + c]) / Rows)];
        float[] largest = [.. Enumerable.Range(0, Width).Select(c => Math.Max(x[c], Math.Max(x[Width + c], x[2 * Width + c])))];
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.1 });
        trainer.Step(x, [0, 1, 2]);
        Assert.Equal(large + Rows, Of<long>(model, "seen")[0]);
        for (int c = 0; c < Width; c++)
            Assert.Equal(0.5f * ((float)(BFloat16)0.1f + column[c]), (float)Of<BFloat16>(model, "mean")[c], 0.004f);
        Assert.Equal([.. largest.Select(value => (Float8E4M3)value)], Of<Float8E4M3>(model, "largest").ToArray());
        Assert.Equal([.. largest.Select(value => value > 0.5f)], Of<bool>(model, "wasLarge").ToArray());

        float[] centred = new float[x.Length];
        long[] seen = new long[1];
        model.Look(x, seen, centred);
        Assert.Equal(large + Rows, seen[0]);
        Assert.Equal([.. x.Select((value, i) => value - (float)Of<BFloat16>(model, "mean")[i % Width])], centred);
    }

    [Fact]
    public void Files_and_checkpoints_have_them_in_their_type()
    {
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.1 }, new TrainerOptions { AccumulationSteps = 2 });
        trainer.Step(x, [0, 1, 2]);
        model.Save(folder.File("model"), new SaveOptions { DataType = SafetensorsDataType.F16 });
        trainer.SaveCheckpoint(folder.File("checkpoint"));
        Assert.Equal(
            [("largest", "F8_E4M3"), ("mean", "BF16"), ("output.bias", "F16"), ("output.weight", "F16"), ("seen", "I64"), ("wasLarge", "BOOL")],
            SafetensorsTypes.In(folder.File("model")).Order());
        using TypedStates loaded = new(8), resumed = new(8);
        loaded.Load(folder.File("model"));
        AssertSame(loaded);

        // Within an update, the file also has what the states were before it.
        using var itsTrainer = resumed.CreateTrainer(new Sgd { LearningRate = 0.1 }, new TrainerOptions { AccumulationSteps = 2 });
        itsTrainer.LoadCheckpoint(folder.File("checkpoint"));
        AssertSame(resumed);
        x[0] = float.NaN;
        trainer.Step(x, [0, 1, 2]);
        itsTrainer.Step(x, [0, 1, 2]);
        Assert.Equal(1, itsTrainer.SkippedUpdates);
        Assert.Equal(3, Of<long>(resumed, "seen")[0]);
        AssertSame(resumed);
    }

    void AssertSame(TypedStates other)
    {
        Assert.Equal(Of<long>(model, "seen").ToArray(), Of<long>(other, "seen").ToArray());
        Assert.Equal(Of<BFloat16>(model, "mean").ToArray(), Of<BFloat16>(other, "mean").ToArray());
        Assert.Equal(Of<Float8E4M3>(model, "largest").ToArray(), Of<Float8E4M3>(other, "largest").ToArray());
        Assert.Equal(Of<bool>(model, "wasLarge").ToArray(), Of<bool>(other, "wasLarge").ToArray());
    }

    [Fact]
    public void Sessions_keep_and_reset_them()
    {
        using var session = model.CreateSession();
        float[] rows = Numbers.Floats(2 * 2 * Width, 5);
        var (first, _, _, _, _) = Keep(session, rows, 0, 0);
        Assert.Equal(Enumerable.Range(0, 2 * Width).Select(i => (Half)rows[i]), first[..(2 * Width)]);
        var (kept, count, steps, isSet, _) = Keep(session, rows, 3, 1e9);
        for (int head = 0; head < 2; head++)
        {
            var of = kept.AsSpan(head * TypedStates.Places * Width, TypedStates.Places * Width);
            Assert.Equal([.. rows.AsSpan(head * 2 * Width, 2 * Width).ToArray().Select(value => (Half)value)], of.Slice(3 * Width, 2 * Width).ToArray());
            Assert.Equal(first.AsSpan((head * TypedStates.Places + 5) * Width, Width).ToArray(), of[(5 * Width)..].ToArray());
        }
        Assert.Equal((4L, sbyte.MinValue), (count, steps[2]));
        Assert.Equal([true, true, false, true, true, false], isSet);
        Assert.Equal(1e9 + 1e-3, Keep(session, rows, 0, 1e-3).Sum);

        session.Reset();
        Assert.Equal(first, Keep(session, rows, 0, 0).Kept);
        Assert.Throws<ArgumentOutOfRangeException>(() => Keep(session, rows, 5, 0));
    }

    static (Half[] Kept, long Count, sbyte[] Steps, bool[] IsSet, double Sum) Keep(TypedStates.Session session, float[] rows, int position, double term)
    {
        Half[] kept = new Half[2 * TypedStates.Places * Width];
        long[] count = new long[1];
        sbyte[] steps = new sbyte[3];
        bool[] isSet = new bool[TypedStates.Places];
        double[] sum = new double[1];
        session.Keep(rows, position, term, kept, count, steps, isSet, sum);
        return (kept, count[0], steps, isSet, sum[0]);
    }

    /// <summary>In lines of 64 bytes: keys 3 of 96 halves, and one each of the others.</summary>
    [Fact]
    public void They_take_the_memory_of_their_type() =>
        Assert.Equal((4 * 64, (3 + 4) * 64), (model.MemoryReport.StateBytes, model.MemoryReport.SessionBytes));
}
