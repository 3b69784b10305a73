using System.Collections.Concurrent;
using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace GraphCompiler.Ptx.Runtime;

/// <summary>A kernel's PTX, and what was decoded of it.</summary>
sealed class CompiledKernel(MethodInfo method)
{
    readonly Lazy<string> text = new(() => Compile(method));
    PtxKernel? kernel;

    public string Text => text.Value;

    public PtxKernel Kernel => kernel ??= PtxProgram.Parse(Text).Kernels is [var only] ? only : throw new PtxFault($"The PTX of {method} has several kernels.");

    /// <summary>As for a device of compute capability 8.0.</summary>
    static string Compile(MethodInfo method)
    {
        using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_80), CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, null);
        return ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(method), default)).PTXAssembly;
    }
}

/// <summary>All kernels that were compiled in this process.</summary>
static class CompiledKernels
{
    static readonly ConcurrentDictionary<MethodInfo, CompiledKernel> Known = new();

    public static CompiledKernel Of(MethodInfo method) => Known.GetOrAdd(method, m => new CompiledKernel(m));
}
