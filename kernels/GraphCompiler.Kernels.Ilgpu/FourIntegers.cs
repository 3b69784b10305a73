using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>Four integers in registers. They wrap, as C#'s do.</summary>
public struct FourIntegers
{
    /// <summary>The integers.</summary>
    public int X, Y, Z, W;

    /// <summary>One integer four times.</summary>
    public static implicit operator FourIntegers(int value) => new() { X = value, Y = value, Z = value, W = value };

    /// <summary>Four bytes side by side, each the lowest of an integer whose other bits mean nothing.</summary>
    public static FourIntegers OfBytes(int bits) => new() { X = bits, Y = bits >> 8, Z = bits >> 16, W = bits >> 24 };

    /// <summary>The lowest byte of each side by side.</summary>
    public readonly int ToBytes() => (X & 0xFF) | (Y & 0xFF) << 8 | (Z & 0xFF) << 16 | W << 24;

    /// <summary>Sums.</summary>
    public static FourIntegers operator +(FourIntegers a, FourIntegers b) => new() { X = a.X + b.X, Y = a.Y + b.Y, Z = a.Z + b.Z, W = a.W + b.W };

    /// <summary>Differences.</summary>
    public static FourIntegers operator -(FourIntegers a, FourIntegers b) => new() { X = a.X - b.X, Y = a.Y - b.Y, Z = a.Z - b.Z, W = a.W - b.W };

    /// <summary>Products.</summary>
    public static FourIntegers operator *(FourIntegers a, FourIntegers b) => new() { X = a.X * b.X, Y = a.Y * b.Y, Z = a.Z * b.Z, W = a.W * b.W };

    /// <summary>The integers with other signs.</summary>
    public static FourIntegers operator -(FourIntegers a) => new() { X = -a.X, Y = -a.Y, Z = -a.Z, W = -a.W };

    /// <summary>Which are smaller.</summary>
    public static FourFlags operator <(FourIntegers a, FourIntegers b) => new() { X = a.X < b.X, Y = a.Y < b.Y, Z = a.Z < b.Z, W = a.W < b.W };

    /// <summary>Which are larger.</summary>
    public static FourFlags operator >(FourIntegers a, FourIntegers b) => b < a;

    /// <summary>Which are smaller or equal.</summary>
    public static FourFlags operator <=(FourIntegers a, FourIntegers b) => !(b < a);

    /// <summary>Which are larger or equal.</summary>
    public static FourFlags operator >=(FourIntegers a, FourIntegers b) => !(a < b);

    /// <summary>Which are equal.</summary>
    public static FourFlags Equal(FourIntegers a, FourIntegers b) => new() { X = a.X == b.X, Y = a.Y == b.Y, Z = a.Z == b.Z, W = a.W == b.W };

    /// <summary>Which differ.</summary>
    public static FourFlags NotEqual(FourIntegers a, FourIntegers b) => !Equal(a, b);

    /// <summary>Of each pair the first integer where the flag is set, else the second.</summary>
    public static FourIntegers Select(FourFlags flags, FourIntegers a, FourIntegers b) => new()
    {
        X = flags.X ? a.X : b.X,
        Y = flags.Y ? a.Y : b.Y,
        Z = flags.Z ? a.Z : b.Z,
        W = flags.W ? a.W : b.W,
    };

    /// <summary>The larger of each pair.</summary>
    public static FourIntegers Max(FourIntegers a, FourIntegers b) => Select(a < b, b, a);

    /// <summary>The smaller of each pair.</summary>
    public static FourIntegers Min(FourIntegers a, FourIntegers b) => Select(a < b, a, b);

    /// <summary>The integers from one on, so far apart.</summary>
    public static FourIntegers Iota(int first, int step) => new() { X = first, Y = first + step, Z = first + 2 * step, W = first + 3 * step };

    /// <summary>The nearest floats.</summary>
    public static Four ToFloats(FourIntegers a) => new() { X = a.X, Y = a.Y, Z = a.Z, W = a.W };

    /// <summary>The integers next to floats towards 0.</summary>
    public static FourIntegers Truncate(Four a) => new()
    {
        X = DeviceMath.ToInteger(a.X),
        Y = DeviceMath.ToInteger(a.Y),
        Z = DeviceMath.ToInteger(a.Z),
        W = DeviceMath.ToInteger(a.W),
    };

    /// <summary>Reads four neighbours at once; the place of the first is a multiple of four.</summary>
    public static FourIntegers Load(ArrayView<int> view, int index) => view.Cast<FourIntegers>()[index >> 2];

    /// <summary>Reads four neighbours at once, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static FourIntegers Load(ArrayView<int> view, int index, bool isWanted) => isWanted ? Load(view, index) : default;

    /// <summary>Reads four integers so far apart.</summary>
    public static FourIntegers LoadStrided(ArrayView<int> view, int index, int stride) => new()
    {
        X = view[index],
        Y = view[index + stride],
        Z = view[index + 2 * stride],
        W = view[index + 3 * stride],
    };

    /// <summary>Reads four integers so far apart, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static FourIntegers LoadStrided(ArrayView<int> view, int index, int stride, bool isWanted) => isWanted ? LoadStrided(view, index, stride) : default;

    /// <summary>Writes four neighbours at once; the place of the first is a multiple of four.</summary>
    public static void Store(ArrayView<int> view, int index, FourIntegers values) => view.Cast<FourIntegers>()[index >> 2] = values;

    /// <summary>Reads four neighbours at once; the place of the first is a multiple of four.</summary>
    public static FourIntegers Load<TView>(TView view, int index)
        where TView : struct, IIntegerView => view.LoadFour(index);

    /// <summary>Reads four neighbours at once, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static FourIntegers Load<TView>(TView view, int index, bool isWanted)
        where TView : struct, IIntegerView => isWanted ? view.LoadFour(index) : default;

    /// <summary>Reads four integers so far apart.</summary>
    public static FourIntegers LoadStrided<TView>(TView view, int index, int stride)
        where TView : struct, IIntegerView => new() { X = view[index], Y = view[index + stride], Z = view[index + 2 * stride], W = view[index + 3 * stride] };

    /// <summary>Reads four integers so far apart, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static FourIntegers LoadStrided<TView>(TView view, int index, int stride, bool isWanted)
        where TView : struct, IIntegerView => isWanted ? LoadStrided(view, index, stride) : default;

    /// <summary>Writes four neighbours, integers of the type, at once; the place of the first is a multiple of four.</summary>
    public static void Store<TView>(TView view, int index, FourIntegers values)
        where TView : struct, IIntegerView => view.StoreFour(index, values);
}
