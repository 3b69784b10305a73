// The layout of a token file, all numbers little-endian:
//
//     offset  bytes
//     0       8       "GCTOKENS"
//     8       4       1, the version
//     12      4       bytes of a token: 2 for vocabularies of up to 65,536 tokens, else 4
//     16      8       number of tokens
//     24      8       size of the vocabulary: every token is below it
//     32              the tokens, and nothing after them
//
// Without the first 32 bytes this is the .bin file of nanoGPT and llm.c's data scripts, which OpenRaw reads.
//
// The file is mapped, not read, so it may be larger than memory and is shared between processes. The header is checked
// against the length when the file is opened, and tokens against the vocabulary when they are read: checking all of them
// first would read the whole file.

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.MemoryMappedFiles;
using GraphCompiler.Checkpoints;
using GraphCompiler.Text;
using Microsoft.Win32.SafeHandles;

namespace GraphCompiler.Data;

/// <summary>
/// A file of tokens, mapped into memory. Any number of threads may read it; it must not be made shorter while it is open.
/// </summary>
public sealed class TokenFile : IDisposable
{
    const ulong Magic = 0x534E454B4F544347; // "GCTOKENS"
    const uint Version = 1;
    const int HeaderBytes = 32;
    const int WriteBufferBytes = 1 << 16;

    readonly MemoryMappedFile file;
    readonly MemoryMappedViewAccessor view;

    TokenFile(MemoryMappedFile file, string path, int headerBytes, int bytesPerToken, long count, int vocabularySize)
    {
        this.file = file;
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        MappedTokens tokens = new(view.SafeMemoryMappedViewHandle, path, headerBytes, bytesPerToken, vocabularySize);
        Tokens = new TokenSequence(tokens, 0, count, vocabularySize);
    }

    /// <summary>All tokens of the file. Reading them after the file is disposed throws.</summary>
    public TokenSequence Tokens { get; }

