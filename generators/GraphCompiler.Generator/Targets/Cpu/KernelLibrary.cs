using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// The kernel methods of one model. Equal texts are one method: the layers of a deep network, and its inference and
/// training programs, share what they do alike.
/// </summary>
internal sealed class KernelLibrary
{
    readonly MethodsByText<EmittedKernel> methods = new();
    readonly SortedSet<long> attentionHeadSizes = [];

    /// <summary>
    /// The method that runs a kernel, and what its parameters are filled with. The comments of its first use stand
    /// above a method; they do not decide what is equal.
    /// </summary>
    public (string Name, IReadOnlyList<KernelParameter> Parameters) Add(Kernel kernel, KernelComments comments)
    {
        var emitted = KernelEmitter.Emit(kernel);
        ScratchFloats = System.Math.Max(ScratchFloats, emitted.ScratchFloats);
        if (emitted.AttentionHeadSize > 0)
            attentionHeadSizes.Add(emitted.AttentionHeadSize);
        UsesProducts |= kernel.Kind is KernelKind.MatMul or KernelKind.LinearCrossEntropy;
        string text = ParametersOf(emitted) + "\n" + emitted.Body + "\n" + emitted.Structs;
        return (methods.Add(text, emitted.Name, emitted, () => comments.Lines(kernel, emitted.Parameters)), emitted.Parameters);
    }

    /// <summary>The scratch memory that the largest kernel wants of each worker, matrix products and attention aside.</summary>
    public int ScratchFloats { get; private set; }

    /// <summary>The head sizes of attention, whose scratch memory depends on them.</summary>
    public IReadOnlyCollection<long> AttentionHeadSizes => attentionHeadSizes;

    /// <summary>Whether the matrix product's scratch memory is needed.</summary>
    public bool UsesProducts { get; private set; }

    public void Write(SourceWriter writer)
    {
        writer.Line("/// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>");
        using (writer.Open("internal static unsafe class Kernels"))
        {
            methods.Write(writer, WriteMethod);
        }
    }

    static void WriteMethod(SourceWriter writer, MethodsByText<EmittedKernel>.Method method)
    {
        var kernel = method.Kernel;
        foreach (string line in method.Comments)
            writer.Line("// " + line);
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]");
        writer.Line($"public static void {method.Name}<V>(Worker worker{ParametersOf(kernel)})");
        using (writer.Open("    where V : unmanaged, IVector<V>"))
        {
            writer.Lines(method.Named(kernel.Body));
        }
        if (kernel.Structs.Length > 0)
        {
            writer.Line();
            writer.Lines(method.Named(kernel.Structs));
        }
    }

    static string ParametersOf(EmittedKernel kernel) => string.Concat(kernel.Parameters.Select(p => ", " + CpuTypes.Declaration(p)));
}
