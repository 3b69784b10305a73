using GraphCompiler.Contracts;
using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// Devices read and write 16 bytes at a time where a struct of four floats lies at a place that is aligned so: what a thread
// does with four neighbours is written over such structs, as the CPU's kernels are over vectors.

/// <summary>Four numbers in registers.</summary>
public partial struct Four
{
    /// <summary>How many they are.</summary>
    public const int Count = LanesContract.OfDevice;

    /// <summary>The numbers.</summary>
    public float X, Y, Z, W;

    /// <summary>One number four times.</summary>
    public static implicit operator Four(float value) => new() { X = value, Y = value, Z = value, W = value };

    /// <summary>Sums.</summary>
    public static Four operator +(Four a, Four b) => new() { X = a.X + b.X, Y = a.Y + b.Y, Z = a.Z + b.Z, W = a.W + b.W };

    /// <summary>Differences.</summary>
    public static Four operator -(Four a, Four b) => new() { X = a.X - b.X, Y = a.Y - b.Y, Z = a.Z - b.Z, W = a.W - b.W };

    /// <summary>Products.</summary>
    public static Four operator *(Four a, Four b) => new() { X = a.X * b.X, Y = a.Y * b.Y, Z = a.Z * b.Z, W = a.W * b.W };

    /// <summary>Quotients.</summary>
    public static Four operator /(Four a, Four b) => new() { X = a.X / b.X, Y = a.Y / b.Y, Z = a.Z / b.Z, W = a.W / b.W };

    /// <summary>The numbers with other signs.</summary>
    public static Four operator -(Four a) => new() { X = -a.X, Y = -a.Y, Z = -a.Z, W = -a.W };

    /// <summary>Which are smaller.</summary>
    public static FourFlags operator <(Four a, Four b) => new() { X = a.X < b.X, Y = a.Y < b.Y, Z = a.Z < b.Z, W = a.W < b.W };

    /// <summary>Which are larger.</summary>
    public static FourFlags operator >(Four a, Four b) => new() { X = a.X > b.X, Y = a.Y > b.Y, Z = a.Z > b.Z, W = a.W > b.W };

    /// <summary>Which are smaller or equal.</summary>
    public static FourFlags operator <=(Four a, Four b) => new() { X = a.X <= b.X, Y = a.Y <= b.Y, Z = a.Z <= b.Z, W = a.W <= b.W };

    /// <summary>Which are larger or equal.</summary>
    public static FourFlags operator >=(Four a, Four b) => new() { X = a.X >= b.X, Y = a.Y >= b.Y, Z = a.Z >= b.Z, W = a.W >= b.W };

    /// <summary>Which are equal.</summary>
    public static FourFlags Equal(Four a, Four b) => new() { X = a.X == b.X, Y = a.Y == b.Y, Z = a.Z == b.Z, W = a.W == b.W };

    /// <summary>Which differ.</summary>
    public static FourFlags NotEqual(Four a, Four b) => new() { X = a.X != b.X, Y = a.Y != b.Y, Z = a.Z != b.Z, W = a.W != b.W };

    /// <summary>Of each pair the first number where the flag is set, else the second.</summary>
    public static Four Select(FourFlags flags, Four a, Four b) => new()
    {
        X = flags.X ? a.X : b.X,
        Y = flags.Y ? a.Y : b.Y,
        Z = flags.Z ? a.Z : b.Z,
        W = flags.W ? a.W : b.W,
    };

    /// <summary>The first so many numbers, and zeros behind them.</summary>
    public static Four KeepFirst(Four value, int count) => new()
    {
        X = count > 0 ? value.X : 0f,
        Y = count > 1 ? value.Y : 0f,
        Z = count > 2 ? value.Z : 0f,
        W = count > 3 ? value.W : 0f,
    };

    /// <summary>Adds the products of a number with four others.</summary>
    public static Four MultiplyAdd(float factor, Four factors, Four sums) => new()
    {
        X = sums.X + factor * factors.X,
        Y = sums.Y + factor * factors.Y,
        Z = sums.Z + factor * factors.Z,
        W = sums.W + factor * factors.W,
    };

    /// <summary>The numbers from one on, so far apart.</summary>
    public static Four Iota(int first, int step) => new() { X = first, Y = first + step, Z = first + 2 * step, W = first + 3 * step };

    /// <summary>Their sum.</summary>
    public readonly float Sum() => (X + Y) + (Z + W);

