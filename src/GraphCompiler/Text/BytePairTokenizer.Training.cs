using System.Text;

namespace GraphCompiler.Text;

public sealed partial class BytePairTokenizer
{
    /// <summary>
    /// Learns a vocabulary: the 256 bytes, in GPT-2's order, then a token for the pair of neighbours that is most
    /// frequent, again and again, then the special tokens. The same documents give the same vocabulary.
    /// </summary>
    /// <param name="documents">The text to learn from. Names of special tokens in it are left out.</param>
    /// <param name="vocabularySize">
    /// How many tokens to make; fewer where no pair is frequent enough any more.
    /// </param>
    /// <param name="specialTokens">The names of special tokens, in the order of their numbers; null: none.</param>
    /// <param name="minimumFrequency">Pairs that occur less often do not become tokens; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The size has no room for 256 bytes and the special tokens, or the frequency is below 1.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A special token is empty, is given twice, or has the letters of an ordinary token.
    /// </exception>
    public static BytePairTokenizer Train(
        IEnumerable<string> documents, int vocabularySize,
        IReadOnlyList<string>? specialTokens = null, int minimumFrequency = 2)
    {
        ArgumentNullException.ThrowIfNull(documents);
        specialTokens ??= [];
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 256 + specialTokens.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumFrequency, 1);

        int[] tokenOfByte = new int[256];
        List<byte[]> bytesOfToken = [];
        foreach (byte value in ByteAlphabet.Order)
        {
            tokenOfByte[value] = bytesOfToken.Count;
            bytesOfToken.Add([value]);
        }

        // A tokenizer without merges knows how documents are cut at special tokens.
        SortedDictionary<string, int> names = NumberSpecialTokens(specialTokens, []);
        BytePairTokenizer cutting = new([.. bytesOfToken], tokenOfByte, new MergeTable(), [], names);
        BytePairTrainer trainer = new(tokenOfByte);
        foreach (string document in documents)
        {
            ArgumentNullException.ThrowIfNull(document, nameof(documents));
            cutting.CountPieces(document, trainer);
        }

        List<(int Left, int Right)> pairs =
            trainer.LearnMerges(vocabularySize - 256 - specialTokens.Count, minimumFrequency, bytesOfToken);
        MergeTable merges = new();
        for (int rank = 0; rank < pairs.Count; rank++)
            merges.TryAdd(pairs[rank].Left, pairs[rank].Right, 256 + rank);

        // In the file a special token could not be told from a token of the same letters.
        string? taken = bytesOfToken.Select(bytes => ByteAlphabet.Write(bytes)).FirstOrDefault(specialTokens.Contains);
        if (taken != null)
            throw new ArgumentException($"The special token '{taken}' is a word of the documents.", nameof(specialTokens));
        SortedDictionary<string, int> special = new(StringComparer.Ordinal);
        foreach (string name in specialTokens)
        {
            special.Add(name, bytesOfToken.Count);
            bytesOfToken.Add(Encoding.UTF8.GetBytes(name));
        }

        return new BytePairTokenizer([.. bytesOfToken], tokenOfByte, merges, [.. pairs], special);
    }

    void CountPieces(ReadOnlySpan<char> document, BytePairTrainer trainer)
    {
        for (int at; (at = IndexOfSpecialToken(document)) >= 0;)
        {
            trainer.Count(document[..at]);
            document = document[(at + SpecialTokenAt(document[at..]).Length)..];
        }

        trainer.Count(document);
    }
}
