using System.Buffers.Binary;

namespace GraphCompiler.Data;

/// <summary>Bytes already read, then the rest of a stream; remembers the last four bytes that passed.</summary>
sealed class GzipSource(byte[] start, Stream rest) : Stream
{
    readonly byte[] last = new byte[4];
    int startRead;

    public uint LastFourBytes => BinaryPrimitives.ReadUInt32LittleEndian(last);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void ReadToEnd()
    {
        byte[] buffer = new byte[1 << 12];
        while (Read(buffer) > 0)
        {
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int count;
        if (startRead < start.Length)
        {
            count = Math.Min(buffer.Length, start.Length - startRead);
            start.AsSpan(startRead, count).CopyTo(buffer);
            startRead += count;
        }
        else
        {
            count = rest.Read(buffer);
        }

        Remember(buffer[..count]);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    void Remember(ReadOnlySpan<byte> passed)
    {
        if (passed.Length < 4)
            last.AsSpan(passed.Length).CopyTo(last);
        else
            passed = passed[^4..];
        passed.CopyTo(last.AsSpan(4 - passed.Length));
    }
}
