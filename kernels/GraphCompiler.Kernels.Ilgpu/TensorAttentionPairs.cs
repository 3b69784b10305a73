using static GraphCompiler.Kernels.Ilgpu.TensorAttentionTiles;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// The 32 pairs of query and key that a thread has of its warp's rows and 64 columns, as bits: bit 2j + c is row g and column
/// 8j + 2t + c, bit 16 + 2j + c the same of row g + 8, with g = lane / 4 and t = lane % 4.
/// </summary>
struct TensorAttentionPairs
{
    const int PairsOfRow = 16;

    /// <summary>Sizes, masks, dropout.</summary>
    public AttentionShape Shape;

    /// <summary>Which item of the batch, and which head of queries.</summary>
    public int Batch, Head;

    /// <summary>The first of the warp's rows.</summary>
    public int FirstRow;

    // Rows are queries, and columns keys.

    /// <summary>Whether any of the warp's queries attends to one of the keys.</summary>
    public readonly bool QueriesSee(int firstKey) =>
        Shape.EndKey(FirstRow + RowsOfWarp) > firstKey && Shape.FirstKey(FirstRow) < firstKey + Columns;

    /// <summary>Whether all of them attend to all keys.</summary>
    public readonly bool QueriesSeeAll(int firstKey) => Shape.SeesAll(FirstRow, RowsOfWarp, firstKey, Columns);

    /// <summary>The pairs in which the query attends to the key.</summary>
    public readonly int VisibleToQueries(int firstKey)
    {
        int query = FirstRow + UpperRow;
        int upper = Between(Shape.FirstKey(query) - firstKey, Shape.EndKey(query + 1) - firstKey);
        int lower = Between(Shape.FirstKey(query + 8) - firstKey, Shape.EndKey(query + 9) - firstKey);
        if (Shape.HasKeyMask)
        {
            int attended = Attended(firstKey);
            upper &= attended;
            lower &= attended;
        }
        return upper | lower << PairsOfRow;
    }

    /// <summary>The pairs whose weights dropout keeps.</summary>
    public readonly int KeptByQueries(int firstKey)
    {
        int kept = 0;
        for (int i = 0; i < 2 * PairsOfRow; i++)
            kept |= IsKept(FirstRow + RowOf(i), firstKey + ColumnOf(i)) ? 1 << i : 0;
        return kept;
    }

    // Rows are keys, and columns queries.

    /// <summary>Whether any of the warp's keys is attended to by one of the queries.</summary>
    public readonly bool KeysAreSeen(int firstQuery) => FirstRow < Shape.KeyCount
        && Shape.EndQuery(FirstRow + RowsOfWarp) > firstQuery && Shape.FirstQuery(FirstRow) < firstQuery + Columns;

    /// <summary>Whether all of them are attended to by all queries.</summary>
    public readonly bool KeysAreSeenByAll(int firstQuery) => Shape.SeesAll(firstQuery, Columns, FirstRow, RowsOfWarp);

    /// <summary>The pairs in which the query attends to the key.</summary>
    public readonly int VisibleOfKeys(int firstQuery)
    {
        int key = FirstRow + UpperRow;
        return QueriesOf(key, firstQuery) | QueriesOf(key + 8, firstQuery) << PairsOfRow;
    }

    readonly int QueriesOf(int key, int firstQuery)
    {
        if (key >= Shape.KeyCount || !IsAttended(key))
            return 0;
        return Between(Shape.FirstQuery(key) - firstQuery, Shape.EndQuery(key + 1) - firstQuery);
    }

    /// <summary>The pairs whose weights dropout keeps.</summary>
    public readonly int KeptOfKeys(int firstQuery)
    {
        int kept = 0;
        for (int i = 0; i < 2 * PairsOfRow; i++)
            kept |= IsKept(firstQuery + ColumnOf(i), FirstRow + RowOf(i)) ? 1 << i : 0;
        return kept;
    }

    static int RowOf(int pair) => UpperRow + (pair >> 4) * 8;

    static int ColumnOf(int pair) => ((pair & (PairsOfRow - 1)) >> 1) * 8 + FirstColumn + (pair & 1);

    readonly bool IsKept(int query, int key) => Shape.Kept(Batch, Head, query, key) != 0f;

    readonly bool IsAttended(int key) => !Shape.HasKeyMask || Shape.KeyMask[Shape.KeyMaskOffset + Batch * Shape.KeyMaskStride + key];

    /// <summary>A row's bits of the keys that somebody attends to.</summary>
    readonly int Attended(int firstKey)
    {
        int bits = 0;
        for (int i = 0; i < PairsOfRow; i++)
        {
            int key = firstKey + ColumnOf(i);
            if (key < Shape.KeyCount)
                bits |= IsAttended(key) ? 1 << i : 0;
        }
        return bits;
    }

    /// <summary>A row's bits of the columns from one on and before another.</summary>
    static int Between(int first, int end) => ((1 << Before(end)) - 1) & ~((1 << Before(first)) - 1);

    /// <summary>How many of a thread's columns in a row lie before one.</summary>
    static int Before(int column)
    {
        int own = column - FirstColumn;
        if (own <= 0)
            return 0;
        int inLastEight = own & 7, count = (own >> 3) * 2 + (inLastEight < 2 ? inLastEight : 2);
        return count < PairsOfRow ? count : PairsOfRow;
    }
}
