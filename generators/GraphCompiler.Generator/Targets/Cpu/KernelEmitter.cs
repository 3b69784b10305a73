using System;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>Which file writes which kind of kernel. A new kind needs one row here.</summary>
internal static class KernelEmitter
{
    public static EmittedKernel Emit(Kernel kernel) => kernel.Kind switch
    {
        KernelKind.Map => MapKernel.Emit(kernel),
        KernelKind.Row => RowKernel.Emit(kernel),
        KernelKind.Column => ColumnKernel.Emit(kernel),
        KernelKind.MatMul => MatMulKernel.Emit(kernel),
        KernelKind.Scatter => ScatterKernel.Emit(kernel),
        KernelKind.LinearCrossEntropy => LinearCrossEntropyKernel.Emit(kernel),
        KernelKind.Assemble => AssembleKernel.Emit(kernel),
        KernelKind.Attention or KernelKind.AttentionGradient => AttentionKernel.Emit(kernel),
        _ => throw new InvalidOperationException($"The CPU target has no emitter for {kernel.Kind} kernels."),
    };
}
