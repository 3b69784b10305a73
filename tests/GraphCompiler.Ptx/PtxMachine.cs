using GraphCompiler.Ptx.Execution;
using GraphCompiler.Ptx.Memory;

namespace GraphCompiler.Ptx;

/// <summary>
/// Runs kernels as a device would, a launch after the other: groups of warps of 32 threads. What PTX leaves undefined is a
/// <see cref="PtxFault"/>. Not safe for several threads at a time.
/// </summary>
public sealed class PtxMachine(PtxMachineOptions options)
{
    /// <summary>What an assembler takes.</summary>
    const int MaxDeclaredSharedBytes = 48 * 1024;

    readonly GlobalMemory memory = new();
    ulong launches;

    /// <summary>How it runs kernels.</summary>
    public PtxMachineOptions Options { get; } = options ?? throw new ArgumentNullException(nameof(options));

    /// <summary>Makes memory known that kernels may use.</summary>
    public void Register(nint address, long bytes, string name) => memory.Add(new MemoryRegion(address, bytes, name));

    /// <summary>Forgets memory.</summary>
    public void Unregister(nint address) => memory.Remove(address);

    /// <summary>Runs a kernel to its end.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="threads">The threads of each group.</param>
    /// <param name="dynamicSharedBytes">The bytes of shared memory beside those that the kernel declares.</param>
    /// <param name="parameters">The bytes of its parameters.</param>
    /// <exception cref="PtxFault">The kernel does what a device does not define.</exception>
    public void Launch(PtxKernel kernel, int groups, int threads, int dynamicSharedBytes, ReadOnlySpan<byte> parameters)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        int sharedBytes = dynamicSharedBytes == 0 ? kernel.SharedBytes : kernel.SharedAlignedBytes + dynamicSharedBytes;
        if (groups < 1 || groups > AccessClock.MaxGroups || threads < 1 || threads > Options.MaxThreads)
            throw new PtxFault($"Kernel {kernel.Name}: a launch of {groups} groups of {threads} threads.");
        if (kernel.SharedBytes > MaxDeclaredSharedBytes)
            throw new PtxFault($"Kernel {kernel.Name}: it declares {kernel.SharedBytes} bytes of shared memory, more than {MaxDeclaredSharedBytes}.");
        if (dynamicSharedBytes < 0 || sharedBytes > Options.MaxSharedBytes)
            throw new PtxFault($"Kernel {kernel.Name}: {sharedBytes} bytes of shared memory are more than {Options.MaxSharedBytes}.");
        if (parameters.Length != kernel.ParameterBytes)
            throw new PtxFault($"Kernel {kernel.Name}: {parameters.Length} bytes of parameters are given, {kernel.ParameterBytes} expected.");
        if (++launches > AccessClock.MaxLaunches)
        {
            memory.Forget();
            launches = 1;
        }
        using var group = new Group(kernel, Options, memory, launches, groups, threads, dynamicSharedBytes, parameters);
        for (int i = 0; i < groups; i++)
            group.Run(Options.Backwards ? groups - 1 - i : i);
    }
}
