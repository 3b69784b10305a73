using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// A kernel of maps and row reductions. A row that is short enough has a thread for every four neighbouring elements, or for
/// every one where rows do not consist of fours: all that is computed stays in the threads' variables, and several rows
/// share a group where they are shorter than a warp. A longer row, or one whose length is not known yet, has a group, which
/// passes over it as often as <see cref="RowPhases"/> says, each thread at the same columns every time, so it may read again
/// what it stored itself; what is not stored anyway is computed again. A reduction ends in a combination of the row's threads.
/// </summary>
internal sealed class DeviceRow
{
    /// <summary>The threads of a warp, and the most of a group.</summary>
    const int Warp = GroupContract.Warp, MostThreads = GroupContract.Largest;

    readonly Kernel kernel;
    readonly KernelScope scope;
    readonly RowPhases phases;
    readonly int lanes;
    readonly ElementReader reader, rowReader;
    readonly ExpressionWriter elements, rowExpressions;
    readonly OperandValues operands;
    readonly Dim rows, columns;
    readonly List<Node> gathers;
    readonly SourceWriter writer = new();
    readonly Dictionary<Node, string> rowValues = [];
    readonly Dictionary<Node, string> origins = [];

    /// <summary>The threads of a row that stays in variables; 0 for a longer one.</summary>
    readonly int threads;

    /// <summary>Whether a thread has an element; null where every one has.</summary>
    readonly string? guard;

    DeviceRow(Kernel kernel)
    {
        this.kernel = kernel;
        scope = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        phases = new RowPhases(kernel);
        (rows, columns) = RowsOfColumns.Of(kernel);
        gathers = [.. kernel.Members.Where(QuantizedProducts.IsLookup)];
        lanes = ElementLanes.Of(kernel, columns, kernel.RowAxes, kernel.Stores.Where(phases.IsElement).Select(s => View.Contiguous(kernel.Domain)));
        threads = columns.IsConstant ? ThreadsOf((columns.Value + lanes - 1) / lanes) : 0;
        guard = threads > 0 && (threads <= Warp || threads * lanes != columns.Value) ? "isInside" : null;
        reader = new ElementReader(scope, kernel.Domain, kernel.RowAxes, "r") { Lanes = lanes, Guard = guard };
        rowReader = new ElementReader(scope, kernel.Domain, kernel.RowAxes, "r") { Guard = guard };
        elements = new ExpressionWriter(scope, new IlgpuDialect(lanes), kernel.Members, kernel.OperandsOf, kernel.Stores);
        rowExpressions = new ExpressionWriter(scope, new IlgpuDialect(lanes: 1), kernel.Members, kernel.OperandsOf, kernel.Stores);
        operands = new OperandValues(scope, kernel);
    }

    /// <summary>A part of a warp that its exchanges can divide, or whole warps; 0 if a group has too few.</summary>
    static int ThreadsOf(int wanted)
    {
        int count = 1;
        while (count < wanted && count < Warp)
            count *= 2;
        count = wanted <= Warp ? count : (wanted + Warp - 1) / Warp * Warp;
        return count <= MostThreads ? count : 0;
    }

    bool Reduces => kernel.Members.Any(m => m.Kind == OpKind.Reduction);

    public static DeviceKernel Emit(Kernel kernel) => new DeviceRow(kernel).Emit();

