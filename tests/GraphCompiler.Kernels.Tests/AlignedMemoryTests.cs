using Xunit;

namespace GraphCompiler.Kernels.Tests;

public unsafe class AlignedMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1_000_001)]
    public void Block_is_aligned_and_zeroed(long bytes)
    {
        // The first block's memory is dirtied and given back, so that the second may get it again.
        using (var dirty = new AlignedMemory(bytes))
            new Span<byte>(dirty.Pointer, (int)bytes).Fill(0xFF);
        using var memory = new AlignedMemory(bytes);
        Assert.Equal(bytes, memory.Length);
        Assert.Equal(0, (nint)memory.Pointer % AlignedMemory.Alignment);
        Assert.Equal(-1, new Span<byte>(memory.Pointer, (int)bytes).IndexOfAnyExcept((byte)0));
    }

    /// <summary>Only what is touched takes up memory: a megabyte of a gigabyte.</summary>
    [Fact]
    public void Large_block_takes_up_what_is_touched()
    {
        const long gigabyte = 1L << 30;
        long before = Environment.WorkingSet;
        using var memory = new AlignedMemory(gigabyte);
        new Span<byte>(memory.Pointer + gigabyte / 2, 1 << 20).Fill(1);
        Assert.Equal(0, memory.Pointer[gigabyte - 1]);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, gigabyte / 2);
    }

    [Fact]
    public void Dispose_can_be_repeated_and_ends_access()
    {
        var memory = new AlignedMemory(64);
        memory.Dispose();
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => (nint)memory.Pointer);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Negative_length_is_refused(long bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedMemory(bytes));

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue / 2)]
    public void Impossible_length_is_out_of_memory(long bytes) =>
        Assert.ThrowsAny<OutOfMemoryException>(() => new AlignedMemory(bytes));
}
