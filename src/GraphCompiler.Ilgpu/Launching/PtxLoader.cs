using GraphCompiler.Ilgpu.Compiling;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>Brings PTX to a device: CUDA's driver.</summary>
abstract class PtxLoader
{
    /// <summary>Loads a kernel. Several threads may call it at once.</summary>
    public abstract LoadedKernel Load(PtxText text);
}

/// <summary>A kernel that a device has.</summary>
abstract class LoadedKernel
{
    /// <summary>Queues a launch.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="groups">How many groups of how many threads.</param>
    /// <param name="parameters">The bytes of the kernel's parameters, which are the caller's again when it returns.</param>
    public abstract void Launch(AcceleratorStream stream, KernelConfig groups, ReadOnlySpan<byte> parameters);
}
