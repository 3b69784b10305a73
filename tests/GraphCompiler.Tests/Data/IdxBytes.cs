using System.Buffers.Binary;
using System.IO.Compression;

namespace GraphCompiler.Tests.Data;

/// <summary>Makes IDX data, good and bad.</summary>
static class IdxBytes
{
    public static byte[] Of(byte type, int[] dimensions, byte[] elements)
    {
        byte[] bytes = new byte[4 + 4 * dimensions.Length + elements.Length];
        bytes[2] = type;
        bytes[3] = (byte)dimensions.Length;
        for (int i = 0; i < dimensions.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + 4 * i), dimensions[i]);
        elements.CopyTo(bytes, 4 + 4 * dimensions.Length);
        return bytes;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return compressed.ToArray();
    }

    public static byte[] Counting(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)(i * 7);
        return bytes;
    }
}
