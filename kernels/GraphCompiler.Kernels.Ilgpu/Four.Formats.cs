using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// Four numbers from and to memory where they have 16 bits each.
public partial struct Four
{
    /// <summary>Reads four neighbours at once; the place of the first is a multiple of four.</summary>
    public static Four Load(BFloat16View view, int index)
    {
        var bits = view.Bits.Cast<FourBits>()[index >> 2];
        return new()
        {
            X = DeviceFormats.FromBFloat16(bits.X),
            Y = DeviceFormats.FromBFloat16(bits.Y),
            Z = DeviceFormats.FromBFloat16(bits.Z),
            W = DeviceFormats.FromBFloat16(bits.W)
        };
    }

    /// <summary>Reads four neighbours at once, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static Four Load(BFloat16View view, int index, bool isWanted) => isWanted ? Load(view, index) : default;

    /// <summary>Reads four numbers so far apart.</summary>
    public static Four LoadStrided(BFloat16View view, int index, int stride) => new()
    {
        X = view[index],
        Y = view[index + stride],
        Z = view[index + 2 * stride],
        W = view[index + 3 * stride],
    };

    /// <summary>Reads four numbers so far apart, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static Four LoadStrided(BFloat16View view, int index, int stride, bool isWanted) => isWanted ? LoadStrided(view, index, stride) : default;

    /// <summary>Writes four neighbours, numbers of the format, at once; the place of the first is a multiple of four.</summary>
    public static void Store(BFloat16View view, int index, Four rounded) => view.Bits.Cast<FourBits>()[index >> 2] = new()
    {
        X = DeviceFormats.ToBFloat16(rounded.X),
        Y = DeviceFormats.ToBFloat16(rounded.Y),
        Z = DeviceFormats.ToBFloat16(rounded.Z),
        W = DeviceFormats.ToBFloat16(rounded.W),
    };

    /// <summary>Reads four neighbours at once; the place of the first is a multiple of four.</summary>
    public static Four Load(Float16View view, int index)
    {
        var bits = view.Bits.Cast<FourBits>()[index >> 2];
        return new() { X = DeviceFormats.FromFloat16(bits.X), Y = DeviceFormats.FromFloat16(bits.Y), Z = DeviceFormats.FromFloat16(bits.Z), W = DeviceFormats.FromFloat16(bits.W) };
    }

    /// <summary>Reads four neighbours at once, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static Four Load(Float16View view, int index, bool isWanted) => isWanted ? Load(view, index) : default;

    /// <summary>Reads four numbers so far apart.</summary>
    public static Four LoadStrided(Float16View view, int index, int stride) => new()
    {
        X = view[index],
        Y = view[index + stride],
        Z = view[index + 2 * stride],
        W = view[index + 3 * stride],
    };

    /// <summary>Reads four numbers so far apart, if wanted; else they are zeros, and the memory is not touched.</summary>
    public static Four LoadStrided(Float16View view, int index, int stride, bool isWanted) => isWanted ? LoadStrided(view, index, stride) : default;

    /// <summary>Writes four neighbours, numbers of the format, at once; the place of the first is a multiple of four.</summary>
    public static void Store(Float16View view, int index, Four rounded) => view.Bits.Cast<FourBits>()[index >> 2] = new()
    {
        X = DeviceFormats.ToFloat16(rounded.X),
        Y = DeviceFormats.ToFloat16(rounded.Y),
        Z = DeviceFormats.ToFloat16(rounded.Z),
        W = DeviceFormats.ToFloat16(rounded.W),
    };
}
