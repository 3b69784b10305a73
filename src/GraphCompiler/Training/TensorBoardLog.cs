using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace GraphCompiler;

/// <summary>
/// Writes an event file that TensorBoard shows. As <see cref="FitOptions.Progress"/> it notes the loss and the learning rate of each step, and the metrics of each
/// validation; its methods note anything else. A scalar allocates nothing. It is not for several threads at once.
/// </summary>
public sealed class TensorBoardLog : IProgress<TrainingProgress>, IDisposable
{
    const int Buckets = 30;

    readonly FileStream file;
    readonly ProtobufMessage outer = new(), summary = new(), value = new(), part = new(), inner = new();
    readonly double[] limits = new double[Buckets], counts = new double[Buckets];
    readonly Dictionary<string, string> validationTags = new(StringComparer.Ordinal);
    readonly byte[] frame = new byte[sizeof(ulong) + sizeof(uint)];
    long? lastStep;
    ValidationResult? lastValidation;

    /// <summary>Begins a file of its own in a folder.</summary>
    /// <param name="folder">The folder of the run; made if it is not there.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public TensorBoardLog(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        string name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.{Guid.NewGuid():N}");
        Path = System.IO.Path.Combine(folder, name);
        file = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        WriteRecord(Event(0).Field(3, "brain.Event:2").Written);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Notes a number.</summary>
    /// <param name="tag">Its name; what stands before a slash is its group.</param>
    /// <param name="number">The number.</param>
    /// <param name="step">The step.</param>
    public void Scalar(string tag, float number, long step) => Write(step, value.Clear().Field(1, tag).Field(2, number));

    /// <summary>Notes how numbers are distributed: how many lie in each of 30 equal parts of their range. What is not finite does not count.</summary>
    /// <param name="tag">The name.</param>
    /// <param name="numbers">The numbers.</param>
    /// <param name="step">The step.</param>
    public void Histogram(string tag, ReadOnlySpan<float> numbers, long step)
    {
        double least = double.PositiveInfinity, most = double.NegativeInfinity, sum = 0, squares = 0;
        long count = 0;
        foreach (float number in numbers)
        {
            if (!float.IsFinite(number))
                continue;
            (least, most) = (Math.Min(least, number), Math.Max(most, number));
            (sum, squares, count) = (sum + number, squares + (double)number * number, count + 1);
        }
        if (count == 0)
            (least, most) = (0, 0);
        double width = (most - least) / Buckets;
        for (int i = 0; i < Buckets; i++)
            (limits[i], counts[i]) = (i == Buckets - 1 ? most : least + (i + 1) * width, 0);
        foreach (float number in numbers)
        {
            if (float.IsFinite(number))
                counts[width > 0 ? Math.Min((int)((number - least) / width), Buckets - 1) : Buckets - 1]++;
        }
        part.Clear().Field(1, least).Field(2, most).Field(3, (double)count).Field(4, sum).Field(5, squares).Field(6, limits).Field(7, counts);
        Write(step, value.Clear().Field(1, tag).Field(5, part));
    }

    /// <summary>Notes a text, which TensorBoard shows as Markdown.</summary>
    /// <param name="tag">The name.</param>
    /// <param name="text">The text.</param>
    /// <param name="step">The step.</param>
    public void Text(string tag, string text, long step)
    {
        const long stringType = 7;
        value.Clear().Field(1, tag);
        part.Clear().Field(1, inner.Clear().Field(1, "text"));
        value.Field(9, part);
        // A tensor of strings of the shape [1].
        outer.Clear().Field(1, 1L);
        inner.Clear().Field(2, outer);
        part.Clear().Field(1, stringType).Field(2, inner).Field(8, text);
        Write(step, value.Field(8, part));
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (value.Step != lastStep)
        {
            lastStep = value.Step;
            Scalar("training/loss", value.Loss, value.Step);
            Scalar("training/learning rate", (float)value.LearningRate, value.Step);
        }
        if (value.Validation is not { } validation || validation == lastValidation)
            return;
        lastValidation = validation;
        foreach (MetricValue metric in validation.Values)
        {
            if (!validationTags.TryGetValue(metric.Name, out string? tag))
                validationTags.Add(metric.Name, tag = "validation/" + metric.Name);
            Scalar(tag, (float)metric.Value, validation.Step);
        }
        Flush();
    }

    /// <summary>Makes what was noted visible to readers of the file.</summary>
    public void Flush() => file.Flush();

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    ProtobufMessage Event(long step) => outer.Clear().Field(1, (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds).Field(2, step);

    void Write(long step, ProtobufMessage ofSummary) => WriteRecord(Event(step).Field(5, summary.Clear().Field(1, ofSummary)).Written);

    /// <summary>A record of a TFRecord file: its length, a checksum of that, the bytes, and a checksum of these.</summary>
    void WriteRecord(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(frame, (ulong)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(sizeof(ulong)), Checksum(frame.AsSpan(0, sizeof(ulong))));
        file.Write(frame);
        file.Write(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Checksum(bytes));
        file.Write(frame.AsSpan(0, sizeof(uint)));
    }

    /// <summary>CRC-32C, masked as TFRecord files have it.</summary>
    static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        foreach (byte next in bytes)
            checksum = BitOperations.Crc32C(checksum, next);
        return BitOperations.RotateRight(~checksum, 15) + 0xa282ead8;
    }
}
