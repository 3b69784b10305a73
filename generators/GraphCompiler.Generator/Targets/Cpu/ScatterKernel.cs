using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// Adds rows to a table at given numbers, in order; the table begins with zeros, or with another's values, which usually
/// lie where the result goes. Each worker owns a range of the table's rows and goes through all
/// the numbers, so every sum has the same order whatever the number of workers, and nothing is atomic.
/// </summary>
internal static class ScatterKernel
{
    public static EmittedKernel Emit(Kernel kernel)
    {
        var node = kernel.Members.Single();
        var operands = kernel.OperandsOf(node);
        var scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        Dim rows = node.Shape[0], width = node.Shape.Product(1, node.Shape.Rank);
        string indices = scope.Indices(operands[0].Base), updates = scope.Pointer(operands[1].Base), table = scope.Pointer(node);
        string columns = scope.Size(width), tableRow = scope.Unique("tableRow"), updateRow = scope.Unique("updateRow");
        string part = scope.Factor(width);
        var writer = new SourceWriter();
        writer.Line($"worker.Share({scope.Size(rows)}, 1, out int start, out int end);");
        WriteBeginning(writer, operands.Length > 2 ? scope.Pointer(operands[2].Base) : null, table, part);
        using (writer.Open($"for (int k = 0; k < {scope.Size(node.Inputs[0].Shape.Size)}; k++)"))
        {
            writer.Line($"int r = {indices}[k];");
            writer.Line("if (r < start || r >= end)");
            writer.Line("    continue;");
            writer.Line($"float* {tableRow} = {table} + (long)r * {part};");
            writer.Line($"float* {updateRow} = {updates} + (long)k * {part};");
            writer.Line("int c = 0;");
            writer.Line($"for (; c <= {columns} - V.Count; c += V.Count)");
            writer.Line($"    V.Store({tableRow} + c, V.Load({tableRow} + c) + V.Load({updateRow} + c));");
            writer.Line($"if (c < {columns})");
            writer.Line($"    V.StorePartial({tableRow} + c, {columns} - c, V.LoadPartial({tableRow} + c, {columns} - c) + V.LoadPartial({updateRow} + c, {columns} - c));");
        }
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString());
    }

    /// <summary>A table has fewer than 2³¹ rows, but may have more elements: it is written row by row.</summary>
    static void WriteBeginning(SourceWriter writer, string? source, string table, string columns)
    {
        string Row(string pointer) => $"new Span<float>({pointer} + (long)row * {columns}, {columns})";
        using (source is null ? default(SourceWriter.Block?) : writer.Open($"if ({source} != {table})"))
        using (writer.Open("for (int row = start; row < end; row++)"))
            writer.Line(source is null ? $"{Row(table)}.Clear();" : $"{Row(source)}.CopyTo({Row(table)});");
    }
}