    DeviceKernel Emit()
    {
        if (Reduces)
        {
            writer.Line("var reduction = default(TReduction);");
            writer.Line("var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);");
        }
        WriteRowAndColumn();
        foreach (var gather in gathers)
            DeviceGather.WriteRow(writer, scope, kernel, gather, columns, "r", guard);
        WriteRowValues(0);
        var locals = new Dictionary<Node, string>();
        for (int phase = 0; phase < phases.Count; phase++)
        {
            if (threads > 0)
                WriteShortPhase(phase, locals);
            else
                WritePass(phase);
            WriteRowValues(phase + 1);
        }
        WriteRowStores();
        Dim count = ElementLanes.Threads(columns, lanes);
        return new DeviceKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(),
            text => threads > 0 ? $"ShortRows({text(rows)}, {Literals.Integer(threads)})" : $"Rows({text(rows)}, {text(count)})", Reduces);
    }

    void WriteRowAndColumn()
    {
        string width = Literals.Integer(threads);
        if (threads == 0)
            writer.Line("int r = Grid.IdxX;");
        else if (threads > Warp)
            writer.Line($"int r = Grid.IdxX, c = {ElementLanes.First(lanes, Groups.Thread)};");
        else
            writer.Line($"int r = Grid.IdxX * (Group.DimX / {width}) + Group.IdxX / {width}, c = {ElementLanes.First(lanes, Groups.Thread % Expression.Integer(threads))};");
        if (guard is null)
            return;
        string[] conditions =
        [
            threads <= Warp ? $"r < {scope.Size(rows)}" : "",
            threads * lanes != columns.Value ? $"c < {scope.Size(columns)}" : "",
        ];
        writer.Line($"bool {guard} = {string.Join(" && ", conditions.Where(c => c.Length > 0))};");
    }

    List<Node> RootsOf(int phase) => [.. phases.RootsOf(phase).Where(r => r.Kind == OpKind.Reduction || kernel.Stores.Contains(r))];

    /// <summary>What a phase adds to the variables of a short row.</summary>
    void WriteShortPhase(int phase, Dictionary<Node, string> locals)
    {
        foreach (var known in rowValues)
            locals[known.Key] = known.Value;
        Expression Read(Access access) => operands.Read(writer, reader, access, "c");
        foreach (var gather in gathers.Where(g => !locals.ContainsKey(g)))
            locals[gather] = DeviceGather.Read(writer, scope, kernel, gather, "c", lanes, guard);
        foreach (var root in RootsOf(phase))
        {
            if (root.Kind == OpKind.Reduction)
            {
                var source = kernel.OperandsOf(root)[0];
                var value = kernel.Contains(source.Base) ? Expression.Primary(elements.Write(writer, source.Base, locals, Read, kernel.Contains)) : Read(source);
                if (root.Op == Op.ReduceMean)
                    value = Expression.Primary(WriteShareOfMean(root, value, IsOneNumber(source)));
                else if (IsOneNumber(source))
                    value = Expression.Convert("Four", value);
                var total = IlgpuDialect.CombineLanes(root.Op, value, lanes);
                WriteTotal(root, guard is null ? total
                    : Expression.Choice(Expression.Primary(guard), total, Expression.Primary(IlgpuDialect.Identity(root.Op))));
                continue;
            }
            string computed = elements.Write(writer, root, locals, Read, kernel.Contains);
            WriteGuarded(guard, reader.Store(root, View.Contiguous(kernel.Domain), "c", Expression.Primary(computed)));
        }
    }

    /// <summary>Whether a thread has one number for all its elements.</summary>
    bool IsOneNumber(Access source) => lanes > 1 && (kernel.Contains(source.Base) ? !phases.IsElement(source.Base) : reader.IsOne(source));

    /// <summary>
    /// What a thread of a short row contributes to a mean. The first thread's first element, the origin, goes to all: the
    /// others add zeros to it.
    /// </summary>
    string WriteShareOfMean(Node mean, Expression value, bool isOneNumber)
    {
        var element = Expression.Choice(
            Expression.Of(Op.Equal, [Expression.Primary("c"), Expression.Zero]), lanes == 1 || isOneNumber ? value : value.Member("X"), Expression.Primary("0f"));
        string first = IlgpuDialect.CombineThreads(Op.ReduceSum, element, Literals.Integer(threads));
        WriteOrigin(mean, first);
        string share = IlgpuDialect.ShareOfMean(value, origins[mean], scope.SizeExpression(columns));
        string name = scope.Unique("share");
        writer.Line($"{ElementLanes.TypeOf(ElementType.Float32, lanes)} {name} = {share};");
        return name;
    }

    void WriteOrigin(Node mean, string first)
    {
        origins[mean] = scope.Unique("origin");
        writer.Line($"float {origins[mean]} = DeviceMath.Origin({first});");
    }

    void WriteGuarded(string? condition, string statement)
    {
        if (condition is not null)
            writer.Line($"if ({condition})");
        writer.Line((condition is null ? "" : "    ") + statement);
    }

    void WriteTotal(Node reduction, string value)
    {
        string name = scope.Unique(Literals.Camel(reduction.Op.ToString().Replace("Reduce", "")));
        string total = IlgpuDialect.CombineThreads(reduction.Op, value, threads > 0 ? Literals.Integer(threads) : "Group.DimX");
        writer.Line($"float {name} = {(reduction.Op == Op.ReduceMean ? $"DeviceMath.Mean({origins[reduction]}, {total})" : total)};");
        rowValues[reduction] = name;
    }

    /// <summary>One of the passes over a long row.</summary>
    void WritePass(int phase)
    {
        var roots = RootsOf(phase);
        var totals = roots.Where(r => r.Kind == OpKind.Reduction).ToDictionary(r => r, r => scope.Unique(Literals.Camel(r.Op.ToString()).Replace("reduce", "running")));
        foreach (var mean in roots.Where(r => r.Op == Op.ReduceMean))
            WriteOrigin(mean, FirstElement(kernel.OperandsOf(mean)[0]));
        foreach (var total in totals)
            writer.Line($"{ElementLanes.TypeOf(ElementType.Float32, lanes)} {total.Value} = {IlgpuDialect.Identity(total.Key.Op)};");
        using (writer.Open($"for (int c = {ElementLanes.First(lanes, Groups.Thread)}; c < {scope.Size(columns)}; c += {ElementLanes.First(lanes, Groups.Size)})"))
        using (scope.Nested())
            WriteElement(phase, roots, totals);
        foreach (var total in totals)
            WriteTotal(total.Key, IlgpuDialect.CombineLanes(total.Key.Op, Expression.Primary(total.Value), lanes));
    }

    /// <summary>A long row's first element: every thread computes it.</summary>
    string FirstElement(Access source)
    {
        if (!kernel.Contains(source.Base))
            return rowReader.Read(source, "0");
        var locals = new Dictionary<Node, string>(rowValues);
        foreach (var gather in gathers)
            locals[gather] = DeviceGather.Read(writer, scope, kernel, gather, "0", 1);
        return rowExpressions.Write(writer, source.Base, locals, a => rowReader.Read(a, "0"), kernel.Contains);
    }

    void WriteElement(int phase, List<Node> roots, Dictionary<Node, string> totals)
    {
        operands.Clear();
        var locals = new Dictionary<Node, string>(rowValues);
        foreach (var gather in gathers)
            locals[gather] = DeviceGather.Read(writer, scope, kernel, gather, "c", lanes);
        bool IsInside(Node node) => kernel.Contains(node)
            && (!phases.IsElement(node) || phases.IsComputedIn(node, phase) || !kernel.Stores.Contains(node));
        Expression Read(Access access) => operands.Read(writer, reader,
            kernel.Contains(access.Base) ? new Access(access.Base, View.Contiguous(kernel.Domain)) : access, "c");
        foreach (var root in roots)
        {
            if (root.Kind == OpKind.Reduction)
            {
                var source = kernel.OperandsOf(root)[0];
                var value = IsInside(source.Base) ? Expression.Primary(elements.Write(writer, source.Base, locals, Read, IsInside)) : Read(source);
                string taken = root.Op == Op.ReduceMean ? IlgpuDialect.ShareOfMean(value, origins[root], scope.SizeExpression(columns)) : value;
                writer.Line(IlgpuDialect.Accumulate(root.Op, totals[root], taken));
                continue;
            }
            string computed = elements.Write(writer, root, locals, Read, IsInside);
            writer.Line(reader.Store(root, View.Contiguous(kernel.Domain), "c", Expression.Primary(computed)));
        }
    }

    /// <summary>Values of the row that can be computed before a pass; every thread computes them.</summary>
    void WriteRowValues(int phase)
    {
        foreach (var member in kernel.Members.Where(m => !phases.IsElement(m) && m.Kind != OpKind.Reduction && phases.PhaseOf(m) == phase))
            rowExpressions.Write(writer, member, rowValues, a => rowReader.Read(a, "0"), kernel.Contains);
    }

    void WriteRowStores()
    {
        var stored = kernel.Stores.Where(s => !phases.IsElement(s)).ToList();
        if (stored.Count == 0)
            return;
        string first = threads > 0 ? "c == 0" : "Group.IdxX == 0";
        using (writer.Open($"if ({first}{(guard is null ? "" : " && " + guard)})"))
        {
            foreach (var node in stored)
                writer.Line(rowReader.Store(node, View.Contiguous(kernel.RowShape), "0", Expression.Primary(rowValues[node])));
        }
    }
}
