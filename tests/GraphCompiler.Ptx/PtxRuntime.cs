using System.Collections.Concurrent;
using System.Reflection;
using GraphCompiler.Ilgpu.Compiling;
using ILGPU;

namespace GraphCompiler.Ptx;

/// <summary>Runs kernels written in C#, as they are compiled for a device of compute capability 8.0.</summary>
public sealed class PtxRuntime(PtxMachine machine) : IDisposable
{
    static readonly PtxCompiler Compiler = new(PtxTarget.Sm80);
    static readonly ConcurrentDictionary<MethodInfo, Lazy<Task<PtxText>>> Texts = new();
    static readonly ConcurrentDictionary<string, Lazy<PtxKernel>> Kernels = new();

    bool isDisposed;

    /// <summary>What runs the kernels.</summary>
    public PtxMachine Machine { get; } = machine ?? throw new ArgumentNullException(nameof(machine));

    /// <summary>Begins to compile a kernel, if nobody has in this process.</summary>
    internal static Task<PtxText> Compile(MethodInfo kernel) => Texts.GetOrAdd(kernel, method => new(() => Compiler.Compile(method))).Value;

    /// <summary>The PTX of a kernel. It is compiled once a process.</summary>
    public static string Text(MethodInfo kernel) => Compile(kernel).GetAwaiter().GetResult().Text;

    /// <summary>The same to the instruction in every process: as ILGPU compiles it when it has compiled nothing before.</summary>
    public static string TextAlone(MethodInfo kernel)
    {
        using var context = new PtxContext(PtxTarget.Sm80);
        return context.Compile(kernel).Text;
    }

    /// <summary>The kernel, decoded; once a process.</summary>
    public static PtxKernel Kernel(MethodInfo kernel) => Decode(Text(kernel));

    /// <summary>The only kernel of a text, decoded; once a process.</summary>
    internal static PtxKernel Decode(string text) => Kernels.GetOrAdd(text, ptx => new(() =>
        PtxProgram.Parse(ptx).Kernels is [var only] ? only : throw new PtxFault($"There are several kernels in:\n{ptx}"))).Value;

    /// <summary>What launches an explicitly grouped kernel. It returns when the kernel has come to its end.</summary>
    public Action<KernelConfig, T> Load<T>(Action<T> kernel)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var text = Compile(kernel.Method).GetAwaiter().GetResult();
        return (config, argument) =>
        {
            byte[] parameters = new byte[ArgumentLayout<T>.Bytes];
            ArgumentLayout<T>.Write(argument, parameters);
            Launch(text, config, parameters);
        };
    }

    /// <summary>Runs a kernel to its end.</summary>
    internal void Launch(PtxText text, KernelConfig config, ReadOnlySpan<byte> parameters)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (config.GridDim.Y != 1 || config.GridDim.Z != 1 || config.GroupDim.Y != 1 || config.GroupDim.Z != 1)
            throw new PtxFault($"Kernel {text.Name}: only launches of one dimension are known.");
        var shared = config.SharedMemoryConfig;
        Machine.Launch(Decode(text.Text), config.GridDim.X, config.GroupDim.X, text.LaunchSharedBytes + shared.NumElements * shared.ElementSize, parameters);
    }

    /// <summary>Lets kernels that were loaded run no more.</summary>
    public void Dispose() => isDisposed = true;
}
