using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>
/// What a device is made of: memory, kernels and an order of work. All that trains and runs models is written upon it, so that it
/// can be tested on runtimes that no driver has.
/// </summary>
abstract class DeviceRuntime : IDisposable
{
    /// <summary>What the driver calls the device, and of which kind it is.</summary>
    public abstract string Name { get; }

    /// <summary>The memory of the device in bytes.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Whether kernels had better exchange values within warps of 32 threads than through shared memory.</summary>
    public abstract bool UsesWarps { get; }

    /// <summary>Whether kernels may be made of PTX for tensor cores, as compute capability 8.0 has them.</summary>
    public abstract bool UsesTensorCores { get; }

    /// <summary>How many threads share what.</summary>
    public abstract GroupThreads Threads { get; }

    /// <summary>The order of the device's work.</summary>
    public abstract DeviceQueue Queue { get; }

    /// <summary>Allocates memory, which is freed when what is returned is disposed. What it begins with is arbitrary.</summary>
    public abstract IDisposable Allocate(long floats, out ArrayView<float> memory);

    /// <summary>Compiles and loads a kernel, or begins to, and gives what launches it.</summary>
    public abstract Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel)
        where T : struct;

    /// <summary>Waits until all kernels are there that were asked for.</summary>
    public abstract void FinishLoading();

    /// <summary>What is thrown where a kernel cannot be loaded.</summary>
    public DeviceException NotLoaded(MethodInfo kernel, Exception cause) => new($"The kernel {kernel.Name} does not compile for {Name}: {cause.GetBaseException().Message}", cause);

    /// <summary>What is thrown where the device fails at its work.</summary>
    public DeviceException Failed(string work, Exception cause)
        => new($"{Name} failed {work}: {cause.Message.TrimEnd('.')}. If the device was lost, dispose its models and the device, open it again, and go on from a checkpoint.",
            cause);

    public abstract void Dispose();
}

/// <summary>Numbers of threads that suit a device.</summary>
/// <param name="SmallestRow">The fewest that share a row.</param>
/// <param name="LargestRow">The most that share a row.</param>
/// <param name="ShortRows">Those of a group that has several short rows.</param>
/// <param name="Head">Those that share a block of attention: a multiple of the 16 that share rows.</param>
readonly record struct GroupThreads(int SmallestRow, int LargestRow, int ShortRows, int Head);
