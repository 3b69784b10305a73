using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// Writes an optimizer's formula as a loop over parameters that lie together: whole vectors, then a part of one. Coefficients are read
/// before it; parameter and states are read and written where they lie.
/// </summary>
internal static class UpdateLoop
{
    /// <summary>What stands for the vector's type in a call.</summary>
    public const string Vector = "@Vector";

    /// <summary>Writes the method; the result is its call over the variables of <c>UpdateFormula.Apply</c>.</summary>
    public static string Write(SourceWriter writer, OptimizerFormula formula, string name, CancellationToken cancellation)
    {
        var kernel = UpdateKernel.Of(formula, cancellation);
        var scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        var body = new SourceWriter();
        var map = new MapBody(kernel, scope, rowAxes: 0, row: "", kernel.Domain[0], inPlace: true, access => UpdateKernel.NameOf(access, formula));
        map.WriteInvariants(body);
        map.WriteColumns(body, "0", "count", exact: false);

        var buffers = scope.Parameters.OfType<BufferParameter>().ToList();
        for (int i = 0; i < formula.Coefficients.Count; i++)
            writer.Line($"// coefficients[{Literals.Integer(i)}]: {formula.Coefficients[i].Text}");
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]");
        writer.Line($"public static void {name}<V>({string.Concat(buffers.Select(b => $"float* {b.Name}, "))}int count)");
        using (writer.Open("    where V : unmanaged, IVector<V>"))
            writer.Lines(body.ToString());
        return $"{name}<{Vector}>({string.Concat(buffers.Select(b => Argument(b.Node, formula) + ", "))}count);";
    }

    static string Argument(Node buffer, OptimizerFormula formula)
    {
        if (buffer.Op == Op.Input)
            return buffer.Name;
        if (Graph.OwnerOf(buffer) == StateOwner.Model)
            return OptimizerFormula.Parameter;
        int index = formula.StateNames.ToList().IndexOf(buffer.Name);
        return index == 0 ? "state" : index == 1 ? "state + stateStride" : $"state + {Literals.Integer(index)} * stateStride";
    }
}
