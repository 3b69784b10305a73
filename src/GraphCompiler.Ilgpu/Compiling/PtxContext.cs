using System.Reflection;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace GraphCompiler.Ilgpu.Compiling;

/// <summary>What PTX is made for.</summary>
/// <param name="Architecture">The compute capability of the device.</param>
/// <param name="InstructionSet">The version of PTX that its driver takes.</param>
/// <param name="IsSm90">Whether the text is to say that it is for compute capability 9.0, which the device must have.</param>
readonly record struct PtxTarget(CudaArchitecture Architecture, CudaInstructionSet InstructionSet, bool IsSm90 = false)
{
    /// <summary>Compute capability 8.0, the first that has all that kernels use.</summary>
    public static PtxTarget Sm80 => new(CudaArchitecture.SM_80, CudaInstructionSet.ISA_70);
}

/// <summary>A context of ILGPU that compiles kernels to PTX, one at a time.</summary>
sealed class PtxContext : IDisposable
{
    readonly PtxTarget target;
    readonly Context context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
    readonly PTXBackend backend;

    public PtxContext(PtxTarget target)
    {
        this.target = target;
        backend = new PTXBackend(context, new CudaCapabilityContext(target.Architecture), target.Architecture, target.InstructionSet, null);
    }

    /// <summary>How many kernels it has compiled. It keeps what it has read for all of them: the next takes less time, and memory grows.</summary>
    public int Kernels { get; private set; }

    /// <summary>The PTX of an explicitly grouped kernel.</summary>
    public PtxText Compile(MethodInfo kernel)
    {
        Kernels++;
        return PtxText.Of((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), default), target);
    }

    public void Dispose()
    {
        backend.Dispose();
        context.Dispose();
    }
}
