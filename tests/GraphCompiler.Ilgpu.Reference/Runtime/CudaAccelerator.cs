namespace ILGPU.Runtime.Cuda;

/// <summary>An open device of the CUDA driver; there are none here.</summary>
public abstract class CudaAccelerator : Accelerator
{
    private protected CudaAccelerator(Device device)
        : base(device)
    {
    }

    /// <summary>Its compute capability.</summary>
    public CudaArchitecture Architecture { get; }
}

/// <summary>A compute capability.</summary>
public readonly struct CudaArchitecture(int major, int minor)
{
    /// <summary>That of the Ampere generation.</summary>
    public static readonly CudaArchitecture SM_80 = new(8, 0);

    /// <summary>The number before the point.</summary>
    public int Major { get; } = major;

    /// <summary>The number behind it.</summary>
    public int Minor { get; } = minor;

    /// <summary>Whether the first has all that the second has.</summary>
    public static bool operator >=(CudaArchitecture first, CudaArchitecture second) => first.Major > second.Major || (first.Major == second.Major && first.Minor >= second.Minor);

    /// <summary>Whether the second has all that the first has.</summary>
    public static bool operator <=(CudaArchitecture first, CudaArchitecture second) => second >= first;
}
