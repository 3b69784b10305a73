namespace GraphCompiler.Generation;

/// <summary>A heap of tokens with the greatest score at the top, the lower number first among equals.</summary>
static class CandidateHeap
{
    /// <summary>Orders tokens as a heap, in time proportional to their number.</summary>
    public static void Build(Span<int> heap, float[] scores)
    {
        for (int parent = heap.Length / 2 - 1; parent >= 0; parent--)
            Sink(heap, parent, scores);
    }

    /// <summary>Moves the top to the end of the span, makes a heap of the rest, and gives the token moved.</summary>
    public static int Pop(Span<int> heap, float[] scores)
    {
        (heap[0], heap[^1]) = (heap[^1], heap[0]);
        Sink(heap[..^1], 0, scores);
        return heap[^1];
    }

    static void Sink(Span<int> heap, int parent, float[] scores)
    {
        while (true)
        {
            int child = 2 * parent + 1;
            if (child >= heap.Length)
                return;
            if (child + 1 < heap.Length && IsAbove(heap[child + 1], heap[child], scores))
                child++;
            if (!IsAbove(heap[child], heap[parent], scores))
                return;
            (heap[parent], heap[child]) = (heap[child], heap[parent]);
            parent = child;
        }
    }

    static bool IsAbove(int token, int other, float[] scores) =>
        scores[token] > scores[other] || (scores[token] == scores[other] && token < other);
}
