using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>How the methods of a formula are called.</summary>
/// <param name="Apply">The update, over the variables of <c>UpdateFormula.Apply</c>.</param>
/// <param name="Sum">The sums, over those of <c>UpdateFormula.Sum</c>; null if there are none.</param>
/// <param name="Sums">How many sums there are.</param>
internal readonly record struct FormulaCalls(string Apply, string? Sum, int Sums);

/// <summary>
/// Writes an optimizer's formula as loops over parameters that lie together: one that adds up its sums, where it has any, and one that updates,
/// whole vectors, then a part of one. Coefficients and sums are read before it; parameter and states are read and written where they lie.
/// </summary>
internal static class UpdateLoop
{
    /// <summary>What stands for the vector's type in a call.</summary>
    public const string Vector = "@Vector";

    /// <summary>Writes the methods.</summary>
    public static FormulaCalls Write(SourceWriter writer, OptimizerFormula formula, string name, CancellationToken cancellation)
    {
        var kernels = UpdateKernel.Of(formula, cancellation);
        for (int i = 0; i < formula.Coefficients.Count; i++)
            writer.Line($"// coefficients[{Literals.Integer(i)}]: {formula.Coefficients[i].Text}");
        string apply = WriteApply(writer, kernels, formula, name);
        if (kernels.Summed is null)
            return new FormulaCalls(apply, null, 0);
        writer.Line();
        return new FormulaCalls(apply, WriteSum(writer, kernels, formula, name), kernels.Sums.Count);
    }

    static string WriteApply(SourceWriter writer, UpdateKernel kernels, OptimizerFormula formula, string name)
    {
        var kernel = kernels.Update;
        var scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        var body = new SourceWriter();
        var map = new MapBody(kernel, scope, rowAxes: 0, row: "", kernel.Domain[0], inPlace: true, access => UpdateKernel.NameOf(access, formula));
        map.WriteInvariants(body);
        map.WriteColumns(body, "0", "count", exact: false);
        return WriteMethod(writer, scope, body, formula, name, "");
    }

    static string WriteSum(SourceWriter writer, UpdateKernel kernels, OptimizerFormula formula, string name)
    {
        var scope = new KernelScope([], [.. CpuNames.OfKernels, "sums"]);
        var body = new SourceWriter();
        UpdateSums.Write(body, kernels, scope, formula);
        writer.Line($"// The sums over a parameter that {name} is computed with.");
        return WriteMethod(writer, scope, body, formula, name + "_Sums", ", float* sums");
    }

    static string WriteMethod(SourceWriter writer, KernelScope scope, SourceWriter body, OptimizerFormula formula, string name, string last)
    {
        var buffers = scope.Parameters.OfType<BufferParameter>().ToList();
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]");
        writer.Line($"public static void {name}<V>({string.Concat(buffers.Select(b => $"float* {b.Name}, "))}int count{last})");
        using (writer.Open("    where V : unmanaged, IVector<V>"))
            writer.Lines(body.ToString());
        return $"{name}<{Vector}>({string.Concat(buffers.Select(b => Argument(b.Node, formula) + ", "))}count{(last.Length > 0 ? ", sums" : "")});";
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
