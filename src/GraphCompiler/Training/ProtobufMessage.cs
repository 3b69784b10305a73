using System.Buffers.Binary;
using System.Text;

namespace GraphCompiler;

/// <summary>A message in the encoding of Protocol Buffers, written field by field into memory that is used again.</summary>
internal sealed class ProtobufMessage
{
    const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;
    const int LongestVarint = 10;

    byte[] bytes = new byte[256];
    int length;

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, length);

    public ProtobufMessage Clear()
    {
        length = 0;
        return this;
    }

    public ProtobufMessage Field(int number, long value)
    {
        Key(number, Varint);
        WriteVarint((ulong)value);
        return this;
    }

    public ProtobufMessage Field(int number, double value)
    {
        Key(number, Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), value);
        return this;
    }

    public ProtobufMessage Field(int number, float value)
    {
        Key(number, Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(Take(sizeof(float)), value);
        return this;
    }

    public ProtobufMessage Field(int number, string value)
    {
        int count = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Begin(number, count));
        return this;
    }

    public ProtobufMessage Field(int number, ProtobufMessage value)
    {
        value.Written.CopyTo(Begin(number, value.length));
        return this;
    }

    /// <summary>Numbers behind each other, as a packed field.</summary>
    public ProtobufMessage Field(int number, ReadOnlySpan<double> values)
    {
        Span<byte> place = Begin(number, values.Length * sizeof(double));
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(place[(i * sizeof(double))..], values[i]);
        return this;
    }

    Span<byte> Begin(int number, int count)
    {
        Key(number, LengthDelimited);
        WriteVarint((ulong)count);
        return Take(count);
    }

    void Key(int number, int kind) => WriteVarint((ulong)(number << 3 | kind));

    void WriteVarint(ulong value)
    {
        Span<byte> place = Take(LongestVarint);
        int count = 0;
        for (; value >= 0x80; value >>= 7)
            place[count++] = (byte)(value | 0x80);
        place[count++] = (byte)value;
        length += count - LongestVarint;
    }

    Span<byte> Take(int count)
    {
        if (bytes.Length - length < count)
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, length + count));
        length += count;
        return bytes.AsSpan(length - count, count);
    }
}
