// What the compiler of models and the libraries that its code calls must say alike. Each number stands here once: the generator
// and the kernels of both targets compile this file, and the libraries above them see the kernels'.

namespace GraphCompiler.Contracts;

/// <summary>Where memory begins.</summary>
internal static class MemoryContract
{
    /// <summary>What blocks, and the tensors in them, begin at multiples of, in bytes: a cache line, and the widest register.</summary>
    public const int Alignment = 64;

    /// <summary>The same of what the host and a device pass each other, and of a program's own memory there: whole transactions of a device.</summary>
    public const int DeviceAlignment = 128;

    /// <summary>The floats before a device program's inputs that hold the numbers of the step.</summary>
    public const int DeviceStepFloats = 32;
}

/// <summary>How many elements are worked on at a time.</summary>
internal static class LanesContract
{
    /// <summary>The lanes of the widest vector, and of the narrowest.</summary>
    public const int Widest = 16, Narrowest = 4;

    /// <summary>The neighbours that a thread of a device reads and writes at once.</summary>
    public const int OfDevice = 4;
}

/// <summary>The threads of a device's groups.</summary>
internal static class GroupContract
{
    /// <summary>The most threads of any group.</summary>
    public const int Largest = 256;

    /// <summary>The most threads of a row that shares its group with other rows.</summary>
    public const int Warp = 32;
}

/// <summary>Matrix products.</summary>
internal static class ProductContract
{
    /// <summary>Rows of the CPU's result stay together in so many: the height of a strip of register tiles.</summary>
    public const int RowGrain = 8;

    /// <summary>Rows and columns of the tile that a group of a device computes, in each of the sizes of templates.</summary>
    public const int LargeTile = 128, MediumTile = 64, SmallTile = 16;

    /// <summary>A slice of a depth is at least so deep.</summary>
    public const int FewestOfSlice = 256;
}

/// <summary>Attention on tensor cores.</summary>
internal static class AttentionContract
{
    /// <summary>The largest head, in bytes: what a column has room for in shared memory.</summary>
    public const int LargestTensorHeadBytes = 256;
}

/// <summary>The logits of a linear map with cross-entropy.</summary>
internal static class LogitsContract
{
    /// <summary>On the CPU every row of logits begins at a multiple of so many bytes, if the first does.</summary>
    public const int RowAlignment = MemoryContract.Alignment;

    /// <summary>On a device every row of logits begins at a multiple of so many floats.</summary>
    public const int DeviceStrideFloats = 32;
}

/// <summary>The numbers of the members of <c>MatMulPrecision</c> and <c>Precision</c>, which is all that the compiler is told of them.</summary>
internal static class PrecisionContract
{
    public const int Float32 = 0, BFloat16 = 1, Float16 = 2;
}

/// <summary>The numbers of the members of <c>SavedActivations</c>.</summary>
internal static class SavedContract
{
    public const int AsComputed = 0, Float8E4M3 = 1, Float8E5M2 = 2;
}

/// <summary>Weights of 8 and 4 bits.</summary>
internal static class QuantizationContract
{
    /// <summary>Inputs in a group: activations share a scale, and weights of 4 bits a scale and a minimum.</summary>
    public const int Group = 32;

    /// <summary>Outputs whose weights lie in one panel.</summary>
    public const int Panel = LanesContract.Widest;

    /// <summary>The bytes that a group of a panel takes, and what follows the groups of a panel.</summary>
    public const int Int8GroupBytes = Group * Panel, Int8ScaleBytes = Panel * 4;

    /// <inheritdoc cref="Int8GroupBytes"/>
    public const int Int4GroupBytes = (Group * Panel / 2) + (Panel * 4);

    /// <summary>The most inputs of a linear map whose weights are quantised.</summary>
    public const int LargestDepth = 1 << 17;

    /// <summary>The numbers of the members of <c>WeightFormat</c>, which is all that the compiler is told of them.</summary>
    public const int Float32 = 0, Int8 = 1, Int4 = 2;

    /// <summary>The bytes of packed weights of 8 bits: a multiple of <see cref="MemoryContract.Alignment"/>.</summary>
    public static long Int8Bytes(long outputs, long inputs) => Parts(outputs, Panel) * ((Parts(inputs, Group) * Int8GroupBytes) + Int8ScaleBytes);

    /// <summary>The bytes of packed weights of 4 bits: a multiple of <see cref="MemoryContract.Alignment"/>.</summary>
    public static long Int4Bytes(long outputs, long inputs) => Parts(outputs, Panel) * Parts(inputs, Group) * Int4GroupBytes;

    static long Parts(long items, int size) => (items + size - 1) / size;
}

/// <summary>How the scale of a loss follows from one update to the next, on the host and on devices.</summary>
internal static class LossScaleContract
{
    /// <summary>Between these the scale stays: 2^-24 and 2^40.</summary>
    public const float Smallest = 5.9604645e-8f, Largest = 1.0995116e12f;

    /// <summary>Whether a number is a scale: a power of two that is neither too small nor too large.</summary>
    public static bool IsScale(float scale)
    {
        float power = Smallest;
        while (power < scale && power < Largest)
            power *= 2f;
        return power == scale;
    }

    /// <summary>The scale after an update: half as large after one that was left out, twice after so many good ones.</summary>
    public static float Next(float scale, int goodUpdates, bool isGood, int growthInterval)
    {
        if (!isGood)
            return scale > Smallest ? scale * 0.5f : scale;
        return goodUpdates >= growthInterval - 1 && scale < Largest ? scale * 2f : scale;
    }

    /// <summary>The number of good updates since the scale changed, after another update.</summary>
    public static int GoodUpdates(int goodUpdates, bool isGood, int growthInterval) => isGood && goodUpdates < growthInterval - 1 ? goodUpdates + 1 : 0;
}
