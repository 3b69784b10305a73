using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>Numbers of bfloat16 in memory, 16 bits each.</summary>
public struct BFloat16View : INumberView, IElementView<BFloat16View>
{
    /// <inheritdoc/>
    public static int ElementBits => 16;

    /// <inheritdoc/>
    public static BFloat16View Over(ArrayView<float> memory) => new() { Bits = memory.Cast<ushort>() };

    /// <summary>Their bits.</summary>
    public ArrayView<ushort> Bits;

    /// <summary>The nearest number of bfloat16, ties to even; NaN stays NaN.</summary>
    public static float Narrow(float value) => DeviceFormats.RoundToBFloat16(value);

    /// <summary>The nearest numbers of the format.</summary>
    public static Four Narrow(Four x) => new() { X = Narrow(x.X), Y = Narrow(x.Y), Z = Narrow(x.Z), W = Narrow(x.W) };

    static float FromBits(ushort bits) => DeviceFormats.FromBFloat16(bits);

    static ushort ToBits(float value) => DeviceFormats.ToBFloat16(value);

    /// <inheritdoc/>
    public readonly float this[int index] => FromBits(Bits[index]);

    /// <inheritdoc/>
    public readonly Four LoadFour(int index)
    {
        var bits = Bits.Cast<FourBits>()[index >> 2];
        return new() { X = FromBits(bits.X), Y = FromBits(bits.Y), Z = FromBits(bits.Z), W = FromBits(bits.W) };
    }

    /// <inheritdoc/>
    public readonly void Store(int index, float value) => Bits[index] = ToBits(value);

    /// <inheritdoc/>
    public readonly void StoreFour(int index, Four values) =>
        Bits.Cast<FourBits>()[index >> 2] = new() { X = ToBits(values.X), Y = ToBits(values.Y), Z = ToBits(values.Z), W = ToBits(values.W) };

    /// <inheritdoc/>
    public readonly Four Rounded(Four values) => Narrow(values);

    /// <inheritdoc/>
    public readonly nuint Address(int index) => TensorMemory.Address(ref Bits[index]);
}

/// <summary>Numbers of IEEE 754's binary16 in memory, 16 bits each.</summary>
public struct Float16View : INumberView, IElementView<Float16View>
{
    /// <inheritdoc/>
    public static int ElementBits => 16;

    /// <inheritdoc/>
    public static Float16View Over(ArrayView<float> memory) => new() { Bits = memory.Cast<ushort>() };

    /// <summary>Their bits.</summary>
    public ArrayView<ushort> Bits;

    /// <summary>The nearest number of binary16, ties to even: below 2^-14 a multiple of 2^-24, from 65520 on infinity. NaN stays NaN.</summary>
    public static float Narrow(float value) => DeviceFormats.RoundToFloat16(value);

    /// <summary>The nearest numbers of the format.</summary>
    public static Four Narrow(Four x) => new() { X = Narrow(x.X), Y = Narrow(x.Y), Z = Narrow(x.Z), W = Narrow(x.W) };

    static float FromBits(ushort bits) => DeviceFormats.FromFloat16(bits);

    static ushort ToBits(float value) => DeviceFormats.ToFloat16(value);

    /// <inheritdoc/>
    public readonly float this[int index] => FromBits(Bits[index]);

    /// <inheritdoc/>
    public readonly Four LoadFour(int index)
    {
        var bits = Bits.Cast<FourBits>()[index >> 2];
        return new() { X = FromBits(bits.X), Y = FromBits(bits.Y), Z = FromBits(bits.Z), W = FromBits(bits.W) };
    }

    /// <inheritdoc/>
    public readonly void Store(int index, float value) => Bits[index] = ToBits(value);

    /// <inheritdoc/>
    public readonly void StoreFour(int index, Four values) =>
        Bits.Cast<FourBits>()[index >> 2] = new() { X = ToBits(values.X), Y = ToBits(values.Y), Z = ToBits(values.Z), W = ToBits(values.W) };

    /// <inheritdoc/>
    public readonly Four Rounded(Four values) => Narrow(values);

    /// <inheritdoc/>
    public readonly nuint Address(int index) => TensorMemory.Address(ref Bits[index]);
}
