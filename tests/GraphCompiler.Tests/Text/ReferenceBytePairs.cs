using System.Text;
using System.Text.RegularExpressions;
using GraphCompiler.Text;

namespace GraphCompiler.Tests.Text;

/// <summary>Byte-pair encoding from its definition, without any care for speed: everything is counted anew each time.</summary>
static partial class ReferenceBytePairs
{
    /// <summary>GPT-2's own expression; right in .NET for text without surrogates.</summary>
    public static IEnumerable<string> Pieces(string text) => PieceExpression().Matches(text).Select(match => match.Value);

    /// <summary>The merges that training makes, as the pairs' bytes.</summary>
    public static List<(string Left, string Right)> Train(string text, int merges, int minimumFrequency)
    {
        List<List<string>> words = [.. Pieces(text).Select(Letters)];
        List<string> tokens = [.. ByteAlphabet.Order.Select(value => ByteAlphabet.Write([value]))];
        List<(string, string)> learned = [];
        HashSet<(string, string)> refused = [];
        while (learned.Count < merges)
        {
            Dictionary<(string Left, string Right), int> counts = [];
            foreach (List<string> word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                    counts[(word[i], word[i + 1])] = counts.GetValueOrDefault((word[i], word[i + 1])) + 1;
            }

            var candidates = counts.Where(pair => pair.Value >= minimumFrequency && !refused.Contains(pair.Key))
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => tokens.IndexOf(pair.Key.Left)).ThenBy(pair => tokens.IndexOf(pair.Key.Right)).ToList();
            if (candidates.Count == 0)
                break;
            (string left, string right) = candidates[0].Key;
            if (tokens.Contains(left + right))
            {
                refused.Add((left, right));
                continue;
            }

            learned.Add((left, right));
            tokens.Add(left + right);
            foreach (List<string> word in words)
                MergeAll(word, left, right);
        }

        return learned;
    }

    /// <summary>The tokens of a text, written in the alphabet of bytes.</summary>
    public static List<string> Encode(string text, IReadOnlyList<(string Left, string Right)> merges)
    {
        List<string> tokens = [];
        foreach (string piece in Pieces(text))
        {
            List<string> word = Letters(piece);
            while (true)
            {
                int best = int.MaxValue;
                for (int i = 0; i + 1 < word.Count; i++)
                {
                    int rank = merges.ToList().IndexOf((word[i], word[i + 1]));
                    best = rank >= 0 ? Math.Min(best, rank) : best;
                }

                if (best == int.MaxValue)
                    break;
                MergeAll(word, merges[best].Left, merges[best].Right);
            }

            tokens.AddRange(word);
        }

        return tokens;
    }

    static List<string> Letters(string piece) =>
        [.. Encoding.UTF8.GetBytes(piece).Select(value => ByteAlphabet.Write([value]))];

    static void MergeAll(List<string> word, string left, string right)
    {
        for (int i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] != left || word[i + 1] != right)
                continue;
            word[i] = left + right;
            word.RemoveAt(i + 1);
        }
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex PieceExpression();
}
