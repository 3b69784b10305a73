using System.IO.MemoryMappedFiles;
using GraphCompiler.Checkpoints;

namespace GraphCompiler;

/// <summary>
/// The tensors of a safetensors file, of the files of an index (<c>model.safetensors.index.json</c>), or of a folder that holds either, by their
/// names. Headers are read and checked when it is opened; values are mapped into memory, and read from the disk where they are looked at.
/// </summary>
/// <remarks>
/// What a tensor hands out lies in the mapped file: it may be used until the reader is disposed, and not while another program shortens the file,
/// at which the operating system ends the process. <see cref="GraphModel.Load"/> does not map, and refuses such a file.
/// </remarks>
public sealed class SafetensorsReader : IDisposable
{
    readonly Dictionary<string, SafetensorsTensor> byName = new(StringComparer.Ordinal);
    readonly List<MappedFile> mapped = [];

    SafetensorsReader(IReadOnlyDictionary<string, string> metadata)
    {
        Metadata = metadata;
    }

    /// <summary>The tensors in the order of their data; those of several files by the names of the files.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors { get; private set; } = [];

    /// <summary>The free-form map of strings; of several files, that of the first.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public SafetensorsTensor this[string name] => TryFind(name, out SafetensorsTensor? tensor)
        ? tensor
        : throw new KeyNotFoundException($"There is no tensor '{SafetensorsHeader.Shown(name)}' among the {Tensors.Count}.");

    /// <summary>Opens a file, an index or a folder.</summary>
    /// <exception cref="SafetensorsException">A file is malformed, or an index is not that of its files.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafetensorsReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using WeightFiles files = WeightFiles.Open(path, static _ => true);
        SafetensorsReader reader = new(files.Metadata);
        try
        {
            List<SafetensorsTensor> tensors = [];
            foreach ((string name, SafetensorsFile file) in files.Files)
            {
                MappedFile map = new(name);
                reader.mapped.Add(map);
                tensors.AddRange(file.Header.Tensors.Select(entry => new SafetensorsTensor(entry, map, file.DataStart + entry.Begin)));
            }
            foreach (SafetensorsTensor tensor in tensors)
                reader.byName.Add(tensor.Name, tensor);
            reader.Tensors = tensors;
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Finds the tensor of a name.</summary>
    public bool TryFind(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SafetensorsTensor? tensor)
        => byName.TryGetValue(name, out tensor);

    /// <summary>Ends the mapping; nothing that the tensors handed out may be used any more.</summary>
    public void Dispose()
    {
        foreach (MappedFile file in mapped)
            file.Dispose();
    }
}

/// <summary>A tensor of a <see cref="SafetensorsReader"/>.</summary>
public sealed unsafe class SafetensorsTensor
{
    readonly MappedFile file;
    readonly long start;

    internal SafetensorsTensor(TensorEntry entry, MappedFile file, long start)
    {
        this.file = file;
        this.start = start;
        Name = entry.Name;
        DataType = entry.DataType;
        Shape = Array.AsReadOnly(entry.Shape);
        ByteCount = entry.Bytes;
        Count = entry.Shape.Aggregate(1L, (count, length) => count * length);
        if (start + ByteCount > file.Length)
            throw new SafetensorsException($"the file became shorter: '{SafetensorsHeader.Shown(Name)}' ends at byte {start + ByteCount} of {file.Length}");
    }

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>Its element type in the file.</summary>
    public SafetensorsDataType DataType { get; }

    /// <summary>The lengths of its axes; none for a single number.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many elements it has.</summary>
    public long Count { get; }

    /// <summary>How many bytes they take.</summary>
    public long ByteCount { get; }

    /// <summary>Bytes as they lie in the file, little-endian.</summary>
    /// <param name="offset">The first of them.</param>
    /// <param name="count">How many; a span ends at 2^31, so a larger tensor is read in parts.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all the tensor's.</exception>
    /// <exception cref="ObjectDisposedException">The reader is disposed.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteCount - count);
        return new ReadOnlySpan<byte>(file.Pointer + start + offset, count);
    }

