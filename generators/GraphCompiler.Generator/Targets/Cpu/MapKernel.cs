using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// An elementwise kernel: whole vectors, then one partial vector where a row ends. Axes that every operand walks in one
/// run are joined, so most maps have a single row; its elements are shared out, else the rows are.
/// </summary>
internal static class MapKernel
{
    const int ElementGrain = 1024;

    /// <summary>With fewer rows than this, workers share the columns instead.</summary>
    const int FewRows = 4;

    public static EmittedKernel Emit(Kernel kernel)
    {
        int rowAxes = MapLoops.RowAxes(kernel);
        var scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        var (rows, columns) = RowsOfColumns.Of(kernel.Domain, rowAxes);
        var writer = new SourceWriter();
        bool flat = rows.IsOne && !kernel.Members.Any(QuantizedProducts.IsLookup);
        var map = new MapBody(kernel, scope, rowAxes, flat ? "" : "r", columns);
        if (flat)
        {
            writer.Line($"worker.Share({scope.Size(columns)}, {ElementGrain}, out int start, out int end);");
            map.WriteInvariants(writer);
            map.WriteColumns(writer, "start", "end", exact: false);
        }
        else if (rows.IsConstant && rows.Value < FewRows && columns.Max > ElementGrain)
        {
            writer.Line($"worker.Share({scope.Size(columns)}, {ElementGrain}, out int start, out int end);");
            map.WriteInvariants(writer);
            using (writer.Open($"for (int r = 0; r < {scope.Size(rows)}; r++)"))
            {
                map.WriteRow(writer);
                map.WriteColumns(writer, "start", "end", exact: false);
            }
        }
        else
        {
            writer.Line($"worker.Share({scope.Size(rows)}, 1, out int start, out int end);");
            map.WriteInvariants(writer);
            using (writer.Open("for (int r = start; r < end; r++)"))
            {
                map.WriteRow(writer);
                map.WriteColumns(writer, "0", scope.Size(columns), columns.IsConstant && columns.Value % LanesContract.Widest == 0);
            }
        }
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString());
    }
}

/// <summary>The statements of an elementwise kernel inside its loops.</summary>
internal sealed class MapBody
{
    readonly Kernel kernel;
    readonly KernelScope scope;
    readonly DomainReader reader;
    readonly ExpressionWriter expressions;
    readonly List<Access> reads;
    readonly List<(Node Node, Access Place)> stores;
    readonly bool inPlace;

    /// <param name="kernel">The kernel.</param>
    /// <param name="scope">The names of the method.</param>
    /// <param name="rowAxes">How many axes number the rows.</param>
    /// <param name="row">The expression of the row; "" if there is only one.</param>
    /// <param name="columns">The elements of a row.</param>
    /// <param name="inPlace">Whether a state and its next version are one parameter.</param>
    /// <param name="nameOf">What the variable of a value is called that all columns have, if not like its memory.</param>
    public MapBody(Kernel kernel, KernelScope scope, int rowAxes, string row, Dim columns, bool inPlace = false, Func<Access, string?>? nameOf = null)
    {
        this.inPlace = inPlace;
        this.kernel = kernel;
        this.scope = scope;
        reader = new DomainReader(scope, kernel.Domain, rowAxes, row) { NameOf = nameOf ?? (_ => null) };
        expressions = new ExpressionWriter(scope, CpuDialect.Instance, kernel.Members, kernel.OperandsOf, kernel.Stores);
        reads = [.. kernel.Members.Where(m => !QuantizedProducts.IsLookup(m)).SelectMany(ElementsReadBy).Where(a => !kernel.Contains(a.Base))];
        stores = [.. kernel.Stores.Select(s => (s, new Access(s, MapLoops.PlaceOf(s, kernel))))];
        Columns = columns;
    }

    /// <summary>An update reads the new value; its position is read once.</summary>
    IEnumerable<Access> ElementsReadBy(Node member) => kernel.OperandsOf(member).Take(member.Kind == OpKind.Update ? 1 : int.MaxValue);

    Dim Columns { get; }

    public void WriteInvariants(SourceWriter writer)
    {
        reader.WriteInvariants(writer, reads);
        foreach (var (node, _) in stores)
        {
            if (inPlace)
            {
                reader.StoreAt(node, scope.Pointer(Graph.StateOf(node)!));
                continue;
            }
            scope.Pointer(node);
            if (node.Op == Op.WriteAt)
                WritePosition(writer, node);
        }
        foreach (var gather in kernel.Members.Where(QuantizedProducts.IsLookup))
            scope.Pointer(kernel.OperandsOf(gather)[0].Base);
    }

