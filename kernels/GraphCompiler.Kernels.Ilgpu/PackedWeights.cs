using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// The bytes of packed weights are those of the CPU: panels of 16 outputs, in which groups of 32 inputs follow each other. Within a group
// a word of 32 bits has neighbouring inputs of one output, and the words of the 16 outputs lie side by side, so that threads of
// neighbouring outputs read neighbouring words.

/// <summary>A format of packed weights, which lie in words of 32 bits.</summary>
public interface IPackedWeights
{
    /// <summary>The words of a group of a panel.</summary>
    int GroupWords { get; }

    /// <summary>The words that follow the groups of a panel.</summary>
    int PanelEndWords { get; }

    /// <summary>Four neighbouring inputs of an output, as the bytes of a word, which have signs.</summary>
    /// <param name="packed">The words.</param>
    /// <param name="group">Where the group begins.</param>
    /// <param name="output">The output, from 0 to 15.</param>
    /// <param name="four">Which inputs of the group, from 0 to 7.</param>
    int Bytes(ArrayView<int> packed, int group, int output, int four);

    /// <summary>What a group has for an output besides its bytes.</summary>
    int Scales(ArrayView<int> packed, int group, int output);

    /// <summary>What a group gives, in units of the output.</summary>
    /// <param name="dot">The sum of products of integers.</param>
    /// <param name="activations">The sum of the activations' integers.</param>
    /// <param name="scales">What <see cref="Scales"/> gave.</param>
    float Product(int dot, int activations, int scales);

    /// <summary>A sum in units of the output as a result.</summary>
    /// <param name="packed">The words.</param>
    /// <param name="panelEnd">Where begins what follows the groups.</param>
    /// <param name="output">The output, from 0 to 15.</param>
    /// <param name="sum">The sum.</param>
    float Finish(ArrayView<int> packed, int panelEnd, int output, float sum);
}

/// <summary>Weights of 8 bits in units of their output's scale, stored with 128 added. The scales of a panel follow its groups.</summary>
public readonly struct Int8Weights : IPackedWeights
{
    /// <inheritdoc/>
    public int GroupWords => QuantizationContract.Int8GroupBytes / sizeof(int);

    /// <inheritdoc/>
    public int PanelEndWords => QuantizationContract.Int8ScaleBytes / sizeof(int);

    /// <inheritdoc/>
    public int Bytes(ArrayView<int> packed, int group, int output, int four) =>
        packed[group + four * QuantizationContract.Panel + output] ^ unchecked((int)0x80808080);

    /// <inheritdoc/>
    public int Scales(ArrayView<int> packed, int group, int output) => 0;

    /// <inheritdoc/>
    public float Product(int dot, int activations, int scales) => dot;

    /// <inheritdoc/>
    public float Finish(ArrayView<int> packed, int panelEnd, int output, float sum) => sum * Interop.IntAsFloat((uint)packed[panelEnd + output]);
}

/// <summary>
/// Weights of 4 bits, 0 to 15 scales above the minimum of their group. A group begins with a word an output: its scale in the upper half, its
/// minimum in the lower, both bfloat16. A byte has an input's weight in its lower half and that of the input four places on in its upper half.
/// </summary>
public readonly struct Int4Weights : IPackedWeights
{
    /// <inheritdoc/>
    public int GroupWords => QuantizationContract.Int4GroupBytes / sizeof(int);

    /// <inheritdoc/>
    public int PanelEndWords => 0;

    /// <inheritdoc/>
    public int Bytes(ArrayView<int> packed, int group, int output, int four) =>
        packed[group + (four / 2 + 1) * QuantizationContract.Panel + output] >> (four % 2 * 4) & 0x0F0F0F0F;

    /// <inheritdoc/>
    public int Scales(ArrayView<int> packed, int group, int output) => packed[group + output];

    /// <inheritdoc/>
    public float Product(int dot, int activations, int scales) =>
        dot * Interop.IntAsFloat((uint)scales & 0xFFFF0000u) + activations * Interop.IntAsFloat((uint)scales << 16);

    /// <inheritdoc/>
    public float Finish(ArrayView<int> packed, int panelEnd, int output, float sum) => sum;
}

/// <summary>Rows of packed weights, which are unpacked where they are looked up.</summary>
public static class PackedRows
{
    /// <summary>A number of a row.</summary>
    /// <typeparam name="TWeights">The format.</typeparam>
    /// <param name="packed">The table.</param>
    /// <param name="columns">How long its rows are.</param>
    /// <param name="row">The number of the row.</param>
    /// <param name="column">The number's place in it.</param>
    public static float Load<TWeights>(UInt8View packed, int columns, int row, int column)
        where TWeights : struct, IPackedWeights
    {
        var place = new PlaceOfRow<TWeights>(columns, row, column);
        return place.Weight(packed.Bits.Cast<int>(), Int8View.Narrow(place.Bytes(packed.Bits.Cast<int>()) >> column % Four.Count * 8));
    }

    /// <summary>Four neighbours of a row, the first at a multiple of four.</summary>
    /// <inheritdoc cref="Load"/>
    public static Four LoadFour<TWeights>(UInt8View packed, int columns, int row, int column)
        where TWeights : struct, IPackedWeights
    {
        var words = packed.Bits.Cast<int>();
        var place = new PlaceOfRow<TWeights>(columns, row, column);
        var integers = Int8View.Narrow(FourIntegers.OfBytes(place.Bytes(words)));
        return new()
        {
            X = place.Weight(words, integers.X),
            Y = place.Weight(words, integers.Y),
            Z = place.Weight(words, integers.Z),
            W = place.Weight(words, integers.W),
        };
    }
}

/// <summary>Where the numbers of a row lie among packed weights.</summary>
readonly struct PlaceOfRow<TWeights>
    where TWeights : struct, IPackedWeights
{
    readonly int group, panelEnd, output, four;

    public PlaceOfRow(int columns, int row, int column)
    {
        int groups = QuantizedRows.GroupsOf(columns), panel = row / QuantizationContract.Panel;
        int start = panel * (groups * default(TWeights).GroupWords + default(TWeights).PanelEndWords);
        group = start + column / QuantizationContract.Group * default(TWeights).GroupWords;
        panelEnd = start + groups * default(TWeights).GroupWords;
        output = row % QuantizationContract.Panel;
        four = column % QuantizationContract.Group / Four.Count;
    }

    public int Bytes(ArrayView<int> packed) => default(TWeights).Bytes(packed, group, output, four);

    /// <summary>A weight is what an activation of 1 gives.</summary>
    public float Weight(ArrayView<int> packed, int integer) =>
        default(TWeights).Finish(packed, panelEnd, output, default(TWeights).Product(integer, 1, default(TWeights).Scales(packed, group, output)));
}
