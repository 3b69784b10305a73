using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>The weights of one output, unpacked where they are read: a row of a table that is looked up.</summary>
/// <typeparam name="TWeights">The format of the weights.</typeparam>
public readonly unsafe struct PackedRow<TWeights>
    where TWeights : struct, IPackedWeights<TWeights>
{
    readonly byte* panel, panelEnd;
    readonly int output;

    /// <summary>The row with a number.</summary>
    /// <param name="weights">The packed weights.</param>
    /// <param name="row">The number.</param>
    /// <param name="columns">The weights of a row.</param>
    public PackedRow(void* weights, int row, int columns)
    {
        nint groupBytes = (nint)ActivationGroups.GroupsOf(columns) * TWeights.GroupBytes;
        panel = (byte*)weights + (row / QuantizationContract.Panel * (groupBytes + TWeights.PanelEndBytes));
        panelEnd = panel + groupBytes;
        output = row % QuantizationContract.Panel;
    }

    /// <summary>A weight.</summary>
    public float this[int column] => TWeights.Weight(
        panel + ((nint)(column / QuantizationContract.Group) * TWeights.GroupBytes), panelEnd, output, column % QuantizationContract.Group);

    /// <summary>V.Count consecutive weights.</summary>
    public V Load<V>(int column)
        where V : unmanaged, IVector<V> => LoadPartial<V>(column, V.Count);

    /// <summary>The first <paramref name="count"/> of these; the other lanes are 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public V LoadPartial<V>(int column, int count)
        where V : unmanaged, IVector<V>
    {
        float* lanes = stackalloc float[LanesContract.Widest];
        for (int i = 0; i < V.Count; i++)
            lanes[i] = i < count ? this[column + i] : 0;
        return V.Load(lanes);
    }
}
