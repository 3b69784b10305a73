using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

// Where packed weights lie. The outputs of a linear map are cut into panels of 16, the last one filled up with zeros, and its inputs into
// groups of 32. A panel's groups follow each other, so a product reads its weights once and from front to back. Within a group four
// neighbouring inputs of all 16 outputs lie side by side, 64 bytes: a vector of any width has some outputs in its lanes, each lane
// four inputs, and a lane's sums stay its output's. So no sum depends on the width.

/// <summary>A format of packed weights.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public unsafe interface IPackedWeights<TSelf>
    where TSelf : struct, IPackedWeights<TSelf>
{
    /// <summary>The bytes of a group of a panel.</summary>
    static abstract int GroupBytes { get; }

    /// <summary>The bytes of what follows the groups of a panel.</summary>
    static abstract int PanelEndBytes { get; }

    /// <summary>A weight of a panel.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="panelEnd">What follows the groups of the panel.</param>
    /// <param name="output">The output, from 0 to 15.</param>
    /// <param name="input">The input in the group, from 0 to 31.</param>
    static abstract float Weight(byte* group, byte* panelEnd, int output, int input);

    /// <summary>What a group's sum of products begins with, of the sum of the activations.</summary>
    static abstract int Start(int activations);

    /// <summary>Weights of 8 inputs of the outputs from a lane on, the first four and the next four, as unsigned bytes.</summary>
    /// <param name="group">The group.</param>
    /// <param name="part">Which 8 inputs, from 0.</param>
    /// <param name="lane">The first output.</param>
    /// <param name="first">The first four inputs.</param>
    /// <param name="second">The next four.</param>
    static abstract void Load<V>(byte* group, int part, int lane, out V first, out V second)
        where V : unmanaged, IVector<V>;

    /// <summary>Adds a group to results.</summary>
    /// <param name="group">The group.</param>
    /// <param name="lane">The first output.</param>
    /// <param name="result">What the groups before have given.</param>
    /// <param name="dots">The integer sums of products.</param>
    /// <param name="scale">The scale of the activations.</param>
    /// <param name="activations">The sum of the activations' integers.</param>
    static abstract V Add<V>(byte* group, int lane, V result, V dots, float scale, int activations)
        where V : unmanaged, IVector<V>;

    /// <summary>The results, when all groups have been added.</summary>
    /// <param name="panelEnd">What follows the groups of the panel.</param>
    /// <param name="lane">The first output.</param>
    /// <param name="result">What the groups have given.</param>
    static abstract V Finish<V>(byte* panelEnd, int lane, V result)
        where V : unmanaged, IVector<V>;
}

/// <summary>
/// Weights of 8 bits, from -127 to 127 in units of their output's scale. They are stored with 128 added, since the instruction
/// multiplies unsigned with signed bytes. The scales of a panel follow its groups.
/// </summary>
public readonly unsafe struct Int8Weights : IPackedWeights<Int8Weights>
{
    /// <summary>What is added to a stored weight, and the largest magnitude of one.</summary>
    internal const int Offset = 128, Largest = 127;

    /// <inheritdoc/>
    public static int GroupBytes => QuantizationContract.Int8GroupBytes;

    /// <inheritdoc/>
    public static int PanelEndBytes => QuantizationContract.Int8ScaleBytes;

    /// <summary>The byte of a group in which a weight lies.</summary>
    internal static int Place(int output, int input) => (input / 4 * 4 * QuantizationContract.Panel) + (output * 4) + (input % 4);

    /// <inheritdoc/>
    public static float Weight(byte* group, byte* panelEnd, int output, int input) => (group[Place(output, input)] - Offset) * ((float*)panelEnd)[output];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Start(int activations) => -Offset * activations;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<V>(byte* group, int part, int lane, out V first, out V second)
        where V : unmanaged, IVector<V>
    {
        int* at = (int*)group + (part * 2 * QuantizationContract.Panel) + lane;
        first = V.Load(at);
        second = V.Load(at + QuantizationContract.Panel);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(byte* group, int lane, V result, V dots, float scale, int activations)
        where V : unmanaged, IVector<V> => V.FusedMultiplyAdd(V.ConvertBitsToSingle(dots), V.Splat(scale), result);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(byte* panelEnd, int lane, V result)
        where V : unmanaged, IVector<V> => result * V.Load((float*)panelEnd + lane);
}

/// <summary>
/// Weights of 4 bits, 0 to 15: the weight is the minimum of its group plus so many scales. A group begins with scales and minima, two
/// bfloat16 in 32 bits for each output, the scale in the upper half; a byte then has an input's weight in its lower half and that of the
/// input four places on in its upper half.
/// </summary>
public readonly unsafe struct Int4Weights : IPackedWeights<Int4Weights>
{
    /// <summary>The largest stored weight.</summary>
    internal const int Largest = 15;

    /// <inheritdoc/>
    public static int GroupBytes => QuantizationContract.Int4GroupBytes;

    /// <inheritdoc/>
    public static int PanelEndBytes => 0;

    /// <summary>The byte of a group in which a weight lies, and where in the byte.</summary>
    internal static int Place(int output, int input, out int shift)
    {
        shift = input % 8 < 4 ? 0 : 4;
        return (QuantizationContract.Panel * 4) + (input / 8 * 4 * QuantizationContract.Panel) + (output * 4) + (input % 4);
    }

    /// <inheritdoc/>
    public static float Weight(byte* group, byte* panelEnd, int output, int input)
    {
        uint scaleAndMinimum = ((uint*)group)[output];
        float scale = BitConverter.UInt32BitsToSingle(scaleAndMinimum & 0xFFFF0000), minimum = BitConverter.UInt32BitsToSingle(scaleAndMinimum << 16);
        // Fewer than 16 scales are exact in single precision, so the sum is rounded once, with or without a fused multiply-add.
        return minimum + (((group[Place(output, input, out int shift)] >> shift) & Largest) * scale);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Start(int activations) => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load<V>(byte* group, int part, int lane, out V first, out V second)
        where V : unmanaged, IVector<V>
    {
        V both = V.Load((int*)group + ((part + 1) * QuantizationContract.Panel) + lane);
        V mask = V.SplatBits(0x0F0F0F0F);
        first = V.And(both, mask);
        second = V.And(V.ShiftBitsRight(both, 4), mask);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Add<V>(byte* group, int lane, V result, V dots, float scale, int activations)
        where V : unmanaged, IVector<V>
    {
        V scaleAndMinimum = V.Load((int*)group + lane);
        V weightScale = V.And(scaleAndMinimum, V.SplatBits(unchecked((int)0xFFFF0000)));
        V minimum = V.ShiftBitsLeft(scaleAndMinimum, 16);
        V products = V.FusedMultiplyAdd(V.ConvertBitsToSingle(dots), weightScale, minimum * V.Splat(activations));
        return V.FusedMultiplyAdd(products, V.Splat(scale), result);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Finish<V>(byte* panelEnd, int lane, V result)
        where V : unmanaged, IVector<V> => result;
}
