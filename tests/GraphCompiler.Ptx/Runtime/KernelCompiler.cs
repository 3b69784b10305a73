using System.Collections.Concurrent;
using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace GraphCompiler.Ptx.Runtime;

// A context keeps what it has read and optimised, so the next kernel takes half the time; but it keeps everything, hundreds of
// megabytes after a while, so each is given up after some kernels.

/// <summary>Compiles kernels to PTX, as for a device of compute capability 8.0, by one thread at a time.</summary>
sealed class KernelCompiler : IDisposable
{
    const int KernelsOfContext = 16;

    static readonly ConcurrentBag<KernelCompiler> Idle = [];

    readonly Context context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
    readonly PTXBackend backend;
    int kernels;

    KernelCompiler() => backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_80), CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, null);

    /// <summary>The PTX of a kernel.</summary>
    public static string Compile(MethodInfo kernel)
    {
        if (!Idle.TryTake(out var compiler))
            compiler = new KernelCompiler();
        try
        {
            return compiler.TextOf(kernel);
        }
        catch
        {
            compiler.kernels = KernelsOfContext;
            throw;
        }
        finally
        {
            if (compiler.kernels < KernelsOfContext)
                Idle.Add(compiler);
            else
                compiler.Dispose();
        }
    }

    /// <summary>The PTX of a kernel, from a context that has compiled nothing else: what it compiled before changes an instruction here and there.</summary>
    public static string CompileAlone(MethodInfo kernel)
    {
        using var compiler = new KernelCompiler();
        return compiler.TextOf(kernel);
    }

    string TextOf(MethodInfo kernel)
    {
        kernels++;
        return ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), default)).PTXAssembly;
    }

    public void Dispose()
    {
        backend.Dispose();
        context.Dispose();
    }
}
