using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// Writes the sums of an optimizer's formula as a kernel: a group adds up a part of a parameter, each thread four neighbouring elements at a time,
/// then all threads together. Behind a parameter's end lie gaps, whose elements add nothing.
/// </summary>
internal static class DeviceUpdateSums
{
    public static void Write(SourceWriter writer, UpdateKernel kernels, OptimizerFormula formula, string name, bool hasSets)
    {
        var summed = kernels.Summed!;
        var scope = new KernelScope([], [.. DeviceNames.OfKernels, "end"]);
        var reader = new ElementReader(scope, summed.Domain, 0, "") { Lanes = ElementLanes.Most };
        var expressions = new ExpressionWriter(scope, new IlgpuDialect(ElementLanes.Most), summed.Members, summed.OperandsOf, []);
        var operands = new OperandValues(scope, summed, access => UpdateKernel.NameOf(access, formula));
        string[] totals = [.. kernels.Sums.Select(_ => scope.Unique("runningSum"))];
        var body = new SourceWriter();
        var locals = new Dictionary<Node, string>();
        for (int i = 0; i < totals.Length; i++)
        {
            var (element, view) = kernels.Sums[i];
            var value = summed.Contains(element)
                ? Expression.Primary(expressions.Write(body, element, locals, a => operands.Read(body, reader, a, "c"), summed.Contains))
                : operands.Read(body, reader, new Access(element, view), "c");
            body.Line($"{totals[i]} += Four.KeepFirst({value}, end - c);");
        }
        using (writer.Open($"public static void {name}(UpdateArguments arguments)"))
        {
            writer.Line("var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);");
            writer.Line("int start = arguments.Parts[2 * Grid.IdxX], end = arguments.Parts[2 * Grid.IdxX + 1];");
            writer.Line($"Four {string.Join(", ", totals.Select(total => total + " = 0f"))};");
            using (writer.Open($"for (int c = start + {ElementLanes.First(ElementLanes.Most, Groups.Thread)}; c < end; c += {ElementLanes.First(ElementLanes.Most, Groups.Size)})"))
            {
                DeviceUpdate.WriteArguments(writer, scope, formula, hasSets);
                writer.Lines(body.ToString());
            }
            for (int i = 0; i < totals.Length; i++)
                writer.Line($"UpdateKernels.StoreSum({totals[i]}, {Literals.Integer(i)}, shared, arguments);");
        }
    }
}
