using System.Buffers;
using System.Text;

namespace GraphCompiler.Text;

/// <summary>
/// GPT-2's byte-level byte-pair encoding. A text is cut into pieces (words with the space before them), a piece is its
/// bytes in UTF-8, and pairs of neighbours become one token in the order of the merges, the first merge first. With all
/// 256 bytes in the vocabulary every text and every sequence of bytes can be written, and decoding gives it back. Half of
/// a surrogate pair standing alone is no character and is taken for U+FFFD.
/// </summary>
/// <remarks>Source: Radford et al., "Language models are unsupervised multitask learners", 2019, section 2.2.</remarks>
public sealed partial class BytePairTokenizer : ITokenizer
{
    /// <summary>The token between documents of GPT-2's vocabulary.</summary>
    public const string EndOfText = "<|endoftext|>";

    // Words repeat; what a call has merged once it looks up. A bound, so that a text without repetition costs no memory.
    const int LongestRememberedPiece = 32, MostRememberedPieces = 1 << 16;

    const int MissingByte = -1;

    readonly byte[][] bytesOfToken;
    readonly int[] tokenOfByte;
    readonly (int Left, int Right)[] mergedPairs;
    readonly MergeTable merges;
    readonly SortedDictionary<string, int> specialTokens;
    readonly SearchValues<string> specialTexts;