    /// <summary>All elements as they lie in the file, as the type of .NET's that lies in memory alike.</summary>
    /// <typeparam name="T">float for F32, Half for F16, BFloat16 for BF16, int for I32, …; ushort also for BF16, and byte for every type of eight bits.</typeparam>
    /// <exception cref="InvalidOperationException">The tensor is of another type, or too large for a span.</exception>
    /// <exception cref="ObjectDisposedException">The reader is disposed.</exception>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged
    {
        bool isBits = (DataType == SafetensorsDataType.BF16 && typeof(T) == typeof(ushort)) || (DataType.Bits() == 8 && typeof(T) == typeof(byte));
        // A byte that is neither 0 nor 1 would be a bool that C# does not know.
        if (!isBits && (typeof(T) == typeof(bool) || DataTypeTable.Find(typeof(T)) != DataType))
            throw new InvalidOperationException($"Tensor '{SafetensorsHeader.Shown(Name)}' is {DataType.Name()}, and not of {typeof(T).Name}.");
        if (Count > int.MaxValue)
            throw new InvalidOperationException(
                $"Tensor '{SafetensorsHeader.Shown(Name)}' has {Count} elements, more than a span can have; {nameof(Bytes)} and {nameof(Read)} give parts.");
        return new ReadOnlySpan<T>(file.Pointer + start, (int)Count);
    }

    /// <summary>Reads elements as the nearest floats.</summary>
    /// <param name="destination">Receives as many elements as it has room for.</param>
    /// <param name="first">The first of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">They are not all the tensor's.</exception>
    /// <exception cref="InvalidOperationException">The tensor's elements are no numbers of bytes of their own: C64, and floats of six or four bits.</exception>
    /// <exception cref="ObjectDisposedException">The reader is disposed.</exception>
    public void Read(Span<float> destination, long first = 0)
    {
        if (!TensorConversion.IsReadable(DataType))
            throw new InvalidOperationException($"Tensor '{SafetensorsHeader.Shown(Name)}' is {DataType.Name()}, whose elements are not read as floats.");
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, Count - destination.Length);
        int elementBytes = DataType.Bits() / 8;
        const int most = 1 << 26;
        for (int done = 0; done < destination.Length; done += most)
        {
            Span<float> part = destination.Slice(done, Math.Min(most, destination.Length - done));
            TensorConversion.ToFloats(DataType, Bytes((first + done) * elementBytes, part.Length * elementBytes), part);
        }
    }

    /// <summary>All elements as the nearest floats.</summary>
    /// <exception cref="InvalidOperationException">The tensor's elements are no numbers of bytes of their own, or too many for an array.</exception>
    /// <exception cref="ObjectDisposedException">The reader is disposed.</exception>
    public float[] ToArray()
    {
        if (Count > Array.MaxLength)
            throw new InvalidOperationException($"Tensor '{SafetensorsHeader.Shown(Name)}' has {Count} elements, more than an array can have.");
        float[] values = new float[(int)Count];
        Read(values);
        return values;
    }

    /// <summary>"weight: BF16 [3, 4]".</summary>
    public override string ToString() => $"{Name}: {DataType.Name()} [{string.Join(", ", Shape)}]";
}

/// <summary>A whole file, mapped to be read.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;
    byte* pointer;

    public MappedFile(string path)
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        pointer += view.PointerOffset;
        Length = view.Capacity;
    }

    /// <summary>The length of what is mapped, whole pages.</summary>
    public long Length { get; }

    /// <exception cref="ObjectDisposedException">The mapping has ended.</exception>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(pointer == null, typeof(SafetensorsReader));
            return pointer;
        }
    }

    public void Dispose()
    {
        if (pointer == null)
            return;
        pointer = null;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }
}
