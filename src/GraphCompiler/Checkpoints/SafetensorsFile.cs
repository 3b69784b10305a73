using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace GraphCompiler.Checkpoints;

/// <summary>
/// A safetensors file that is read: eight bytes with the length of the header, little-endian; the header, JSON padded
/// with spaces so that the data begins at a multiple of eight; the data of all tensors, one after the other.
/// The format's source: the repository of huggingface/safetensors. <see cref="SafetensorsOutput"/> writes one.
/// </summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>How many bytes are read before they are converted: a multiple of every element's size.</summary>
    const int LongestTransfer = 1 << 20;

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

    /// <summary>Where the tensors' bytes begin.</summary>
    public long DataStart => dataStart;

    /// <summary>Reads a tensor as the nearest floats.</summary>
    /// <exception cref="SafetensorsException">The file became shorter since it was opened, or holds a number beyond a float's range.</exception>
    public void Read(TensorEntry tensor, float* destination)
    {
        int elementBytes = tensor.DataType.Bits() / 8;
        byte[] piece = new byte[(int)Math.Min(LongestTransfer, tensor.Bytes)];
        for (long done = 0; done < tensor.Bytes; done += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, tensor.Bytes - done));
            ReadExactly(handle, bytes, dataStart + tensor.Begin + done);
            if (TensorConversion.FirstBeyondFloats(tensor.DataType, bytes) is { } tooLarge)
            {
                throw new SafetensorsException(string.Create(
                    CultureInfo.InvariantCulture, $"tensor '{SafetensorsHeader.Shown(tensor.Name)}' has {tooLarge:R}, which is beyond the range of F32"));
            }
            TensorConversion.ToFloats(tensor.DataType, bytes, new Span<float>(destination + done / elementBytes, bytes.Length / elementBytes));
        }
    }

    /// <summary>Reads a tensor's bytes as they are.</summary>
    /// <exception cref="SafetensorsException">The file became shorter since it was opened.</exception>
    public void ReadBytes(TensorEntry tensor, byte* destination)
    {
        for (long done = 0; done < tensor.Bytes; done += LongestTransfer)
            ReadExactly(handle, new Span<byte>(destination + done, (int)Math.Min(LongestTransfer, tensor.Bytes - done)), dataStart + tensor.Begin + done);
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

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
