using System.Collections.Concurrent;
using System.Reflection;

namespace GraphCompiler.Ptx.Runtime;

/// <summary>A kernel's PTX, and what is decoded of it, each made when it is first asked for.</summary>
sealed class CompiledKernel
{
    readonly Lazy<string> text;
    readonly Lazy<PtxKernel> kernel;

    public CompiledKernel(MethodInfo method)
    {
        text = new(() => KernelCompiler.Compile(method));
        kernel = new(() => PtxProgram.Parse(Text).Kernels is [var only] ? only : throw new PtxFault($"The PTX of {method} has several kernels."));
    }

    public string Text => text.Value;

    public PtxKernel Kernel => kernel.Value;
}

/// <summary>All kernels that were compiled in this process.</summary>
static class CompiledKernels
{
    static readonly ConcurrentDictionary<MethodInfo, CompiledKernel> Known = new();

    public static CompiledKernel Of(MethodInfo method) => Known.GetOrAdd(method, m => new CompiledKernel(m));
}
