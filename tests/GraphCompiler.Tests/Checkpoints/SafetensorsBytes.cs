using System.Buffers.Binary;
using System.Text;

namespace GraphCompiler.Tests.Checkpoints;

/// <summary>Safetensors files put together by hand, right or wrong.</summary>
static class SafetensorsBytes
{
    public static byte[] File(string header, int dataBytes) => File(Encoding.UTF8.GetBytes(header), new byte[dataBytes]);

    public static byte[] File(byte[] header, byte[] data, ulong? headerLength = null)
    {
        byte[] file = new byte[8 + header.Length + data.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, headerLength ?? (ulong)header.Length);
        header.CopyTo(file, 8);
        data.CopyTo(file, 8 + header.Length);
        return file;
    }
}
