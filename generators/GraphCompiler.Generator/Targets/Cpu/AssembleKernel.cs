using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// Puts a tensor together: each part is copied row by row to its place. A padded tensor is cleared first, and the
/// workers wait for each other before they copy into it.
/// </summary>
internal static class AssembleKernel
{
    public static EmittedKernel Emit(Kernel kernel)
    {
        var node = kernel.Members.Single();
        var scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        var writer = new SourceWriter();
        string result = scope.Pointer(node);
        if (AssembledPart.IsPadded(node))
        {
            writer.Line($"worker.Share({scope.Size(node.Shape.Size)}, 16, out int first, out int last);");
            writer.Line($"new Span<{CpuTypes.ElementOf(node)}>({result} + first, last - first).Clear();");
            writer.Line("worker.Barrier();");
        }
        foreach (var part in AssembledPart.Of(kernel))
            WritePart(writer, scope, part, node);
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString());
    }

    static void WritePart(SourceWriter writer, KernelScope scope, AssembledPart part, Node result)
    {
        var (source, place) = part;
        int rowAxes = part.RowAxes;
        var (rows, columns) = RowsOfColumns.Of(place.Shape, rowAxes);
        var reader = new DomainReader(scope, place.Shape, rowAxes, "r");
        var target = new Access(result, place);
        using (writer.OpenBare())
        using (scope.Nested())
        {
            writer.Line($"worker.Share({scope.Size(rows)}, 1, out int start, out int end);");
            reader.WriteInvariants(writer, [source]);
            using (writer.Open("for (int r = start; r < end; r++)"))
            {
                reader.WriteRow(writer, [source]);
                reader.WriteStoreRows(writer, [target]);
                writer.Line("int c = 0;");
                using (writer.Open($"for (; c <= {scope.Size(columns)} - V.Count; c += V.Count)"))
                    WriteCopy(writer, reader, scope, source, target, result, new Lanes(Expression.Primary("c"), null));
                using (writer.Open($"if (c < {scope.Size(columns)})"))
                {
                    writer.Line($"int rest = {scope.Size(columns)} - c;");
                    WriteCopy(writer, reader, scope, source, target, result, new Lanes(Expression.Primary("c"), "rest"));
                }
            }
        }
    }

    static void WriteCopy(SourceWriter writer, DomainReader reader, KernelScope scope, Access source, Access target, Node result, Lanes lanes)
    {
        string value = reader.Read(source, lanes);
        var stride = reader.ColumnStride(target.View);
        if (stride.IsOne || stride.Coefficient == 0)
        {
            reader.WriteStore(writer, result, target, value, lanes);
            return;
        }
        string row = reader.RowAddress(target);
        string lane = scope.Unique("lanes"), i = scope.Unique("i");
        writer.Line($"var {lane} = {value};");
        writer.Line($"for (int {i} = 0; {i} < {lanes.Count ?? "V.Count"}; {i}++)");
        writer.Line($"    {row}[(c + {i}) * {scope.Size(stride)}] = {CpuTypes.Lane(result, lane, i)};");
    }
}