    /// <summary>Opens a file that <see cref="Write(string, int, IEnumerable{int})"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is no token file, is cut short or has more after its tokens.</exception>
    /// <exception cref="IOException">The file cannot be read, or is a directory.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static TokenFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Span<byte> header = stackalloc byte[HeaderBytes];
        using SafeFileHandle? handle = RegularFile.OpenForReading(path, out long length);
        Require(path, handle is not null, $"the file ends within the header of {HeaderBytes} bytes: {RegularFile.NothingToRead}.");
        Require(path, RandomAccess.Read(handle, header, 0) == HeaderBytes,
            $"the file ends after {length} bytes, within the header of {HeaderBytes}.");
        Require(path, BinaryPrimitives.ReadUInt64LittleEndian(header) == Magic,
            "the file is no token file: it does not begin with GCTOKENS.");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        uint bytesPerToken = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        long count = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        long vocabularySize = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        Require(path, version == Version, $"the file's version is {version}; this reads version {Version}.");
        Require(path, bytesPerToken is 2 or 4, $"a token has {bytesPerToken} bytes, which is neither 2 nor 4.");
        Require(path, vocabularySize is > 0 and <= int.MaxValue, $"a vocabulary of {vocabularySize} tokens is impossible.");
        // Divided, so that a huge count does not overflow.
        Require(path, count >= 0 && count == (length - HeaderBytes) / bytesPerToken
            && (length - HeaderBytes) % bytesPerToken == 0,
            $"the header promises {count} tokens of {bytesPerToken} bytes; {length - HeaderBytes} bytes follow it.");
        return Map(handle, path, HeaderBytes, (int)bytesPerToken, count, (int)vocabularySize);
    }

    /// <summary>Opens a file that has nothing but little-endian tokens, such as nanoGPT's train.bin (2 bytes each).</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytesPerToken">2 or 4.</param>
    /// <param name="vocabularySize">Tokens from this on are refused when they are read.</param>
    /// <exception cref="InvalidDataException">The length is no multiple of a token's.</exception>
    /// <exception cref="IOException">The file cannot be read, or is a directory.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static TokenFile OpenRaw(string path, int bytesPerToken, int vocabularySize)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        if (bytesPerToken is not (2 or 4))
            throw new ArgumentOutOfRangeException(nameof(bytesPerToken), bytesPerToken, "A token has 2 or 4 bytes.");
        using SafeFileHandle? handle = RegularFile.OpenForReading(path, out long length);
        Require(path, handle is not null, $"there are no tokens: {RegularFile.NothingToRead}.");
        Require(path, length % bytesPerToken == 0, $"its {length} bytes are no multiple of {bytesPerToken}.");
        return Map(handle, path, 0, bytesPerToken, length / bytesPerToken, vocabularySize);
    }

    /// <summary>Writes tokens to a file, as they come; the file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file to write or to replace.</param>
    /// <param name="vocabularySize">Every token is below this.</param>
    /// <param name="tokens">The tokens; enumerated once.</param>
    /// <exception cref="ArgumentException">A token is not of the vocabulary.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, int vocabularySize, IEnumerable<int> tokens)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        ArgumentNullException.ThrowIfNull(tokens);
        AtomicFile.Write(path, handle => WriteTokens(handle, vocabularySize, tokens));
    }

    /// <summary>Writes the tokens of a text of any length, which is read and encoded in blocks.</summary>
    /// <param name="path">The file to write or to replace.</param>
    /// <param name="tokenizer">
    /// Encodes the text. Blocks end between a word and the white space after it, where the tokenizers here have a
    /// boundary in any case.
    /// </param>
    /// <param name="text">The text; read to its end.</param>
    /// <param name="specialTokens">
    /// Whether the name of a special token in the text, such as <see cref="BytePairTokenizer.EndOfText"/>, becomes that token: for a text
    /// that you have joined from documents with it yourself. If not, it is text like any other, so that no document can end itself.
    /// </param>
    /// <exception cref="ArgumentException">The tokenizer lacks something in the text.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ITokenizer tokenizer, TextReader text, bool specialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(text);
        Write(path, tokenizer.VocabularySize, TextBlocks.Of(text).SelectMany(block => specialTokens ? tokenizer.Encode(block) : tokenizer.EncodeOrdinary(block)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }

    static void WriteTokens(SafeFileHandle handle, int vocabularySize, IEnumerable<int> tokens)
    {
        int bytesPerToken = vocabularySize <= 1 << 16 ? 2 : 4;
        byte[] buffer = new byte[WriteBufferBytes];
        long count = 0, position = HeaderBytes;
        int used = 0;
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)vocabularySize)
                throw new ArgumentException($"Token {token}, at {count}, is not from 0 to {vocabularySize - 1}.", nameof(tokens));
            if (bytesPerToken == 2)
                BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(used), (ushort)token);
            else
                BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(used), token);
            used += bytesPerToken;
            count++;
            if (used == buffer.Length)
                Flush();
        }

        Flush();
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(12), bytesPerToken);
        BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(16), count);
        BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(24), vocabularySize);
        RandomAccess.Write(handle, buffer.AsSpan(0, HeaderBytes), 0);

        void Flush()
        {
            RandomAccess.Write(handle, buffer.AsSpan(0, used), position);
            position += used;
            used = 0;
        }
    }

    static TokenFile Map(
        SafeFileHandle handle, string path, int headerBytes, int bytesPerToken, long count, int vocabularySize)
    {
        MemoryMappedFile file = MemoryMappedFile.CreateFromFile(
            handle, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        try
        {
            return new TokenFile(file, path, headerBytes, bytesPerToken, count, vocabularySize);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    static void Require(string path, [DoesNotReturnIf(false)] bool condition, string complaint)
    {
        if (!condition)
            throw new InvalidDataException($"{path}: {complaint}");
    }
}
