using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>The sizes of what attention works on at a time, and where it lies in a worker's scratch memory.</summary>
internal static class AttentionBlocks
{
    /// <summary>Keys of a block: with their values and the weights of a panel they stay in the second-level cache.</summary>
    public const int Keys = 128;

    /// <summary>Panels of queries that pass over a block of keys before the next one is packed.</summary>
    public const int Panels = 4;

    /// <summary>Floats of the widest panel: three registers of 16 lanes.</summary>
    public const int MaxPanelWidth = 48;

    /// <summary>Floats of the widest register, for padding that suits all.</summary>
    const int MaxLanes = 16;

    /// <summary>Floats of one square to transpose.</summary>
    public const int SquareFloats = MaxLanes * MaxLanes;

    /// <summary>The head size in whole registers of any width.</summary>
    public static int Padded(int headSize) => checked((headSize + MaxLanes - 1) / MaxLanes * MaxLanes);

    /// <summary>Floats of a strip: as many keys as a register tile is high, and a panel's queries.</summary>
    public const int StripFloats = 8 * MaxPanelWidth;

    /// <summary>Floats that one panel's weights for a block of keys take.</summary>
    public const int WeightFloats = Keys * MaxPanelWidth;
}

/// <summary>
/// How the queries of a head are cut into panels: as many registers of neighbouring queries as a register tile is wide,
/// and two middling ones at the end rather than a full one and a single register.
/// </summary>
internal readonly struct QueryPanels<V>
    where V : unmanaged, IVector<V>
{
    readonly int queryLength, registers;

    public QueryPanels(int queryLength)
    {
        this.queryLength = queryLength;
        registers = (int)(((long)queryLength + V.Count - 1) / V.Count);
        Count = (registers + TileShape.Vectors - 1) / TileShape.Vectors;
    }

    /// <summary>How many panels there are.</summary>
    public int Count { get; }

    /// <summary>Floats from a key's weights to the next key's: the width of a whole panel.</summary>
    public static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TileShape.Vectors * V.Count;
    }

    /// <summary>The first query of a panel.</summary>
    public int Start(int panel)
    {
        if (panel >= Count)
            return queryLength;
        bool isShortened = TileShape.Vectors == 3 && panel == Count - 1 && panel > 0 && registers % 3 == 1;
        return isShortened ? (registers - 2) * V.Count : panel * Width;
    }

    /// <summary>Registers of a panel.</summary>
    public int Registers(int panel) => (Start(panel + 1) - Start(panel) + V.Count - 1) / V.Count;
}
