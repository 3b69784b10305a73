using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace GraphCompiler.Data;

/// <summary>Where a sequence's tokens lie.</summary>
abstract class TokenSource
{
    /// <summary>Copies tokens, which the caller knows to be there.</summary>
    public abstract void Read(long start, Span<int> destination);
}

/// <summary>Tokens in an array.</summary>
sealed class ArrayTokens(int[] tokens) : TokenSource
{
    public override void Read(long start, Span<int> destination) =>
        tokens.AsSpan((int)start, destination.Length).CopyTo(destination);
}

/// <summary>Tokens in a mapped file. The handle counts readers, so a file disposed meanwhile is unmapped after them.</summary>
sealed class MappedTokens(
    SafeMemoryMappedViewHandle view, string path, int headerBytes, int bytesPerToken, int vocabularySize) : TokenSource
{
    const int BlockLength = 512;

    public override void Read(long start, Span<int> destination)
    {
        if (bytesPerToken == 4)
            ReadWide(start, destination);
        else
            ReadNarrow(start, destination);

        foreach (int token in destination)
        {
            if ((uint)token >= (uint)vocabularySize)
                ThrowToken(start, destination);
        }
    }

    void ReadWide(long start, Span<int> destination)
    {
        view.ReadSpan((ulong)(headerBytes + start * 4), destination);
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(destination, destination);
    }

    void ReadNarrow(long start, Span<int> destination)
    {
        Span<ushort> block = stackalloc ushort[BlockLength];
        while (!destination.IsEmpty)
        {
            Span<ushort> part = block[..Math.Min(BlockLength, destination.Length)];
            view.ReadSpan((ulong)(headerBytes + start * 2), part);
            for (int i = 0; i < part.Length; i++)
                destination[i] = BitConverter.IsLittleEndian ? part[i] : BinaryPrimitives.ReverseEndianness(part[i]);
            start += part.Length;
            destination = destination[part.Length..];
        }
    }

    void ThrowToken(long start, ReadOnlySpan<int> read)
    {
        int at = read.IndexOfAnyExceptInRange(0, vocabularySize - 1);
        throw new InvalidDataException(
            $"{path}: token {start + at} is {(uint)read[at]}, which is not below the vocabulary's size of {vocabularySize}.");
    }
}
