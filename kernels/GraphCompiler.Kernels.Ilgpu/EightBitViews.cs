using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>Numbers of 8 bits in memory, 4 of exponent and 3 of mantissa.</summary>
public struct Float8E4M3View : INumberView, IElementView<Float8E4M3View>
{
    /// <inheritdoc/>
    public static int ElementBits => 8;

    /// <inheritdoc/>
    public static Float8E4M3View Over(ArrayView<float> memory) => new() { Bits = memory.Cast<byte>() };

    /// <summary>Their bits.</summary>
    public ArrayView<byte> Bits;

    /// <summary>The nearest number of E4M3, ties to even; NaN where that would be larger than 448.</summary>
    public static float Narrow(float value) => DeviceFormats.Round(value, 4, 3, 448f, 0x7FC0_0000u);

    /// <summary>The nearest numbers of the format.</summary>
    public static Four Narrow(Four x) => new() { X = Narrow(x.X), Y = Narrow(x.Y), Z = Narrow(x.Z), W = Narrow(x.W) };

    static float FromBits(byte bits) => DeviceFormats.FromBits(bits, 4, 3, 448f);

    static byte ToBits(float value) => (byte)DeviceFormats.ToBits(value, 4, 3, 448f, 0x7Fu);

    /// <inheritdoc/>
    public readonly float this[int index] => FromBits(Bits[index]);

    /// <inheritdoc/>
    public readonly Four LoadFour(int index)
    {
        var bits = FourIntegers.OfBytes(Bits.Cast<int>()[index >> 2]);
        return new() { X = FromBits((byte)bits.X), Y = FromBits((byte)bits.Y), Z = FromBits((byte)bits.Z), W = FromBits((byte)bits.W) };
    }

    /// <inheritdoc/>
    public readonly void Store(int index, float value) => Bits[index] = ToBits(value);

    /// <inheritdoc/>
    public readonly void StoreFour(int index, Four values) =>
        Bits.Cast<int>()[index >> 2] = new FourIntegers() { X = ToBits(values.X), Y = ToBits(values.Y), Z = ToBits(values.Z), W = ToBits(values.W) }.ToBytes();

    /// <inheritdoc/>
    public readonly Four Rounded(Four values) => Narrow(values);

    /// <inheritdoc/>
    public readonly nuint Address(int index) => TensorMemory.Address(ref Bits[index]);
}

/// <summary>Numbers of 8 bits in memory, 5 of exponent and 2 of mantissa.</summary>
public struct Float8E5M2View : INumberView, IElementView<Float8E5M2View>
{
    /// <inheritdoc/>
    public static int ElementBits => 8;

    /// <inheritdoc/>
    public static Float8E5M2View Over(ArrayView<float> memory) => new() { Bits = memory.Cast<byte>() };

    /// <summary>Their bits.</summary>
    public ArrayView<byte> Bits;

    /// <summary>The nearest number of E5M2, ties to even; infinity where that would be larger than 57344. NaN stays NaN.</summary>
    public static float Narrow(float value) => DeviceFormats.Round(value, 5, 2, 57344f, 0x7F80_0000u);

    /// <summary>The nearest numbers of the format.</summary>
    public static Four Narrow(Four x) => new() { X = Narrow(x.X), Y = Narrow(x.Y), Z = Narrow(x.Z), W = Narrow(x.W) };

    static float FromBits(byte bits) => DeviceFormats.FromBits(bits, 5, 2, 57344f);

    static byte ToBits(float value) => (byte)DeviceFormats.ToBits(value, 5, 2, 57344f, 0x7Eu);

    /// <inheritdoc/>
    public readonly float this[int index] => FromBits(Bits[index]);

    /// <inheritdoc/>
    public readonly Four LoadFour(int index)
    {
        var bits = FourIntegers.OfBytes(Bits.Cast<int>()[index >> 2]);
        return new() { X = FromBits((byte)bits.X), Y = FromBits((byte)bits.Y), Z = FromBits((byte)bits.Z), W = FromBits((byte)bits.W) };
    }

    /// <inheritdoc/>
    public readonly void Store(int index, float value) => Bits[index] = ToBits(value);

    /// <inheritdoc/>
    public readonly void StoreFour(int index, Four values) =>
        Bits.Cast<int>()[index >> 2] = new FourIntegers() { X = ToBits(values.X), Y = ToBits(values.Y), Z = ToBits(values.Z), W = ToBits(values.W) }.ToBytes();

    /// <inheritdoc/>
    public readonly Four Rounded(Four values) => Narrow(values);

    /// <inheritdoc/>
    public readonly nuint Address(int index) => TensorMemory.Address(ref Bits[index]);
}
