using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Emit.Cpu;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>
/// Adds rows to a table at given numbers. A group for each number: the first group of equal numbers adds all their rows, in
/// their order, and the others end; so nothing is atomic, and the sums are the same on every run. The table
/// begins with zeros, or with another's values.
/// </summary>
internal static class DeviceScatter
{
    public static IReadOnlyList<DeviceKernel> Emit(Kernel kernel)
    {
        var node = kernel.Members.Single();
        var operands = kernel.OperandsOf(node);
        var scope = new KernelScope(kernel.Stores, [.. DeviceKernels.Reserved, "isLater", "number"]);
        Dim width = node.Shape.Product(1, node.Shape.Rank), count = node.Inputs[0].Shape.Size;
        string indices = scope.Pointer(operands[0].Base), updates = scope.Pointer(operands[1].Base), table = scope.Pointer(node);
        string columns = scope.Size(width);
        string Index(string place) => KernelScope.IsInteger(operands[0].Base) ? $"{indices}[{place}]" : $"(int){indices}[{place}]";
        var writer = new SourceWriter();
        writer.Line("var shared = SharedMemory.Allocate<int>(1);");
        writer.Line($"int number = {Index("Grid.IdxX")};");
        writer.Line("if (Group.IdxX == 0)");
        writer.Line("    shared[0] = 0;");
        writer.Line("Group.Barrier();");
        using (writer.Open("for (int k = Group.IdxX; k < Grid.IdxX; k += Group.DimX)"))
        {
            writer.Line($"if ({Index("k")} == number)");
            writer.Line("    shared[0] = 1;");
        }
        writer.Line("Group.Barrier();");
        writer.Line("if (shared[0] != 0)");
        writer.Line("    return;");
        using (writer.Open($"for (int c = Group.IdxX; c < {columns}; c += Group.DimX)"))
        {
            writer.Line($"float total = {table}[{scope.Times("number", width)} + c];");
            using (writer.Open($"for (int k = Grid.IdxX; k < {scope.Size(count)}; k++)"))
            {
                writer.Line($"if ({Index("k")} == number)");
                writer.Line($"    total += {updates}[{scope.Times("k", width)} + c];");
            }
            writer.Line($"{table}[{scope.Times("number", width)} + c] = total;");
        }
        return
        [
            DeviceKernels.Begin(node, operands.Length > 2 ? operands[2].Base : null),
            new DeviceKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(), text => $"Rows({text(count)}, {text(width)})"),
        ];
    }
}
