// The IDX format (as published with MNIST): two zero bytes, a byte for the element type, a byte for the number of
// dimensions, that many big-endian 32-bit sizes, then the elements in row-major order and nothing after them.
//
// A header is a claim by whoever made the file. Sizes are multiplied in 64 bits against a limit; a plain file must be
// exactly as long as its header says before anything is allocated; a compressed one, whose length is unknown, is read
// into a buffer that grows with what has really arrived, so a short file never costs a large allocation.

using System.Buffers.Binary;
using System.IO.Compression;
using GraphCompiler.Checkpoints;

namespace GraphCompiler.Data;

/// <summary>Reads IDX files, plain or compressed with gzip (told by their first bytes, not by their name).</summary>
public static class IdxFile
{
    /// <summary>The most bytes of elements that are read unless the caller sets another limit: 1 GiB.</summary>
    public const int DefaultMaximumBytes = 1 << 30;

    const int FirstBufferBytes = 1 << 16;

    /// <summary>Reads a file.</summary>
    /// <param name="path">An IDX file, plain or gzip.</param>
    /// <param name="maximumBytes">Files whose elements take more bytes than this are refused.</param>
    /// <exception cref="IdxFormatException">The file is malformed: wrong magic number, unknown element type, sizes
    /// that overflow or exceed the limit, data cut short or followed by more, a damaged gzip stream; or it is a pipe, from which
    /// <see cref="Read(Stream, string, int)"/> reads.</exception>
    /// <exception cref="IOException">The file cannot be read, or is a directory.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IdxArray Read(string path, int maximumBytes = DefaultMaximumBytes)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (RegularFile.IsEmpty(path))
            throw new IdxFormatException($"{path}: the file ends within the magic number: {RegularFile.NothingToRead}.");
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(file, path, maximumBytes);
    }

    /// <summary>Reads from a stream, up to its end.</summary>
    /// <param name="stream">IDX data, plain or gzip, starting at the stream's position. It is left open.</param>
    /// <param name="name">What messages call the stream.</param>
    /// <param name="maximumBytes">Data whose elements take more bytes than this is refused.</param>
    /// <exception cref="IdxFormatException">The data is malformed, as in <see cref="Read(string, int)"/>.</exception>
    public static IdxArray Read(Stream stream, string name, int maximumBytes = DefaultMaximumBytes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumBytes);
        byte[] start = new byte[4];
        int read = stream.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        if (read < 4)
            throw new IdxFormatException($"{name}: the file ends after {read} bytes, within the magic number.");
        if (start[0] != 0x1F || start[1] != 0x8B)
            return ReadArray(start, stream, name, maximumBytes, RemainingLength(stream));
        return ReadCompressed(start, stream, name, maximumBytes);
    }

    static IdxArray ReadCompressed(byte[] start, Stream stream, string name, int maximumBytes)
    {
        try
        {
            using GzipSource source = new(start, stream);
            using GZipStream gzip = new(source, CompressionMode.Decompress);
            byte[] magic = new byte[4];
            if (gzip.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4)
                throw new IdxFormatException($"{name}: the file ends within the magic number.");
            IdxArray array = ReadArray(magic, gzip, name, maximumBytes, remaining: null);
            RequireTrailer(source, array, name);
            return array;
        }
        catch (InvalidDataException fault)
        {
            throw new IdxFormatException($"{name}: the gzip stream is damaged: {fault.Message}", fault);
        }
    }

    // GZipStream verifies the checksum of a complete trailer, but is silent when the trailer is cut short or followed
    // by something that is not gzip. The last four bytes of a whole stream are the uncompressed length.
    static void RequireTrailer(GzipSource source, IdxArray array, string name)
    {
        source.ReadToEnd();
        uint length = (uint)(4 + 4 * array.Dimensions.Length + array.Bytes.Length);
        if (source.LastFourBytes != length)
            throw new IdxFormatException(
                $"{name}: the gzip stream does not end with the length of its content: "
                + "it is cut short or followed by other data.");
    }

    static IdxArray ReadArray(byte[] magic, Stream stream, string name, int maximumBytes, long? remaining)
    {
        (IdxElementType type, int rank) = ReadMagic(magic, name);
        byte[] header = new byte[4 * rank];
        if (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            throw new IdxFormatException($"{name}: the file ends within its {rank} dimensions.");
        int[] dimensions = new int[rank];
        for (int i = 0; i < rank; i++)
            dimensions[i] = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * i));
        int bytes = CountBytes(type, dimensions, name, maximumBytes);
        if (remaining is { } rest && rest - header.Length != bytes)
            throw WrongLength(name, dimensions, bytes, rest - header.Length);
        return new IdxArray(type, dimensions, ReadElements(stream, name, dimensions, bytes, known: remaining != null));
    }

    static (IdxElementType Type, int Rank) ReadMagic(byte[] magic, string name)
    {
        int rank = magic[3];
        var type = (IdxElementType)magic[2];
        if (magic[0] != 0 || magic[1] != 0)
            throw new IdxFormatException(
                $"{name}: not an IDX file: it starts with 0x{BinaryPrimitives.ReadUInt32BigEndian(magic):X8}, "
                + "where IDX has two zero bytes, the element type and the number of dimensions.");
        if (!Enum.IsDefined(type))
            throw new IdxFormatException($"{name}: unknown element type 0x{magic[2]:X2}.");
        if (rank == 0)
            throw new IdxFormatException($"{name}: the file has no dimensions.");
        return (type, rank);
    }

    static int CountBytes(IdxElementType type, int[] dimensions, string name, int maximumBytes)
    {
        long bytes = IdxArray.ElementSize(type);
        bool empty = false;
        foreach (int dimension in dimensions)
        {
            if (dimension < 0)
                throw new IdxFormatException(
                    $"{name}: a dimension of {(uint)dimension} is beyond 2,147,483,647 (or negative).");
            empty |= dimension == 0;
            // Both factors are below 2^31, so the product cannot overflow 64 bits before it is compared.
            bytes *= Math.Max(dimension, 1);
            if (bytes > maximumBytes)
                throw new IdxFormatException(
                    $"{name}: dimensions [{string.Join(", ", dimensions)}] of {type} take more than the limit of "
                    + $"{maximumBytes} bytes.");
        }

        return empty ? 0 : (int)bytes;
    }

    static byte[] ReadElements(Stream stream, string name, int[] dimensions, int bytes, bool known)
    {
        byte[] data = new byte[known ? bytes : Math.Min(bytes, FirstBufferBytes)];
        int length = 0;
        while (true)
        {
            length += stream.ReadAtLeast(data.AsSpan(length), data.Length - length, throwOnEndOfStream: false);
            if (length < data.Length)
                throw WrongLength(name, dimensions, bytes, length);
            if (length == bytes)
                break;
            Array.Resize(ref data, (int)Math.Min(bytes, 2L * data.Length));
        }

        if (stream.ReadByte() >= 0)
            throw new IdxFormatException(
                $"{name}: more data follows the {bytes} bytes that dimensions [{string.Join(", ", dimensions)}] take.");
        return data;
    }

    static IdxFormatException WrongLength(string name, int[] dimensions, long expected, long actual) => new(
        $"{name}: dimensions [{string.Join(", ", dimensions)}] take {expected} bytes; the file has {actual}.");

    static long? RemainingLength(Stream stream) => stream.CanSeek ? stream.Length - stream.Position : null;
}
