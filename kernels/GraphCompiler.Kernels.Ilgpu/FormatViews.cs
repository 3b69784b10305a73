using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>Four numbers of 16 bits side by side.</summary>
public struct FourBits
{
    /// <summary>Their bits.</summary>
    public ushort X, Y, Z, W;
}

/// <summary>Numbers of bfloat16 in memory, 16 bits each.</summary>
public struct BFloat16View
{
    /// <summary>Their bits.</summary>
    public ArrayView<ushort> Bits;

    /// <summary>A number.</summary>
    public readonly float this[int index] => DeviceFormats.FromBFloat16(Bits[index]);

    /// <summary>Stores a number that is one of bfloat16.</summary>
    public readonly void Store(int index, float rounded) => Bits[index] = DeviceFormats.ToBFloat16(rounded);
}

/// <summary>Numbers of IEEE 754's binary16 in memory, 16 bits each.</summary>
public struct Float16View
{
    /// <summary>Their bits.</summary>
    public ArrayView<ushort> Bits;

    /// <summary>A number.</summary>
    public readonly float this[int index] => DeviceFormats.FromFloat16(Bits[index]);

    /// <summary>Stores a number that is one of binary16.</summary>
    public readonly void Store(int index, float rounded) => Bits[index] = DeviceFormats.ToFloat16(rounded);
}
