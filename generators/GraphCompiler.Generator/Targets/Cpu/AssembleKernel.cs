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
        if (node.Op == Op.Pad)
        {
            writer.Line($"worker.Share({scope.Size(node.Shape.Size)}, 16, out int first, out int last);");
            writer.Line($"new Span<{CpuTypes.ElementOf(node)}>({result} + first, last - first).Clear();");
            writer.Line("worker.Barrier();");
            var whole = View.Contiguous(node.Shape).Slice(node.Part, node.Inputs[0].Shape[node.Part.Axis]);
            WritePart(writer, scope, kernel.OperandsOf(node)[0], node, whole);
        }
        else
        {
            int axis = node.Axis;
            Dim start = 0;
            for (int part = 0; part < node.Inputs.Count; part++)
            {
                Dim length = node.Inputs[part].Shape[axis];
                WritePart(writer, scope, kernel.OperandsOf(node)[part], node, View.Contiguous(node.Shape).Part(axis, start, length));
                start.TryAdd(length, out start);
            }
        }
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString());
    }

    static void WritePart(SourceWriter writer, KernelScope scope, Access source, Node result, View place)
    {
        int rank = place.Shape.Rank;
        int rowAxes = 0;
        while (source.View.Runs(rowAxes, rank).Count > 1 || place.Runs(rowAxes, rank).Count > 1)
            rowAxes++;
        Dim rows = place.Shape.Product(0, rowAxes), columns = place.Shape.Product(rowAxes, rank);
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
