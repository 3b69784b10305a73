using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>Elements in memory that lie there otherwise than kernels compute with them: what hosts need to know of a view.</summary>
/// <typeparam name="TSelf">The view.</typeparam>
public interface IElementView<TSelf>
    where TSelf : struct, IElementView<TSelf>
{
    /// <summary>The bits of an element.</summary>
    static abstract int ElementBits { get; }

    /// <summary>The elements that lie in some memory.</summary>
    static abstract TSelf Over(ArrayView<float> memory);
}

/// <summary>Numbers in memory, in a format that their type says; kernels compute with floats.</summary>
public interface INumberView
{
    /// <summary>A number.</summary>
    float this[int index] { get; }

    /// <summary>Reads four neighbours at once; the place of the first is a multiple of four.</summary>
    Four LoadFour(int index);

    /// <summary>Stores a number of the format.</summary>
    void Store(int index, float value);

    /// <summary>Stores four neighbours, numbers of the format, at once; the place of the first is a multiple of four.</summary>
    void StoreFour(int index, Four values);

    /// <summary>The nearest numbers of the format.</summary>
    Four Rounded(Four values);

    /// <summary>The device address of a number.</summary>
    nuint Address(int index);
}

/// <summary>Numbers of single precision in memory.</summary>
public struct Float32View : INumberView
{
    /// <summary>Where they lie.</summary>
    public ArrayView<float> Values;

    /// <inheritdoc/>
    public readonly float this[int index] => Values[index];

    /// <inheritdoc/>
    public readonly Four LoadFour(int index) => Four.Load(Values, index);

    /// <inheritdoc/>
    public readonly void Store(int index, float value) => Values[index] = value;

    /// <inheritdoc/>
    public readonly void StoreFour(int index, Four values) => Four.Store(Values, index, values);

    /// <inheritdoc/>
    public readonly Four Rounded(Four values) => values;

    /// <inheritdoc/>
    public readonly nuint Address(int index) => TensorMemory.Address(ref Values[index]);
}

/// <summary>Numbers of double precision in memory, which kernels read one by one.</summary>
public struct Float64View : IElementView<Float64View>
{
    /// <inheritdoc/>
    public static int ElementBits => 64;

    /// <inheritdoc/>
    public static Float64View Over(ArrayView<float> memory) => new() { Values = memory.Cast<double>() };

    /// <summary>The numbers.</summary>
    public ArrayView<double> Values;

    /// <summary>A number.</summary>
    public readonly double this[int index] => Values[index];

    /// <summary>Stores a number.</summary>
    public readonly void Store(int index, double value) => Values[index] = value;
}

/// <summary>Four numbers of 16 bits side by side.</summary>
public struct FourBits
{
    /// <summary>Their bits.</summary>
    public ushort X, Y, Z, W;
}

/// <summary>Truth values in memory, a byte each that is 0 where they are false.</summary>
public struct BoolView : IElementView<BoolView>
{
    /// <inheritdoc/>
    public static int ElementBits => 8;

    /// <inheritdoc/>
    public static BoolView Over(ArrayView<float> memory) => new() { Bits = memory.Cast<byte>() };

    /// <summary>Their bytes.</summary>
    public ArrayView<byte> Bits;

    /// <summary>A truth value.</summary>
    public readonly bool this[int index] => Bits[index] != 0;

    /// <summary>Stores a truth value.</summary>
    public readonly void Store(int index, bool value) => Bits[index] = value ? (byte)1 : (byte)0;
}
