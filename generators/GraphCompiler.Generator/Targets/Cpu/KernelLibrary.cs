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
    readonly Dictionary<string, Method> byText = [];
    readonly List<Method> methods = [];
    readonly HashSet<string> names = [];
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
        string parameters = string.Concat(emitted.Parameters.Select(p => ", " + CpuTypes.Declaration(p)));
        string text = parameters + "\n" + emitted.Body + "\n" + emitted.Structs;
        if (!byText.TryGetValue(text, out var method))
        {
            string name = emitted.Name;
            for (int i = 2; !names.Add(name); i++)
                name = emitted.Name + "_" + Literals.Integer(i);
            method = new Method(name, parameters, emitted, comments.Lines(kernel, emitted.Parameters));
            byText.Add(text, method);
            methods.Add(method);
        }
        return (method.Name, emitted.Parameters);
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
            for (int i = 0; i < methods.Count; i++)
            {
                if (i > 0)
                    writer.Line();
                WriteMethod(writer, methods[i]);
            }
        }
    }

    static void WriteMethod(SourceWriter writer, Method method)
    {
        foreach (string line in method.Comments)
            writer.Line("// " + line);
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]");
        writer.Line($"public static void {method.Name}<V>(Worker worker{method.Parameters})");
        using (writer.Open("    where V : unmanaged, IVector<V>"))
        {
            writer.Lines(Named(method.Emitted.Body, method.Name));
        }
        if (method.Emitted.Structs.Length > 0)
        {
            writer.Line();
            writer.Lines(Named(method.Emitted.Structs, method.Name));
        }
    }

    /// <summary>Gives operator structs, which texts call "@Epilogue" and so on, the name of their method.</summary>
    static string Named(string text, string name) => text.Replace("@Batch", name + "_Batch").Replace("@Epilogue", name + "_Epilogue")
        .Replace("@Left", name + "_Left").Replace("@Right", name + "_Right");

    sealed record Method(string Name, string Parameters, EmittedKernel Emitted, IReadOnlyList<string> Comments);
}
