using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>The sizes of what attention works on at a time, and where it lies in a worker's scratch memory.</summary>
internal static class AttentionBlocks
{
    /// <summary>
    /// Keys of a block: with their values and the weights of a panel they stay in the second-level cache.
    /// </summary>
    public const int Keys = 128;

    /// <summary>Panels of queries that pass over a block of keys before the next one is packed.</summary>
    public const int Panels = 2;

    /// <summary>
    /// The most queries of a panel, and floats from a key's weights to the next key's: whole register tiles of any
    /// width, and enough queries for the sums over them to be worth fetching what they are added to.
    /// </summary>
    public const int PanelWidth = 96;

    /// <summary>Floats of the widest register, for padding that suits all.</summary>
    const int MaxLanes = LanesContract.Widest;

    /// <summary>Floats of one square to transpose.</summary>
    public const int SquareFloats = MaxLanes * MaxLanes;

    /// <summary>Floats of a cache line.</summary>
    public const int FloatsOfLine = MemoryContract.Alignment / sizeof(float);

    /// <summary>Up to this many floats of keys, the next head can wait in the second-level cache.</summary>
    const int MostFloatsAhead = 32 * 1024;

    /// <summary>Whether the next head is fetched while one is worked on.</summary>
    public static bool FetchesAhead(in AttentionShape shape)
        => (long)shape.KeyLength * shape.HeadSize <= MostFloatsAhead;

    /// <summary>The head size in whole registers of any width.</summary>
    public static int Padded(int headSize) => checked((headSize + MaxLanes - 1) / MaxLanes * MaxLanes);

    /// <summary>The most keys of a strip, or queries of a tile: the height of a register tile.</summary>
    public const int StripRows = 8;

    /// <summary>Floats of a strip: its keys' weights for a panel's queries.</summary>
    public const int StripFloats = StripRows * PanelWidth;

    /// <summary>Floats that one panel's weights for a block of keys take.</summary>
    public const int WeightFloats = Keys * PanelWidth;
}

/// <summary>How the queries of a head are cut into panels: whole registers, about as many in each.</summary>
internal readonly struct QueryPanels<V>
    where V : unmanaged, IVector<V>
{
    readonly int queryLength, registers;

    public QueryPanels(int queryLength)
    {
        this.queryLength = queryLength;
        registers = (int)(((long)queryLength + V.Count - 1) / V.Count);
        int most = AttentionBlocks.PanelWidth / V.Count;
        Count = (registers + most - 1) / most;
    }

    /// <summary>How many panels there are.</summary>
    public int Count { get; }

    /// <summary>The first query of a panel; of the one after the last, the number of queries.</summary>
    public int Start(int panel)
        => panel >= Count ? queryLength : (int)((long)registers * panel / Count) * V.Count;
}
