// Training counts each distinct piece once. For every pair of neighbours it keeps how often the pair occurs in all pieces
// and in which pieces it may be; a heap gives the most frequent pair. Merging it visits only those pieces and changes only
// the counts of the pairs around each merged place. Counts of older pairs only fall, so a pair is put into the heap when
// it is new, and one that comes up with a count that has fallen since goes back with the count it has now. Equal counts
// are taken in the order of the tokens' numbers, so the result does not depend on the order of anything else.

using System.Runtime.InteropServices;
using System.Text;

namespace GraphCompiler.Text;

/// <summary>Finds merges. For one use.</summary>
/// <param name="tokenOfByte">The tokens of the 256 bytes.</param>
sealed class BytePairTrainer(int[] tokenOfByte)
{
    readonly Dictionary<string, long> frequencies = new(StringComparer.Ordinal);
    readonly Dictionary<(int Left, int Right), Occurrences> pairs = [];
    readonly PriorityQueue<(int Left, int Right), (long Fewer, int Left, int Right)> heap = new();
    readonly List<Piece> pieces = [];

    /// <summary>Counts the pieces of a text.</summary>
    public void Count(ReadOnlySpan<char> text)
    {
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> lookup =
            frequencies.GetAlternateLookup<ReadOnlySpan<char>>();
        PreTokenizer found = new(text);
        while (found.MoveNext())
            CollectionsMarshal.GetValueRefOrAddDefault(lookup, found.Current, out _)++;
    }

    /// <summary>Learns merges from what was counted.</summary>
    /// <param name="most">How many merges to make at most.</param>
    /// <param name="minimumFrequency">The least frequency of a merged pair.</param>
    /// <param name="bytesOfToken">The bytes of each token so far; those of new tokens are appended.</param>
    public List<(int Left, int Right)> LearnMerges(int most, int minimumFrequency, List<byte[]> bytesOfToken)
    {
        CountPairs();
        HashSet<string> existing = [.. bytesOfToken.Select(bytes => ByteAlphabet.Write(bytes))];
        List<(int Left, int Right)> merges = [];
        while (merges.Count < most && TryTakeMostFrequent(minimumFrequency, out (int Left, int Right) pair))
        {
            byte[] bytes = [.. bytesOfToken[pair.Left], .. bytesOfToken[pair.Right]];

            // The same bytes may arise from two pairs, "ab" + "c" and "a" + "bc". A token has one merge.
            if (!existing.Add(ByteAlphabet.Write(bytes)))
                continue;
            Merge(pair, bytesOfToken.Count);
            bytesOfToken.Add(bytes);
            merges.Add(pair);
        }

        return merges;
    }

    void CountPairs()
    {
        foreach ((string text, long frequency) in frequencies)
        {
            int[] tokens = [.. Encoding.UTF8.GetBytes(text).Select(value => tokenOfByte[value])];
            for (int i = 0; i + 1 < tokens.Length; i++)
                Change((tokens[i], tokens[i + 1]), frequency, pieces.Count);
            pieces.Add(new Piece(tokens, frequency));
        }

        foreach (((int, int) pair, Occurrences occurrences) in pairs)
            Enqueue(pair, occurrences.Count);
    }

    bool TryTakeMostFrequent(int minimumFrequency, out (int Left, int Right) pair)
    {
        while (heap.TryDequeue(out pair, out (long Fewer, int, int) priority))
        {
            long count = pairs[pair].Count;
            if (count < minimumFrequency)
                continue;
            if (count == -priority.Fewer)
                return true;
            Enqueue(pair, count);
        }

        return false;
    }

    void Merge((int Left, int Right) pair, int result)
    {
        HashSet<(int Left, int Right)> found = [];
        foreach (int index in pairs[pair].Pieces)
            MergeWithin(index, pair, result, found);

        // Every occurrence is gone, also those that overlapped with a merged one.
        pairs.Remove(pair);
        foreach ((int, int) changed in found)
        {
            if (pairs.TryGetValue(changed, out Occurrences? occurrences))
                Enqueue(changed, occurrences.Count);
        }
    }

    void MergeWithin(int index, (int Left, int Right) pair, int result, HashSet<(int Left, int Right)> found)
    {
        Piece piece = pieces[index];
        int[] tokens = piece.Tokens;
        int written = 0;
        for (int read = 0; read < piece.Length; read++, written++)
        {
            if (read + 1 >= piece.Length || tokens[read] != pair.Left || tokens[read + 1] != pair.Right)
            {
                tokens[written] = tokens[read];
                continue;
            }

            if (written > 0)
                Replace((tokens[written - 1], pair.Left), (tokens[written - 1], result));
            if (read + 2 < piece.Length)
                Replace((pair.Right, tokens[read + 2]), (result, tokens[read + 2]));
            tokens[written] = result;
            read++;
        }

        piece.Length = written;

        void Replace((int, int) before, (int, int) after)
        {
            // The merged pair's own count is not kept up to date: it ends with the merge.
            if (before != pair)
                Change(before, -piece.Frequency, index);
            Change(after, piece.Frequency, index);
            found.Add(after);
        }
    }

    void Change((int, int) pair, long change, int piece)
    {
        ref Occurrences? occurrences = ref CollectionsMarshal.GetValueRefOrAddDefault(pairs, pair, out _);
        occurrences ??= new Occurrences();
        occurrences.Count += change;
        if (change > 0 && (occurrences.Pieces.Count == 0 || occurrences.Pieces[^1] != piece))
            occurrences.Pieces.Add(piece);
    }

    void Enqueue((int Left, int Right) pair, long count) => heap.Enqueue(pair, (-count, pair.Left, pair.Right));

    sealed class Piece(int[] tokens, long frequency)
    {
        public int[] Tokens { get; } = tokens;

        public int Length { get; set; } = tokens.Length;

        public long Frequency { get; } = frequency;
    }

    sealed class Occurrences
    {
        public long Count { get; set; }

        /// <summary>The pieces that have had the pair; some may have lost it, and one may be there twice.</summary>
        public List<int> Pieces { get; } = [];
    }
}
