using System.Reflection;
using GraphCompiler.Ptx.Runtime;
using ILGPU;

namespace GraphCompiler.Ptx;

/// <summary>Compiles kernels written in C# by ILGPU's PTX backend, and runs what it makes of them.</summary>
public sealed class PtxRuntime(PtxMachine machine) : IDisposable
{
    bool isDisposed;

    /// <summary>What runs the kernels.</summary>
    public PtxMachine Machine { get; } = machine ?? throw new ArgumentNullException(nameof(machine));

    /// <summary>The PTX of a kernel. It is compiled once a process.</summary>
    public static string Text(MethodInfo kernel) => CompiledKernels.Of(kernel).Text;

    /// <summary>The same to the instruction in every process: as ILGPU compiles it when it has compiled nothing before.</summary>
    public static string TextAlone(MethodInfo kernel) => KernelCompiler.CompileAlone(kernel);

    /// <summary>The kernel, decoded; once a process.</summary>
    public static PtxKernel Kernel(MethodInfo kernel) => CompiledKernels.Of(kernel).Kernel;

    /// <summary>What launches an explicitly grouped kernel. It returns when the kernel has come to its end.</summary>
    public Action<KernelConfig, T> Load<T>(Action<T> kernel)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var compiled = Kernel(kernel.Method);
        return (config, argument) => Launch(compiled, config, argument);
    }

    void Launch<T>(PtxKernel kernel, KernelConfig config, T argument)
        where T : struct
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (config.GridDim.Y != 1 || config.GridDim.Z != 1 || config.GroupDim.Y != 1 || config.GroupDim.Z != 1)
            throw new PtxFault($"Kernel {kernel.Name}: only launches of one dimension are known.");
        Span<byte> parameters = stackalloc byte[ArgumentLayout<T>.Bytes];
        parameters.Clear();
        ArgumentLayout<T>.Write(argument, parameters);
        Machine.Launch(kernel, config.GridDim.X, config.GroupDim.X, DynamicBytes(config), parameters[..Math.Min(parameters.Length, kernel.ParameterBytes)]);
    }

    static int DynamicBytes(KernelConfig config) => config.UsesDynamicSharedMemory ? config.SharedMemoryConfig.NumElements * config.SharedMemoryConfig.ElementSize : 0;

    /// <summary>Lets kernels that were loaded run no more.</summary>
    public void Dispose() => isDisposed = true;
}
