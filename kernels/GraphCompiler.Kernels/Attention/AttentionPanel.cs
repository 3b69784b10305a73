using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>
/// A panel of neighbouring queries of one head, and how a strip of keys meets it: which of its registers are
/// computed, and which of their lanes count.
/// </summary>
internal readonly unsafe struct AttentionPanel<V>
    where V : unmanaged, IVector<V>
{
    readonly AttentionShape shape;
    readonly byte* keyMask;

    /// <param name="shape">The attention.</param>
    /// <param name="keyMask">The mask of the keys of this sequence, or null.</param>
    /// <param name="panel">The panel's number.</param>
    public AttentionPanel(in AttentionShape shape, byte* keyMask, int panel)
    {
        this.shape = shape;
        this.keyMask = keyMask;
        var panels = new QueryPanels<V>(shape.QueryLength);
        Start = panels.Start(panel);
        End = panels.Start(panel + 1);
        Registers = (End - Start + V.Count - 1) / V.Count;
        FirstKey = shape.FirstKey(Start);
        EndKey = shape.EndKey(End - 1);
    }

    /// <summary>The first query.</summary>
    public int Start { get; }

    /// <summary>One past the last query.</summary>
    public int End { get; }

    /// <summary>Registers that the queries fill.</summary>
    public int Registers { get; }

    /// <summary>The first key that one of the queries attends to.</summary>
    public int FirstKey { get; }

    /// <summary>One past the last key that one of the queries attends to.</summary>
    public int EndKey { get; }

    /// <summary>The registers with a query that attends to a key of the strip.</summary>
    public void RegistersOf(int key, int rows, out int first, out int end)
    {
        int firstQuery = int.Max(Start, shape.FirstQuery(key));
        int endQuery = int.Min(End, shape.EndQuery(key + rows - 1));
        first = (firstQuery - Start) / V.Count;
        end = (endQuery - Start + V.Count - 1) / V.Count;
    }

    /// <summary>Whether all queries of the registers attend to all keys of the strip.</summary>
    public bool IsWhole(int key, int rows, int first, int end) =>
        keyMask == null && shape.FirstQuery(key + rows - 1) <= Start + (first * V.Count)
        && shape.EndQuery(key) >= int.Min(End, Start + (end * V.Count));

    /// <summary>What of a strip that is not whole counts.</summary>
    public StripMask MaskOf(int key)
    {
        long position = (long)key - shape.KeyCount + shape.QueryLength - Start;
        bool hasLow = shape.IsCausal || shape.Window > 0;
        return new StripMask(
            hasLow ? position - (shape.IsCausal ? 0 : shape.Window - 1L) : long.MinValue,
            shape.Window > 0 ? position + shape.Window : long.MaxValue,
            keyMask == null ? null : keyMask + key);
    }

    /// <summary>Puts zeros into the registers that are not computed: tiles of queries reach over them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ClearRest(int rows, int first, int end, float* strip)
    {
        for (int row = 0; row < rows; row++, strip += AttentionBlocks.PanelWidth)
        {
            for (int register = 0; register < first; register++)
                V.Store(strip + (register * V.Count), V.Zero);
            for (int register = end; register < Registers; register++)
                V.Store(strip + (register * V.Count), V.Zero);
        }
    }
}

/// <summary>
/// The lanes of a strip that count: in the row of its first key those from low to before high, in each row after it one
/// further; none in the row of a key that the mask leaves out.
/// </summary>
internal readonly unsafe struct StripMask(long low, long high, byte* keys)
{
    readonly float low = low, high = high;
    readonly byte* keys = keys;

    /// <summary>The first lane that counts in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Low<V>(int row) where V : unmanaged, IVector<V>
        => V.Splat(keys == null || keys[row] != 0 ? low + row : float.PositiveInfinity);

    /// <summary>One past the last lane that counts in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V High<V>(int row) where V : unmanaged, IVector<V> => V.Splat(high + row);

    /// <summary>The mask of the lanes from <paramref name="lane"/> on that lie between the two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Keep<V>(int lane, V low, V high) where V : unmanaged, IVector<V>
    {
        V lanes = V.Iota(lane);
        return V.And(V.GreaterThanOrEqual(lanes, low), V.LessThan(lanes, high));
    }
}

/// <summary>Dropout's factors of one head, a strip at a time.</summary>
internal readonly unsafe struct AttentionDropoutStrip(
    in AttentionDropout dropout, in AttentionShape shape, int batch, int head)
{
    readonly AttentionDropout dropout = dropout;
    readonly int keyLength = shape.KeyLength;
    readonly long firstIndex = (((long)batch * shape.Heads) + head) * shape.QueryLength * shape.KeyLength;

    /// <summary>Whether anything is dropped.</summary>
    public bool Drops => dropout.Drops;

    /// <summary>The factors of <paramref name="rows"/> keys' weights for registers of queries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill<V>(int key, int rows, int query, int vectors, float* factors)
        where V : unmanaged, IVector<V>
    {
        for (int row = 0; row < rows; row++, factors += AttentionBlocks.PanelWidth)
        {
            for (int lane = 0; lane < vectors * V.Count; lane += V.Count)
            {
                long index = firstIndex + ((long)(query + lane) * keyLength) + key + row;
                V.Store(factors + lane, dropout.Factors<V>(index, keyLength));
            }
        }
    }
}
