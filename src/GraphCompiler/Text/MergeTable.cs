// Merging a piece: of all pairs of neighbours that have a merge, the one of the lowest rank becomes one token, the
// leftmost of equals first, until no pair has a merge. A short piece is searched again after every merge. In a long one
// the candidates wait in a heap by (rank, position), neighbours are linked, and a candidate whose pair has changed since
// is skipped when it comes up: n log n for n bytes, so a megabyte of one letter does no harm.

namespace GraphCompiler.Text;

/// <summary>The merges of a byte-pair vocabulary.</summary>
sealed class MergeTable
{
    const int LongestShortPiece = 48;

    readonly Dictionary<ulong, Merge> merges = [];

    /// <summary>How many merges there are, which is the rank of the next one.</summary>
    public int Count => merges.Count;

    /// <summary>Adds the merge of the next rank; false if the pair has one already.</summary>
    public bool TryAdd(int left, int right, int result) => merges.TryAdd(Key(left, right), new Merge(Count, result));

    /// <summary>Appends the merged tokens of a piece.</summary>
    /// <param name="piece">The tokens of the piece's bytes; overwritten.</param>
    /// <param name="tokens">The list to append to.</param>
    public void Apply(Span<int> piece, List<int> tokens)
    {
        if (piece.Length <= LongestShortPiece)
            ApplyBySearch(piece, tokens);
        else
            ApplyByHeap(piece, tokens);
    }

    void ApplyBySearch(Span<int> piece, List<int> tokens)
    {
        while (true)
        {
            int best = -1;
            Merge lowest = new(int.MaxValue, 0);
            for (int i = 0; i + 1 < piece.Length; i++)
            {
                if (merges.TryGetValue(Key(piece[i], piece[i + 1]), out Merge merge) && merge.Rank < lowest.Rank)
                    (best, lowest) = (i, merge);
            }

            if (best < 0)
                break;
            piece[best] = lowest.Result;
            piece[(best + 2)..].CopyTo(piece[(best + 1)..]);
            piece = piece[..^1];
        }

        tokens.AddRange(piece);
    }

    void ApplyByHeap(Span<int> piece, List<int> tokens)
    {
        // The token that begins at a place, or Gone where it is part of one that begins further left.
        const int Gone = -1;
        int end = piece.Length;
        int[] next = new int[end], previous = new int[end];
        PriorityQueue<(int Left, int Right, int Result), (int Rank, int Place)> candidates = new();
        for (int i = 0; i < end; i++)
            (previous[i], next[i]) = (i - 1, i + 1);
        for (int i = 0; i + 1 < end; i++)
            Consider(piece, i);

        while (candidates.TryDequeue(out (int Left, int Right, int Result) pair, out (int Rank, int Place) at))
        {
            int left = at.Place, right = next[left];
            if (piece[left] != pair.Left || right == end || piece[right] != pair.Right)
                continue;
            piece[left] = pair.Result;
            piece[right] = Gone;
            next[left] = next[right];
            if (next[right] < end)
                previous[next[right]] = left;
            Consider(piece, left);
            if (previous[left] >= 0)
                Consider(piece, previous[left]);
        }

        for (int i = 0; i < end; i = next[i])
            tokens.Add(piece[i]);

        void Consider(Span<int> piece, int left)
        {
            int right = next[left];
            if (right < end && merges.TryGetValue(Key(piece[left], piece[right]), out Merge merge))
                candidates.Enqueue((piece[left], piece[right], merge.Result), (merge.Rank, left));
        }
    }

    static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    readonly record struct Merge(int Rank, int Result);
}