    /// <summary>The largest; NaN if any is.</summary>
    public readonly float Max() => DeviceMath.Max(DeviceMath.Max(X, Y), DeviceMath.Max(Z, W));

    /// <summary>The smallest; NaN if any is.</summary>
    public readonly float Min() => DeviceMath.Min(DeviceMath.Min(X, Y), DeviceMath.Min(Z, W));

    /// <summary>As many of the numbers as there are, and zeros.</summary>
    public static Four First(Four numbers, int count) => new()
    {
        X = count > 0 ? numbers.X : 0f,
        Y = count > 1 ? numbers.Y : 0f,
        Z = count > 2 ? numbers.Z : 0f,
        W = count > 3 ? numbers.W : 0f,
    };

    /// <summary>Reads four neighbours at once; the place of the first is a multiple of four.</summary>
    public static Four Load(ArrayView<float> view, int index) => view.Cast<Four>()[index >> 2];

    /// <summary>Reads four neighbours at once, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static Four Load(ArrayView<float> view, int index, bool isWanted) => isWanted ? Load(view, index) : default;

    /// <summary>Reads four numbers so far apart.</summary>
    public static Four LoadStrided(ArrayView<float> view, int index, int stride) => new()
    {
        X = view[index],
        Y = view[index + stride],
        Z = view[index + 2 * stride],
        W = view[index + 3 * stride],
    };

    /// <summary>Reads four numbers so far apart, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static Four LoadStrided(ArrayView<float> view, int index, int stride, bool isWanted) => isWanted ? LoadStrided(view, index, stride) : default;

    /// <summary>Writes four neighbours at once; the place of the first is a multiple of four.</summary>
    public static void Store(ArrayView<float> view, int index, Four values) => view.Cast<Four>()[index >> 2] = values;
}

/// <summary>Four truth values in registers.</summary>
public struct FourFlags
{
    /// <summary>The truth values.</summary>
    public bool X, Y, Z, W;

    /// <summary>One truth value four times.</summary>
    public static implicit operator FourFlags(bool value) => new() { X = value, Y = value, Z = value, W = value };

    /// <summary>Where both are set.</summary>
    public static FourFlags operator &(FourFlags a, FourFlags b) => new() { X = a.X & b.X, Y = a.Y & b.Y, Z = a.Z & b.Z, W = a.W & b.W };

    /// <summary>Where either is set.</summary>
    public static FourFlags operator |(FourFlags a, FourFlags b) => new() { X = a.X | b.X, Y = a.Y | b.Y, Z = a.Z | b.Z, W = a.W | b.W };

    /// <summary>Where it is not set.</summary>
    public static FourFlags operator !(FourFlags a) => new() { X = !a.X, Y = !a.Y, Z = !a.Z, W = !a.W };

    /// <summary>Reads four neighbours at once; the place of the first is a multiple of four.</summary>
    public static FourFlags Load(BoolView view, int index)
    {
        uint bits = view.Bits.Cast<uint>()[index >> 2];
        return new() { X = (bits & 0xFF) != 0, Y = (bits & 0xFF00) != 0, Z = (bits & 0xFF0000) != 0, W = (bits & 0xFF000000) != 0 };
    }

    /// <summary>Reads four neighbours at once, if wanted; else they are false, and the memory is not touched.</summary>
    public static FourFlags Load(BoolView view, int index, bool isWanted) => isWanted ? Load(view, index) : default;

    /// <summary>Reads four truth values so far apart.</summary>
    public static FourFlags LoadStrided(BoolView view, int index, int stride) => new()
    {
        X = view[index],
        Y = view[index + stride],
        Z = view[index + 2 * stride],
        W = view[index + 3 * stride],
    };

    /// <summary>Reads four truth values so far apart, if wanted; else they are false, and the memory is not touched.</summary>
    public static FourFlags LoadStrided(BoolView view, int index, int stride, bool isWanted) => isWanted ? LoadStrided(view, index, stride) : default;

    /// <summary>Writes four neighbours at once; the place of the first is a multiple of four.</summary>
    public static void Store(BoolView view, int index, FourFlags flags)
        => view.Bits.Cast<uint>()[index >> 2] = (flags.X ? 1u : 0) | (flags.Y ? 0x100u : 0) | (flags.Z ? 0x10000u : 0) | (flags.W ? 0x1000000u : 0);
}
