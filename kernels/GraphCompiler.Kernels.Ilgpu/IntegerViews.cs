using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>Integers in memory, of a type that their view says; kernels compute with 32 bits.</summary>
public interface IIntegerView
{
    /// <summary>An integer.</summary>
    int this[int index] { get; }

    /// <summary>Reads four neighbours at once; the place of the first is a multiple of four.</summary>
    FourIntegers LoadFour(int index);

    /// <summary>Stores an integer of the type.</summary>
    void Store(int index, int value);

    /// <summary>Stores four neighbours, integers of the type, at once; the place of the first is a multiple of four.</summary>
    void StoreFour(int index, FourIntegers values);
}

/// <summary>Integers of 64 bits in memory, which kernels read one by one.</summary>
public struct Int64View : IElementView<Int64View>
{
    /// <inheritdoc/>
    public static int ElementBits => 64;

    /// <inheritdoc/>
    public static Int64View Over(ArrayView<float> memory) => new() { Values = memory.Cast<long>() };

    /// <summary>The integers.</summary>
    public ArrayView<long> Values;

    /// <summary>An integer.</summary>
    public readonly long this[int index] => Values[index];

    /// <summary>Stores an integer.</summary>
    public readonly void Store(int index, long value) => Values[index] = value;
}

/// <summary>Integers of 8 bits in memory.</summary>
public struct Int8View : IIntegerView, IElementView<Int8View>
{
    /// <inheritdoc/>
    public static int ElementBits => 8;

    /// <inheritdoc/>
    public static Int8View Over(ArrayView<float> memory) => new() { Bits = memory.Cast<byte>() };

    /// <summary>Their bits.</summary>
    public ArrayView<byte> Bits;

    /// <summary>The lower bits of an integer, as C# converts.</summary>
    public static int Narrow(int value) => value << 24 >> 24;

    /// <summary>The lower bits of integers.</summary>
    public static FourIntegers Narrow(FourIntegers a) => new() { X = Narrow(a.X), Y = Narrow(a.Y), Z = Narrow(a.Z), W = Narrow(a.W) };

    /// <inheritdoc/>
    public readonly int this[int index] => Narrow((int)Bits[index]);

    /// <inheritdoc/>
    public readonly FourIntegers LoadFour(int index) => Narrow(FourIntegers.OfBytes(Bits.Cast<int>()[index >> 2]));

    /// <inheritdoc/>
    public readonly void Store(int index, int value) => Bits[index] = (byte)value;

    /// <inheritdoc/>
    public readonly void StoreFour(int index, FourIntegers values) => Bits.Cast<int>()[index >> 2] = values.ToBytes();
}

/// <summary>Integers of 8 bits in memory that are not negative.</summary>
public struct UInt8View : IIntegerView, IElementView<UInt8View>
{
    /// <inheritdoc/>
    public static int ElementBits => 8;

    /// <inheritdoc/>
    public static UInt8View Over(ArrayView<float> memory) => new() { Bits = memory.Cast<byte>() };

    /// <summary>Their bits.</summary>
    public ArrayView<byte> Bits;

    /// <summary>The lower bits of an integer, as C# converts.</summary>
    public static int Narrow(int value) => value & 0xFF;

    /// <summary>The lower bits of integers.</summary>
    public static FourIntegers Narrow(FourIntegers a) => new() { X = Narrow(a.X), Y = Narrow(a.Y), Z = Narrow(a.Z), W = Narrow(a.W) };

    /// <inheritdoc/>
    public readonly int this[int index] => Bits[index];

    /// <inheritdoc/>
    public readonly FourIntegers LoadFour(int index) => Narrow(FourIntegers.OfBytes(Bits.Cast<int>()[index >> 2]));

    /// <inheritdoc/>
    public readonly void Store(int index, int value) => Bits[index] = (byte)value;

    /// <inheritdoc/>
    public readonly void StoreFour(int index, FourIntegers values) => Bits.Cast<int>()[index >> 2] = values.ToBytes();
}

/// <summary>Integers of 16 bits in memory.</summary>
public struct Int16View : IIntegerView, IElementView<Int16View>
{
    /// <inheritdoc/>
    public static int ElementBits => 16;

    /// <inheritdoc/>
    public static Int16View Over(ArrayView<float> memory) => new() { Bits = memory.Cast<ushort>() };

    /// <summary>Their bits.</summary>
    public ArrayView<ushort> Bits;

    /// <summary>The lower bits of an integer, as C# converts.</summary>
    public static int Narrow(int value) => value << 16 >> 16;

    /// <summary>The lower bits of integers.</summary>
    public static FourIntegers Narrow(FourIntegers a) => new() { X = Narrow(a.X), Y = Narrow(a.Y), Z = Narrow(a.Z), W = Narrow(a.W) };

    /// <inheritdoc/>
    public readonly int this[int index] => Narrow((int)Bits[index]);

    /// <inheritdoc/>
    public readonly FourIntegers LoadFour(int index)
    {
        var bits = Bits.Cast<FourBits>()[index >> 2];
        return Narrow(new FourIntegers() { X = bits.X, Y = bits.Y, Z = bits.Z, W = bits.W });
    }

    /// <inheritdoc/>
    public readonly void Store(int index, int value) => Bits[index] = (ushort)value;

    /// <inheritdoc/>
    public readonly void StoreFour(int index, FourIntegers values) =>
        Bits.Cast<FourBits>()[index >> 2] = new() { X = (ushort)values.X, Y = (ushort)values.Y, Z = (ushort)values.Z, W = (ushort)values.W };
}
