using System.Runtime.InteropServices;
using GraphCompiler.Checkpoints;

namespace GraphCompiler;

/// <summary>
/// Writes tensors of any kind to a safetensors file: <see cref="Add{T}(string, ReadOnlySpan{int}, ReadOnlyMemory{T})"/> them, then <see cref="Save"/>. The values are read when the file is
/// saved. Those of the largest elements come first in the file, so that all lie at multiples of their size.
/// </summary>
public sealed class SafetensorsWriter
{
    readonly List<TensorToWrite> tensors = [];
    readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>The free-form map of strings. <c>format: pt</c> says that the tensors lie as PyTorch's do, which its loaders ask for.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" };

    /// <summary>Adds a tensor in the type that its values have.</summary>
    /// <typeparam name="T">double, float, Half, BFloat16, Float8E4M3, Float8E5M2, bool, or an integer of 8, 16, 32 or 64 bits.</typeparam>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">The lengths of its axes; none for a single number.</param>
    /// <param name="values">Its elements, the last axis fastest.</param>
    /// <exception cref="ArgumentException">The name is taken, the values are not as many as the shape has, or T is another type.</exception>
    public void Add<T>(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<T> values)
        where T : unmanaged
    {
        SafetensorsDataType type = DataTypeTable.Find(typeof(T))
            ?? throw new ArgumentException($"A safetensors file has no tensors of {typeof(T).Name}.", nameof(values));
        Add(name, shape, values.Length, type, (position, destination) =>
            MemoryMarshal.AsBytes(values.Span).Slice((int)position, destination.Length).CopyTo(destination));
    }

    /// <inheritdoc cref="Add{T}(string, ReadOnlySpan{int}, ReadOnlyMemory{T})"/>
    public void Add<T>(string name, ReadOnlySpan<int> shape, T[] values)
        where T : unmanaged => Add(name, shape, new ReadOnlyMemory<T>(values));

    /// <summary>Adds a tensor of floats as another type, each number as the nearest, ties to even.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="shape">The lengths of its axes; none for a single number.</param>
    /// <param name="values">Its elements, the last axis fastest.</param>
    /// <param name="dataType">F32, F16, BF16, F8E4M3 or F8E5M2.</param>
    /// <exception cref="ArgumentException">The name is taken, or the values are not as many as the shape has.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is another type.</exception>
    public void Add(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<float> values, SafetensorsDataType dataType)
    {
        if (!TensorConversion.IsWritable(dataType))
            throw new ArgumentOutOfRangeException(nameof(dataType), dataType, "Floats are written as F32, F16, BF16, F8_E4M3 or F8_E5M2.");
        int elementBytes = dataType.Bits() / 8;
        Add(name, shape, values.Length, dataType, (position, destination) => TensorConversion.FromFloats(
            name, dataType, values.Span.Slice((int)(position / elementBytes), destination.Length / elementBytes), destination));
    }

    void Add(string name, ReadOnlySpan<int> shape, int length, SafetensorsDataType type, TensorBytes fill)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        long count = 1;
        foreach (int axis in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(axis, nameof(shape));
            count = checked(count * axis);
        }
        if (count != length)
            throw new ArgumentException($"'{name}' has {length} values; the shape [{string.Join(", ", shape.ToArray())}] has {count}.", nameof(shape));
        if (name == SafetensorsHeader.MetadataKey || !names.Add(name))
            throw new ArgumentException($"'{name}' is taken.", nameof(name));
        tensors.Add(new TensorToWrite(name, type, shape.ToArray(), count * (type.Bits() / 8), fill));
    }

    /// <summary>Writes the file, as a whole or not at all.</summary>
    /// <exception cref="OverflowException">A number is beyond the range of the type that it is to be written in; nothing is written.</exception>
    /// <exception cref="IOException">The file cannot be written, or the path is that of a directory or of a pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder may not be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafetensorsOutput.Write(path, Metadata.AsReadOnly(), [.. tensors.OrderByDescending(tensor => tensor.DataType.Bits())]);
    }
}
