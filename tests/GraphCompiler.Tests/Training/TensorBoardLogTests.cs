using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;

namespace GraphCompiler.Tests.Training;

/// <summary>Event files are read back record by record, with Google's decoder of Protocol Buffers.</summary>
public sealed class TensorBoardLogTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The fields of a message, by number.</summary>
    static ILookup<int, object> Fields(byte[] message)
    {
        var input = new CodedInputStream(message);
        List<(int Number, object Value)> fields = [];
        while (input.ReadTag() is var tag and not 0)
        {
            fields.Add((WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadInt64(),
                WireFormat.WireType.Fixed64 => input.ReadDouble(),
                WireFormat.WireType.Fixed32 => input.ReadFloat(),
                _ => input.ReadBytes().ToByteArray(),
            }));
        }
        return fields.ToLookup(field => field.Number, field => field.Value);
    }

    static ILookup<int, object> Message(ILookup<int, object> of, int number) => Fields((byte[])of[number].Single());

    static string Text(ILookup<int, object> of, int number) => Encoding.UTF8.GetString((byte[])of[number].Single());

    static double[] Doubles(ILookup<int, object> of, int number) => [.. ((byte[])of[number].Single()).Chunk(8).Select(bytes => BitConverter.ToDouble(bytes))];

    /// <summary>CRC-32C as its definition has it, a bit at a time, then masked.</summary>
    static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint remainder = uint.MaxValue;
        foreach (byte next in bytes)
        {
            remainder ^= next;
            for (int bit = 0; bit < 8; bit++)
                remainder = (remainder & 1) != 0 ? remainder >> 1 ^ 0x82f63b78 : remainder >> 1;
        }
        remainder = ~remainder;
        return (remainder >> 15 | remainder << 17) + 0xa282ead8;
    }

    static List<ILookup<int, object>> Events(string path)
    {
        List<ILookup<int, object>> events = [];
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        while (!rest.IsEmpty)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(rest);
            Assert.Equal(Checksum(rest[..8]), BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]));
            ReadOnlySpan<byte> message = rest.Slice(12, length);
            Assert.Equal(Checksum(message), BinaryPrimitives.ReadUInt32LittleEndian(rest[(12 + length)..]));
            events.Add(Fields(message.ToArray()));
            rest = rest[(16 + length)..];
        }
        Assert.Equal("brain.Event:2", Text(events[0], 3));
        return events[1..];
    }

    /// <summary>The values of a file, each with its step.</summary>
    static List<(long Step, ILookup<int, object> Value)> Values(string path)
        => [.. Events(path).Select(each => ((long)each[2].Single(), Message(Message(each, 5), 1)))];

    [Fact]
    public void Scalars_histograms_and_texts_are_read_back()
    {
        string path;
        string text = new('ü', 400);
        using (var log = new TensorBoardLog(folder.File("run")))
        {
            path = log.Path;
            log.Scalar("a/b", 1.5f, 300);
            log.Histogram("weights", [-1, 2, 2, float.NaN, 0.5f], 7);
            log.Histogram("equal", [3, 3], 8);
            log.Text("note", text, 9);
        }
        var values = Values(path);
        Assert.Equal([300, 7, 8, 9], values.Select(value => value.Step));
        Assert.Equal(["a/b", "weights", "equal", "note"], values.Select(value => Text(value.Value, 1)));
        Assert.Equal(1.5f, values[0].Value[2].Single());

        var histogram = Message(values[1].Value, 5);
        Assert.Equal([-1.0, 2.0, 4.0, 3.5, 9.25], Enumerable.Range(1, 5).Select(number => (double)histogram[number].Single()));
        double[] limits = Doubles(histogram, 6), counts = Doubles(histogram, 7);
        Assert.Equal((30, 2.0), (limits.Length, limits[^1]));
        Assert.Equal((1.0, 1.0, 2.0, 4.0), (counts[0], counts[15], counts[^1], counts.Sum()));
        Assert.Equal(2, Doubles(Message(values[2].Value, 5), 7).Sum());

        Assert.Equal("text", Text(Message(Message(values[3].Value, 9), 1), 1));
        Assert.Equal((7L, text), (Message(values[3].Value, 8)[1].Single(), Text(Message(values[3].Value, 8), 8)));
    }

    [Fact]
    public void A_fit_notes_each_step_and_each_validation_once()
    {
        using var model = new TestModel(TestModel.LayoutOf(("weight", [3, 40]), ("bias", [3])), seed: 1);
        using var trainer = model.TrainRegression(new AdamW { LearningRate = 0.01 });
        List<float> losses = [];
        string path;
        using (var log = new TensorBoardLog(folder.File("run")))
        {
            path = log.Path;
            var options = new FitOptions { Steps = 4, ValidationInterval = 2, Metrics = [new ComputedMetric("given", () => trainer.StepCount)], Progress = log };
            trainer.Fit(TrainingData.Of([new float[8]]), batch =>
            {
                losses.Add(trainer.Step(batch));
                return losses[^1];
            }, options);
        }
        var values = Values(path);
        Assert.Equal(losses, values.Where(value => Text(value.Value, 1) == "training/loss").Select(value => (float)value.Value[2].Single()));
        Assert.Equal(
            [(2L, 2f), (4, 4)], values.Where(value => Text(value.Value, 1) == "validation/given").Select(value => (value.Step, (float)value.Value[2].Single())));
        Assert.Equal(10, values.Count);
    }

    [Fact]
    public void A_scalar_allocates_nothing()
    {
        using var log = new TensorBoardLog(folder.File("run"));
        log.Scalar("loss", 1, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 1; step <= 1000; step++)
            log.Scalar("loss", step, step);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
