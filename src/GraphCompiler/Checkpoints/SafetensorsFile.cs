using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace GraphCompiler.Checkpoints;

/// <summary>
/// Reads and writes safetensors files: eight bytes with the length of the header, little-endian; the header, JSON padded
/// with spaces so that the data begins at a multiple of eight; the data of all tensors, one after the other.
/// The format's source: the repository of huggingface/safetensors.
/// </summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>Spans end at 2^31; reads and writes of larger tensors go in pieces.</summary>
    const int LongestTransfer = 1 << 28;

    readonly SafeFileHandle handle;
    readonly long dataStart;

    SafetensorsFile(SafeFileHandle handle, long dataStart, SafetensorsHeader header)
    {
        this.handle = handle;
        this.dataStart = dataStart;
        Header = header;
    }

    /// <summary>What the file says it holds.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>Opens a file and checks its header against its length.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isWanted">Which tensors are going to be read; of others the header keeps no shape.</param>
    /// <exception cref="SafetensorsException">The file is malformed.</exception>
    public static SafetensorsFile Open(string path, Predicate<string> isWanted)
    {
        SafeFileHandle handle = RegularFile.OpenForReading(path, out long length)
            ?? throw InFile(path, new SafetensorsException(RegularFile.NothingToRead));
        try
        {
            Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
            ReadExactly(handle, prefix, 0);

            ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
            if (headerLength > SafetensorsHeader.LongestHeader)
                throw new SafetensorsException($"the header's length, {headerLength}, is over the cap of {SafetensorsHeader.LongestHeader} bytes");
            long dataStart = SafetensorsHeader.PrefixLength + (long)headerLength;
            if (dataStart > length)
                throw new SafetensorsException($"the header is truncated: it needs {headerLength} bytes, {length - SafetensorsHeader.PrefixLength} are left");

            byte[] json = new byte[(int)headerLength];
            ReadExactly(handle, json, SafetensorsHeader.PrefixLength);
            return new SafetensorsFile(handle, dataStart, SafetensorsHeader.Parse(json, length - dataStart, isWanted));
        }
        catch (SafetensorsException exception)
        {
            string? kind = KindOf(handle);
            handle.Dispose();
            throw InFile(path, kind is null
                ? exception
                : new SafetensorsException($"it is {kind}, not a safetensors file ({exception.Message})", exception.InnerException));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    static string? KindOf(SafeFileHandle handle)
    {
        Span<byte> start = stackalloc byte[FileKind.Sample];
        return FileKind.Of(start[..RandomAccess.Read(handle, start, 0)]);
    }

    /// <summary>The same complaint, with the file's name in front.</summary>
    public static SafetensorsException InFile(string path, SafetensorsException exception)
        => new($"'{path}' cannot be loaded: {exception.Message}.", exception.InnerException);

    /// <summary>Reads the data of an F32 tensor, or of an I64 tensor as the nearest floats.</summary>
    /// <exception cref="SafetensorsException">The file became shorter since it was opened.</exception>
    public void Read(SafetensorsTensor tensor, float* destination)
    {
        long bytes = tensor.End - tensor.Begin;
        if (tensor.DataType != "I64")
        {
            ReadExactly(handle, (byte*)destination, bytes, dataStart + tensor.Begin);
            return;
        }

        byte[] integers = new byte[sizeof(long)];
        for (long done = 0; done < bytes; done += sizeof(long))
        {
            ReadExactly(handle, integers, dataStart + tensor.Begin + done);
            *destination++ = BinaryPrimitives.ReadInt64LittleEndian(integers);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    /// <summary>Writes a file as a whole or not at all.</summary>
    /// <param name="path">The file to write or to replace.</param>
    /// <param name="metadata">The free-form map of strings.</param>
    /// <param name="tensors">The tensors, all F32, in the order in which to write them.</param>
    public static void Write(
        string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<TensorToWrite> tensors)
    {
        byte[] header = HeaderBytes(metadata, tensors);
        AtomicFile.Write(path, handle =>
        {
            RandomAccess.Write(handle, header, 0);
            long position = header.Length;
            foreach (TensorToWrite tensor in tensors)
            {
                Write(handle, (byte*)tensor.Address, tensor.Bytes, position);
                position += tensor.Bytes;
            }
        });
    }

    static byte[] HeaderBytes(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<TensorToWrite> tensors)
    {
        using MemoryStream stream = new();
        stream.Write(stackalloc byte[SafetensorsHeader.PrefixLength]);
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            foreach ((string key, string value) in metadata)
                writer.WriteString(key, value);
            writer.WriteEndObject();

            long begin = 0;
            foreach (TensorToWrite tensor in tensors)
            {
                WriteDescription(writer, tensor, begin);
                begin += tensor.Bytes;
            }

            writer.WriteEndObject();
        }

        while (stream.Length % 8 != 0)
            stream.WriteByte((byte)' ');
        byte[] bytes = stream.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(bytes.Length - SafetensorsHeader.PrefixLength));
        return bytes;
    }

    static void WriteDescription(Utf8JsonWriter writer, TensorToWrite tensor, long begin)
    {
        writer.WriteStartObject(tensor.Name);
        writer.WriteString("dtype", "F32");
        writer.WriteStartArray("shape");
        foreach (int length in tensor.Shape)
            writer.WriteNumberValue(length);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(begin);
        writer.WriteNumberValue(begin + tensor.Bytes);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    static void Write(SafeFileHandle handle, byte* source, long count, long position)
    {
        for (long done = 0; done < count;)
        {
            int piece = (int)Math.Min(LongestTransfer, count - done);
            RandomAccess.Write(handle, new ReadOnlySpan<byte>(source + done, piece), position + done);
            done += piece;
        }
    }

    static void ReadExactly(SafeFileHandle handle, byte* destination, long count, long position)
    {
        for (long done = 0; done < count;)
        {
            int piece = (int)Math.Min(LongestTransfer, count - done);
            ReadExactly(handle, new Span<byte>(destination + done, piece), position + done);
            done += piece;
        }
    }

    static void ReadExactly(SafeFileHandle handle, Span<byte> destination, long position)
    {
        for (int done = 0; done < destination.Length;)
        {
            int read = RandomAccess.Read(handle, destination[done..], position + done);
            if (read == 0)
                throw new SafetensorsException($"the file is truncated: it ends at byte {position + done}");
            done += read;
        }
    }
}

/// <summary>A tensor of floats to write.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">The lengths of its axes.</param>
/// <param name="Address">Where its values lie.</param>
/// <param name="Bytes">How many bytes they take.</param>
internal sealed record TensorToWrite(string Name, IReadOnlyList<int> Shape, nint Address, long Bytes);