    BytePairTokenizer(
        byte[][] bytesOfToken, int[] tokenOfByte, MergeTable merges, (int Left, int Right)[] mergedPairs,
        SortedDictionary<string, int> specialTokens)
    {
        this.bytesOfToken = bytesOfToken;
        this.tokenOfByte = tokenOfByte;
        this.merges = merges;
        this.mergedPairs = mergedPairs;
        this.specialTokens = specialTokens;
        specialTexts = SearchValues.Create([.. specialTokens.Keys], StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public int VocabularySize => bytesOfToken.Length;

    /// <summary>How many merges there are.</summary>
    public int MergeCount => mergedPairs.Length;

    /// <summary>The tokens that stand for something other than text, such as the end of a document.</summary>
    public IReadOnlyDictionary<string, int> SpecialTokens => specialTokens;

    /// <summary>
    /// The tokens of a text. A special token's name in it becomes that token; see <see cref="EncodeOrdinary"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The text has a byte for which a small vocabulary has no token.</exception>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> tokens = new(text.Length / 3 + 1);
        PieceEncoder encoder = new(this, tokens);
        ReadOnlySpan<char> rest = text;
        for (int at; (at = IndexOfSpecialToken(rest)) >= 0;)
        {
            encoder.Encode(rest[..at]);
            string name = SpecialTokenAt(rest[at..]);
            tokens.Add(specialTokens[name]);
            rest = rest[(at + name.Length)..];
        }

        encoder.Encode(rest);
        return tokens;
    }

    /// <summary>
    /// The tokens of a text in which the names of special tokens are text like any other: for text of unknown origin,
    /// which should not be able to end a document.
    /// </summary>
    /// <exception cref="ArgumentException">The text has a byte for which a small vocabulary has no token.</exception>
    public IReadOnlyList<int> EncodeOrdinary(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> tokens = new(text.Length / 3 + 1);
        new PieceEncoder(this, tokens).Encode(text);
        return tokens;
    }

    /// <summary>
    /// The tokens of any bytes, which <see cref="DecodeBytes"/> gives back. Where they are UTF-8 these are the tokens of
    /// the text; a byte that is no part of a character is a token of its own.
    /// </summary>
    /// <exception cref="ArgumentException">A small vocabulary has no token for a byte.</exception>
    public IReadOnlyList<int> EncodeBytes(ReadOnlySpan<byte> bytes)
    {
        List<int> tokens = new(bytes.Length / 3 + 1);
        PieceEncoder encoder = new(this, tokens);
        while (!bytes.IsEmpty)
        {
            int valid = ValidLength(bytes);
            encoder.Encode(Encoding.UTF8.GetString(bytes[..valid]));
            bytes = bytes[valid..];
            if (!bytes.IsEmpty)
            {
                tokens.Add(TokenOf(bytes[0]));
                bytes = bytes[1..];
            }
        }

        return tokens;
    }

    /// <summary>
    /// The text of tokens. Bytes that are no UTF-8 become U+FFFD, as when a character's tokens are cut apart.
    /// </summary>
    /// <exception cref="ArgumentException">A token is not of the vocabulary.</exception>
    public string Decode(IEnumerable<int> tokens) => Encoding.UTF8.GetString(DecodeBytes(tokens));

    /// <summary>The bytes of tokens; a special token is the bytes of its name.</summary>
    /// <exception cref="ArgumentException">A token is not of the vocabulary.</exception>
    public byte[] DecodeBytes(IEnumerable<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArrayBufferWriter<byte> bytes = new();
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)bytesOfToken.Length)
                throw new ArgumentException($"Token {token} is not from 0 to {bytesOfToken.Length - 1}.", nameof(tokens));
            bytes.Write(bytesOfToken[token]);
        }

        return bytes.WrittenSpan.ToArray();
    }

    static int ValidLength(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        while (length < bytes.Length
            && Rune.DecodeFromUtf8(bytes[length..], out _, out int units) == OperationStatus.Done)
            length += units;
        return length;
    }

    int IndexOfSpecialToken(ReadOnlySpan<char> text) => text.IndexOfAny(specialTexts);

    // Of names that begin alike the longest is meant.
    string SpecialTokenAt(ReadOnlySpan<char> text)
    {
        string longest = "";
        foreach (string name in specialTokens.Keys)
        {
            if (name.Length > longest.Length && text.StartsWith(name, StringComparison.Ordinal))
                longest = name;
        }

        return longest;
    }

    int TokenOf(byte value) => tokenOfByte[value] is int token and not MissingByte
        ? token
        : throw new ArgumentException($"The vocabulary has no token for the byte 0x{value:X2}.");

    /// <summary>Encodes one text piece by piece.</summary>
    readonly ref struct PieceEncoder
    {
        readonly BytePairTokenizer tokenizer;
        readonly List<int> tokens;
        readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> remembered;

        public PieceEncoder(BytePairTokenizer tokenizer, List<int> tokens)
        {
            this.tokenizer = tokenizer;
            this.tokens = tokens;
            remembered = new Dictionary<string, int[]>().GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public void Encode(ReadOnlySpan<char> text)
        {
            PreTokenizer pieces = new(text);
            while (pieces.MoveNext())
            {
                ReadOnlySpan<char> piece = pieces.Current;
                if (remembered.TryGetValue(piece, out int[]? known))
                {
                    tokens.AddRange(known);
                    continue;
                }

                int start = tokens.Count;
                Merge(piece);
                if (piece.Length <= LongestRememberedPiece && remembered.Dictionary.Count < MostRememberedPieces)
                    remembered[piece] = [.. tokens[start..]];
            }
        }

        void Merge(ReadOnlySpan<char> piece)
        {
            const int BytesOnStack = 3 * LongestRememberedPiece;
            int most = Encoding.UTF8.GetMaxByteCount(piece.Length);
            Span<byte> bytes = most <= BytesOnStack ? stackalloc byte[BytesOnStack] : new byte[most];
            bytes = bytes[..Encoding.UTF8.GetBytes(piece, bytes)];
            Span<int> symbols = bytes.Length <= BytesOnStack ? stackalloc int[BytesOnStack] : new int[bytes.Length];
            for (int i = 0; i < bytes.Length; i++)
                symbols[i] = tokenizer.TokenOf(bytes[i]);
            tokenizer.merges.Apply(symbols[..bytes.Length], tokens);
        }
    }
}
