using GraphCompiler.Data;
using Xunit;

namespace GraphCompiler.Tests.Data;

public class IdxFileTests
{
    static readonly byte[] Elements = IdxBytes.Counting(2 * 3 * 5);
    static readonly byte[] Good = IdxBytes.Of(0x08, [2, 3, 5], Elements);

    static IdxArray Read(byte[] bytes, int maximumBytes = IdxFile.DefaultMaximumBytes) =>
        IdxFile.Read(new MemoryStream(bytes), "test.idx", maximumBytes);

    static string Refusal(byte[] bytes, int maximumBytes = IdxFile.DefaultMaximumBytes) =>
        Assert.Throws<IdxFormatException>(() => Read(bytes, maximumBytes)).Message;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_plain_and_compressed_data(bool compressed)
    {
        IdxArray array = Read(compressed ? IdxBytes.Gzip(Good) : Good);
        Assert.Equal(IdxElementType.UnsignedByte, array.ElementType);
        Assert.Equal([2, 3, 5], array.Dimensions.ToArray());
        Assert.Equal(Elements, array.Bytes.ToArray());
    }

    [Fact]
    public void Reads_more_than_the_first_buffer_from_a_compressed_file()
    {
        byte[] elements = IdxBytes.Counting(1_000_003);
        IdxArray array = Read(IdxBytes.Gzip(IdxBytes.Of(0x08, [1_000_003], elements)));
        Assert.Equal(elements, array.Bytes.ToArray());
    }

    [Fact]
    public void Converts_every_element_type()
    {
        Assert.Equal([0f, 255f], Floats(0x08, 2, [0, 255]));
        Assert.Equal([-1f, 127f], Floats(0x09, 2, [0xFF, 0x7F]));
        Assert.Equal([-2f, 258f], Floats(0x0B, 2, [0xFF, 0xFE, 0x01, 0x02]));
        Assert.Equal([16909060f], Floats(0x0C, 1, [1, 2, 3, 4]));
        Assert.Equal([1.5f], Floats(0x0D, 1, [0x3F, 0xC0, 0, 0]));
        Assert.Equal([-2.5f], Floats(0x0E, 1, [0xC0, 0x04, 0, 0, 0, 0, 0, 0]));
    }

    static float[] Floats(byte type, int count, byte[] elements)
    {
        IdxArray array = Read(IdxBytes.Of(type, [count], elements));
        float[] floats = new float[array.Length];
        array.CopyTo(floats.AsSpan());
        return floats;
    }

    [Fact]
    public void Integers_are_not_made_from_floats()
    {
        IdxArray array = Read(IdxBytes.Of(0x0D, [1], [0x3F, 0xC0, 0, 0]));
        Assert.Throws<InvalidOperationException>(() => array.CopyTo(new int[1].AsSpan()));
        Assert.Throws<ArgumentException>(() => array.CopyTo(new float[2].AsSpan()));
    }

    [Fact]
    public void An_empty_array_is_an_array()
    {
        Assert.Equal(0, Read(IdxBytes.Of(0x08, [0, 28, 28], [])).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_truncation_is_refused(bool compressed)
    {
        byte[] whole = compressed ? IdxBytes.Gzip(Good) : Good;
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<IdxFormatException>(() => Read(whole[..length]));
    }

    [Fact]
    public void A_truncated_array_inside_a_whole_gzip_stream_is_refused()
    {
        for (int length = 0; length < Good.Length; length++)
            Assert.Throws<IdxFormatException>(() => Read(IdxBytes.Gzip(Good[..length])));
    }

    [Fact]
    public void Trailing_bytes_are_refused()
    {
        byte[] compressed = IdxBytes.Gzip(Good);
        Assert.Contains("take 30 bytes; the file has 31", Refusal([.. Good, 0]));
        Assert.Contains("more data follows", Refusal(IdxBytes.Gzip([.. Good, 0])));
        Assert.Contains("followed by other data", Refusal([.. compressed, 0]));
        Assert.Contains("followed by other data", Refusal([.. compressed, 1, 2, 3, 4, 5]));
        Refusal([.. compressed, .. compressed]);
    }

    [Fact]
    public void A_stream_that_cannot_seek_is_checked_as_well()
    {
        Assert.Throws<IdxFormatException>(() => IdxFile.Read(new ForwardOnlyStream(Good[..^1]), "pipe"));
        Assert.Throws<IdxFormatException>(() => IdxFile.Read(new ForwardOnlyStream([.. Good, 1]), "pipe"));
        Assert.Equal(Elements, IdxFile.Read(new ForwardOnlyStream(Good), "pipe").Bytes.ToArray());
    }

    [Fact]
    public void Every_flipped_bit_of_a_gzip_stream_is_harmless_or_refused()
    {
        byte[] compressed = IdxBytes.Gzip(Good);
        for (int bit = 0; bit < 8 * compressed.Length; bit++)
        {
            byte[] damaged = [.. compressed];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Equal(Elements, Read(damaged).Bytes.ToArray());
            }
            catch (IdxFormatException)
            {
                // Refused, as it should be; any other exception or other elements fail the test.
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 8, 1, 0, 0, 0, 0 }, "not an IDX file")]
    [InlineData(new byte[] { 0, 1, 8, 1, 0, 0, 0, 0 }, "not an IDX file")]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 0 }, "not an IDX file")]
    [InlineData(new byte[] { 0, 0, 0x0A, 1, 0, 0, 0, 0 }, "unknown element type 0x0A")]
    [InlineData(new byte[] { 0, 0, 8, 0 }, "no dimensions")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF }, "4294967295")]
    public void A_wrong_header_is_refused(byte[] bytes, string reason)
    {
        Assert.Contains(reason, Refusal(bytes));
        Assert.StartsWith("test.idx: ", Refusal(bytes));
    }

    [Theory]
    [InlineData(new[] { int.MaxValue })]
    [InlineData(new[] { 65536, 65536 })]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue })]
    [InlineData(new[] { 0, int.MaxValue, int.MaxValue })]
    [InlineData(new[] { 1 << 16, 1 << 16, 1 << 16, 1 << 16, 1 << 16 })]
    public void Sizes_that_overflow_are_refused(int[] dimensions)
    {
        byte[] bytes = IdxBytes.Of(0x0E, dimensions, [1, 2, 3]);
        Assert.Contains("more than the limit", Refusal(bytes));
        Assert.Contains("more than the limit", Refusal(IdxBytes.Gzip(bytes)));
    }

    [Fact]
    public void The_limit_is_the_callers()
    {
        Assert.Contains("more than the limit of 29 bytes", Refusal(Good, maximumBytes: 29));
        Assert.Equal(30, Read(Good, maximumBytes: 30).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_header_that_lies_allocates_little(bool compressed)
    {
        byte[] bytes = IdxBytes.Of(0x08, [1_000_000_000], IdxBytes.Counting(1000));
        if (compressed)
            bytes = IdxBytes.Gzip(bytes);
        Assert.ThrowsAny<IdxFormatException>(() => Read(bytes));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsAny<IdxFormatException>(() => Read(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            if (i % 2 == 0 && bytes.Length >= 4)
                (bytes[0], bytes[1], bytes[2], bytes[3]) = (0, 0, 8, (byte)random.Next(1, 5));
            Assert.Throws<IdxFormatException>(() => Read(bytes));
        }
    }

    [Fact]
    public void A_file_is_named_in_the_message()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, Good[..^1]);
        try
        {
            Assert.Contains(path, Assert.Throws<IdxFormatException>(() => IdxFile.Read(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    sealed class ForwardOnlyStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        // One byte at a time, as a pipe may.
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));
    }
}