    /// <summary>The pointer to the part of a state that is written, which begins at a position known when the kernel runs.</summary>
    void WritePosition(SourceWriter writer, Node node)
    {
        var (position, size) = MapLoops.PositionOf(node, kernel);
        string first = position.Op == Op.Constant ? Literals.Integer((long)position.Value) : "*" + scope.Indices(position);
        string part = scope.Unique(scope.Pointer(node) + "Part");
        writer.Line($"{CpuTypes.ElementOf(node)}* {part} = {scope.Pointer(node)} + (long)({first}) * {scope.Size(size)};");
        reader.StoreAt(node, part);
    }

    public void WriteRow(SourceWriter writer)
    {
        reader.WriteRow(writer, reads);
        foreach (var gather in kernel.Members.Where(QuantizedProducts.IsLookup))
            GatherRows.WriteRow(writer, scope, gather, kernel.OperandsOf(gather), Columns);
        reader.WriteStoreRows(writer, stores.Select(s => s.Place));
    }

    /// <summary>The loop over the columns from start to end; exact where every vector width divides their number.</summary>
    public void WriteColumns(SourceWriter writer, string start, string end, bool exact)
    {
        writer.Line($"int c = {start};");
        using (writer.Open($"for (; c <= {end} - V.Count; c += V.Count)"))
        using (scope.Nested())
            WriteElements(writer, new Lanes(Expression.Primary("c"), null));
        if (exact)
            return;
        using (writer.Open($"if (c < {end})"))
        using (scope.Nested())
        {
            writer.Line($"int rest = {end} - c;");
            WriteElements(writer, new Lanes(Expression.Primary("c"), "rest"));
        }
    }

    /// <summary>Everything is computed before anything is stored: a result may lie where an operand lay.</summary>
    void WriteElements(SourceWriter writer, Lanes lanes)
    {
        var locals = new Dictionary<Node, string>();
        foreach (var gather in kernel.Members.Where(QuantizedProducts.IsLookup))
            locals[gather] = GatherRows.Write(writer, scope, gather, kernel.OperandsOf(gather)[0].Base, lanes);
        var values = stores.ConvertAll(s => expressions.Write(writer, s.Node, locals, a => reader.Read(a, lanes), kernel.Contains));
        for (int i = 0; i < stores.Count; i++)
            reader.WriteStore(writer, stores[i].Node, stores[i].Place, values[i], lanes);
    }
}

/// <summary>Rows of a table by number: the row's pointer is found once, its elements are loaded like any other's.</summary>
internal static class GatherRows
{
    public static void WriteRow(SourceWriter writer, KernelScope scope, Node gather, Access[] operands, Dim columns)
    {
        string index = GatheredRows.Index(scope, gather, operands, "r");
        if (gather.Op == Op.QuantizedGather)
        {
            var table = gather.Get<QuantizedGatherAttributes>().Table;
            string arguments = $"{scope.Pointer(operands[0].Base)}, {index}, {scope.Size(columns)}";
            writer.Line($"var {GatheredRows.Name(scope, gather)} = new PackedRow<{CpuTypes.Weights(table.Format)}>({arguments});");
            return;
        }
        writer.Line($"{CpuTypes.ElementOf(operands[0].Base)}* {GatheredRows.Name(scope, gather)} = {scope.Pointer(operands[0].Base)} + (long){index} * {scope.Size(columns)};");
    }

    public static string Write(SourceWriter writer, KernelScope scope, Node gather, Node table, Lanes lanes)
    {
        string value = scope.Unique("gathered");
        if (gather.Op == Op.QuantizedGather)
        {
            string row = GatheredRows.Name(scope, gather);
            writer.Line($"var {value} = {row}.{(lanes.Count is { } count ? $"LoadPartial<V>({lanes.Column}, {count})" : $"Load<V>({lanes.Column})")};");
            return value;
        }
        writer.Line($"var {value} = {CpuTypes.Load(table, $"{GatheredRows.Name(scope, gather)} + {lanes.Column}", stride: null, lanes.Count)};");
        return value;
    }
}
