using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// An elementwise kernel: a thread has four neighbouring elements, or one where rows do not consist of fours. All its values
/// are computed before any is stored: a result may lie where an operand lay.
/// </summary>
internal static class DeviceMap
{
    public static DeviceKernel Emit(Kernel kernel)
    {
        int rowAxes = MapLoops.RowAxes(kernel);
        var scope = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        var (rows, columns) = RowsOfColumns.Of(kernel.Domain, rowAxes);
        var gathers = kernel.Members.Where(QuantizedProducts.IsLookup).ToList();
        bool flat = rows.IsOne && gathers.Count == 0;
        int lanes = kernel.Stores.All(PartsBeginAligned) ? ElementLanes.Of(kernel, columns, rowAxes, kernel.Stores.Select(s => MapLoops.PlaceOf(s, kernel))) : 1;
        var reader = new ElementReader(scope, kernel.Domain, rowAxes, flat ? "" : "r") { Lanes = lanes };
        var expressions = new ExpressionWriter(scope, new IlgpuDialect(lanes), kernel.Members, kernel.OperandsOf, kernel.Stores);
        var operands = new OperandValues(scope, kernel);
        var writer = new SourceWriter();
        DeviceKernels.WriteElementNumber(writer, scope.Size(kernel.Domain.Size), flat ? "c" : "i", lanes);
        if (!flat)
            DeviceKernels.WriteRowAndColumn(writer, scope, rows, columns);
        var locals = new Dictionary<Node, string>();
        foreach (var gather in gathers)
        {
            DeviceGather.WriteRow(writer, scope, kernel, gather, columns, "r");
            locals[gather] = DeviceGather.Read(writer, scope, kernel, gather, "c", lanes);
        }
        var values = kernel.Stores.ConvertAll(s => expressions.Write(writer, s, locals, a => operands.Read(writer, reader, a, "c"), kernel.Contains));
        for (int i = 0; i < values.Count; i++)
        {
            var place = MapLoops.PlaceOf(kernel.Stores[i], kernel);
            writer.Line(kernel.Stores[i].Op == Op.WriteAt
                ? reader.StoreFrom(WritePosition(writer, scope, kernel, kernel.Stores[i]), kernel.Stores[i], place, "c", Expression.Primary(values[i]))
                : reader.Store(kernel.Stores[i], place, "c", Expression.Primary(values[i])));
        }
        Dim size = kernel.Domain.Size;
        return new DeviceKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(), text => $"Elements({text(ElementLanes.Threads(size, lanes))})");
    }

    /// <summary>Whether a part of a state begins at a multiple of four floats, whatever its position.</summary>
    static bool PartsBeginAligned(Node stored) =>
        stored.Op != Op.WriteAt || ElementLanes.IsWhole(stored.Shape.Product(stored.Axis + 1, stored.Shape.Rank));

    /// <summary>Where the part of a state begins that is written.</summary>
    static string WritePosition(SourceWriter writer, KernelScope scope, Kernel kernel, Node update)
    {
        var (position, elements) = MapLoops.PositionOf(update, kernel);
        string first = position.Op == Op.Constant ? Literals.Integer((long)position.Value) : $"{scope.Indices(position)}[0]";
        string part = scope.Unique(scope.Pointer(update) + "Part");
        writer.Line($"int {part} = {first} * {scope.Factor(elements)};");
        return part;
    }
}
