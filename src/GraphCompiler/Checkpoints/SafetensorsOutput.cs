using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace GraphCompiler.Checkpoints;

/// <summary>A tensor to write.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">The element type in the file.</param>
/// <param name="Shape">The lengths of its axes.</param>
/// <param name="Bytes">How many bytes it takes in the file.</param>
/// <param name="Fill">Puts its bytes from a position on into a span.</param>
internal sealed record TensorToWrite(string Name, SafetensorsDataType DataType, IReadOnlyList<int> Shape, long Bytes, TensorBytes Fill);

/// <summary>Puts a tensor's bytes, as they are to lie in the file, into a span.</summary>
/// <param name="position">The first of them, a multiple of eight.</param>
/// <param name="destination">Receives as many as it has room for.</param>
internal delegate void TensorBytes(long position, Span<byte> destination);

/// <summary>Writes safetensors files, as a whole or not at all.</summary>
internal static class SafetensorsOutput
{
    /// <summary>How many bytes are converted before they are written.</summary>
    const int LongestTransfer = 1 << 20;

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file to write or to replace.</param>
    /// <param name="metadata">The free-form map of strings.</param>
    /// <param name="tensors">The tensors in the order in which to write them.</param>
    public static void Write(string path, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<TensorToWrite> tensors)
    {
        byte[] header = HeaderBytes(metadata, tensors);
        AtomicFile.Write(path, handle =>
        {
            RandomAccess.Write(handle, header, 0);
            byte[] piece = new byte[LongestTransfer];
            long position = header.Length;
            foreach (TensorToWrite tensor in tensors)
            {
                Write(handle, tensor, position, piece);
                position += tensor.Bytes;
            }
        });
    }

    static void Write(SafeFileHandle handle, TensorToWrite tensor, long position, byte[] piece)
    {
        for (long done = 0; done < tensor.Bytes; done += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, tensor.Bytes - done));
            tensor.Fill(done, bytes);
            RandomAccess.Write(handle, bytes, position + done);
        }
    }

    static byte[] HeaderBytes(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<TensorToWrite> tensors)
    {
        using MemoryStream stream = new();
        stream.Write(stackalloc byte[SafetensorsHeader.PrefixLength]);
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartObject(SafetensorsHeader.MetadataKey);
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
        writer.WriteString("dtype", tensor.DataType.Name());
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
}
