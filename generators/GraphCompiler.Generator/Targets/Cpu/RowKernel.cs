using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// A kernel of maps and row reductions. Rows are shared over the workers; each is passed over as often as
/// <see cref="RowPhases"/> says while it stays in the cache. A row that fits one vector stays in registers instead.
/// </summary>
internal sealed class RowKernel
{
    const int NarrowestVector = LanesContract.Narrowest, WidestVector = LanesContract.Widest;

    /// <summary>
    /// How many running totals a reduction has where a pass does little else: an addition waits for the one before it,
    /// and a core can do that many meanwhile.
    /// </summary>
    const int Totals = 4;

    readonly Kernel kernel;
    readonly KernelScope scope;
    readonly RowPhases phases;
    readonly DomainReader reader;
    readonly ExpressionWriter expressions;
    readonly List<Access> reads;
    readonly List<(Node Node, Access Place)> stores;
    readonly Dim rows, columns;
    readonly SourceWriter writer = new();
    readonly Dictionary<Node, string> rowValues = [];
    readonly Dictionary<Node, string> scratchRows = [];
    readonly Dictionary<Node, RunningMean> means = [];

    RowKernel(Kernel kernel)
    {
        this.kernel = kernel;
        scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        phases = new RowPhases(kernel);
        reader = new DomainReader(scope, kernel.Domain, kernel.RowAxes, "r");
        (rows, columns) = RowsOfColumns.Of(kernel);
        var reduced = kernel.Members.Where(m => m.Kind == OpKind.Reduction).Select(m => kernel.OperandsOf(m)[0].Base);
        expressions = new ExpressionWriter(scope, CpuDialect.Instance, kernel.Members, kernel.OperandsOf, kernel.Stores.Concat(reduced).Concat(phases.Kept));
        reads = [.. kernel.Members.Where(m => !QuantizedProducts.IsLookup(m)).SelectMany(kernel.OperandsOf).Where(a => !kernel.Contains(a.Base))];
        stores = [.. kernel.Stores.Select(s => (s, new Access(s, View.Contiguous(kernel.ShapeOf(kernel.LevelOf(s))))))];
    }

    public static EmittedKernel Emit(Kernel kernel) => new RowKernel(kernel).Emit();

    EmittedKernel Emit()
    {
        writer.Line($"worker.Share({scope.Size(rows)}, 1, out int start, out int end);");
        int scratch = WriteScratch();
        foreach (var (node, _) in stores)
            scope.Pointer(node);
        reader.WriteInvariants(writer, reads);
        using (writer.Open("for (int r = start; r < end; r++)"))
        {
            reader.WriteRow(writer, reads);
            foreach (var gather in kernel.Members.Where(QuantizedProducts.IsLookup))
                GatherRows.WriteRow(writer, scope, gather, kernel.OperandsOf(gather), columns);
            reader.WriteStoreRows(writer, stores.Select(s => s.Place));
            if (columns.IsConstant && columns.Value <= WidestVector)
                WriteNarrow();
            else
                WritePhases();
        }
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(), ScratchFloats: scratch);
    }

    int WriteScratch()
    {
        var kept = phases.Scratch.ToList();
        if (kept.Count == 0)
            return 0;
        int stride = (int)((columns.Max + WidestVector - 1) / WidestVector * WidestVector);
        string scratch = scope.Unique("scratch");
        writer.Line($"float* {scratch} = worker.Scratch({Literals.Integer(stride * kept.Count)});");
        for (int i = 0; i < kept.Count; i++)
            scratchRows[kept[i]] = i == 0 ? scratch : $"{scratch} + {Literals.Integer(i * stride)}";
        return stride * kept.Count;
    }

    /// <summary>Rows no longer than the widest vector: one register a value where it holds the row, else the passes.</summary>
    void WriteNarrow()
    {
        if (columns.Value > NarrowestVector)
        {
            using (writer.Open($"if (V.Count >= {columns})"))
            using (scope.Nested())
                WriteInRegisters();
            using (writer.Open("else"))
                WritePhases();
        }
        else
        {
            using (scope.Nested())
                WriteInRegisters();
        }
    }

    void WriteInRegisters()
    {
        var lanes = new Lanes(Expression.Zero, Literals.Integer(columns.Value));
        var locals = new Dictionary<Node, string>();
        Expression Read(Access access) => reader.Read(access, lanes);
        foreach (var member in kernel.Members)
        {
            if (QuantizedProducts.IsLookup(member))
                locals[member] = GatherRows.Write(writer, scope, member, kernel.OperandsOf(member)[0].Base, lanes);
            else if (member.Kind == OpKind.Reduction)
                locals[member] = WriteReducedInRegisters(member, Operand(member, locals, lanes), lanes.Count!);
            else if (kernel.Stores.Contains(member) || !phases.IsElement(member))
                expressions.Write(writer, member, locals, Read, kernel.Contains);
            if (kernel.Stores.Contains(member))
                WriteStore(member, locals[member], lanes);
        }
    }

    void WritePhases()
    {
        rowValues.Clear();
        WriteRowValues(0);
        if (phases.Count > 0)
            writer.Line("int c;");
        for (int phase = 0; phase < phases.Count; phase++)
        {
            var roots = phases.RootsOf(phase).ToList();
            var totals = roots.Where(r => r.Kind == OpKind.Reduction).ToDictionary(r => r, r => scope.Unique(Literals.Camel(r.Op.ToString()).Replace("reduce", "running")));
            WriteOrigins(phase, roots.Where(r => r.Op == Op.ReduceMean));
            foreach (var total in totals)
                writer.Line($"var {total.Value} = V.Splat({CpuDialect.Identity(total.Key.Op)});");
            string end = scope.Size(columns);
            bool unrolled = phases.WaitsForTotals(phase) && columns.Max >= Totals * WidestVector;
            if (unrolled)
                WriteUnrolled(phase, roots, totals, end);
            if (!unrolled || !columns.IsConstant || columns.Value % (Totals * WidestVector) != 0)
            {
                using (writer.Open($"for ({(unrolled ? "" : "c = 0")}; c <= {end} - V.Count; c += V.Count)"))
                using (scope.Nested())
                    WritePass(phase, roots, totals, new Lanes(Expression.Primary("c"), null));
            }
            if (!columns.IsConstant || columns.Value % WidestVector != 0)
            {
                using (writer.Open($"if (c < {end})"))
                using (scope.Nested())
                {
                    writer.Line($"int rest = {end} - c;");
                    WritePass(phase, roots, totals, new Lanes(Expression.Primary("c"), "rest"));
                }
            }
            foreach (var total in totals)
                rowValues[total.Key] = WriteReduced(total.Key, total.Value);
            WriteRowValues(phase + 1);
        }
        foreach (var node in kernel.Stores.Where(s => !phases.IsElement(s)))
            WriteStore(node, rowValues[node], new Lanes(Expression.Zero, "1"));
    }

    /// <summary>Several vectors a turn, each with totals of its own, which are combined at the end.</summary>
    void WriteUnrolled(int phase, List<Node> roots, Dictionary<Node, string> totals, string end)
    {
        var all = Enumerable.Range(0, Totals)
            .Select(i => i == 0 ? totals : totals.ToDictionary(t => t.Key, t => scope.Unique(t.Value)))
            .ToList();
        foreach (var total in all.Skip(1).SelectMany(t => t))
            writer.Line($"var {total.Value} = V.Splat({CpuDialect.Identity(total.Key.Op)});");
        using (writer.Open($"for (c = 0; c <= {end} - {Totals} * V.Count; c += {Totals} * V.Count)"))
        using (scope.Nested())
        {
            for (int i = 0; i < Totals; i++)
                WritePass(phase, roots, all[i], new Lanes(ColumnOf(i), null));
        }
        for (int distance = Totals / 2; distance > 0; distance /= 2)
        {
            for (int i = 0; i < distance; i++)
            {
                foreach (var total in all[i])
                    writer.Line($"{total.Value} = {CpuDialect.Combine(total.Key.Op, Expression.Primary(total.Value), Expression.Primary(all[i + distance][total.Key]))};");
            }
        }
    }

    /// <summary>The first column of one of a turn's vectors.</summary>
    public static Expression ColumnOf(int vector)
    {
        Expression column = Expression.Primary("c"), width = Expression.Primary("V.Count");
        return vector == 0 ? column : column + (vector == 1 ? width : Expression.Integer(vector) * width);
    }

    /// <summary>Values of the row that can be computed before a pass.</summary>
    void WriteRowValues(int phase)
    {
        foreach (var member in kernel.Members.Where(m => !phases.IsElement(m) && m.Kind != OpKind.Reduction && phases.PhaseOf(m) == phase))
            expressions.Write(writer, member, rowValues, a => reader.Read(a, new Lanes(Expression.Zero, null)), kernel.Contains);
    }

    /// <summary>The first elements, which the means of a pass are measured from.</summary>
    void WriteOrigins(int phase, IEnumerable<Node> ofMeans)
    {
        Dictionary<Node, string>? locals = null;
        foreach (var mean in ofMeans)
            means[mean] = WriteOrigin($"V.Splat(V.FirstLane({WriteOperand(mean, phase, locals ??= WriteLocals(First), First)}))");
    }

    static Lanes First => new(Expression.Zero, "1");

    RunningMean WriteOrigin(string element)
    {
        var mean = new RunningMean(scope, columns);
        mean.WriteOrigin(writer, element);
        return mean;
    }

    /// <summary>What a pass knows before it computes elements: values of the row, and what it looks up.</summary>
    Dictionary<Node, string> WriteLocals(Lanes lanes)
    {
        var locals = new Dictionary<Node, string>(rowValues);
        foreach (var gather in kernel.Members.Where(QuantizedProducts.IsLookup))
            locals[gather] = GatherRows.Write(writer, scope, gather, kernel.OperandsOf(gather)[0].Base, lanes);
        return locals;
    }

    Expression Read(Access access, Lanes lanes) => kernel.Contains(access.Base) ? Expression.Primary(LoadKept(access.Base, lanes)) : reader.Read(access, lanes);

    bool IsInside(Node node, int phase) => kernel.Contains(node) && (!phases.IsElement(node) || phases.IsComputedIn(node, phase));

    /// <summary>What a reduction takes of the lanes.</summary>
    Expression WriteOperand(Node reduction, int phase, Dictionary<Node, string> locals, Lanes lanes)
    {
        var source = kernel.OperandsOf(reduction)[0];
        return IsInside(source.Base, phase) ? Expression.Primary(WriteElement(source.Base, phase, locals, lanes)) : Read(source, lanes);
    }

    /// <summary>Whether what a sum adds up are products that nothing else needs: multiplied and added in one instruction.</summary>
    bool IsSumOfProducts(Node reduction, int phase, Dictionary<Node, string> locals)
    {
        var product = kernel.OperandsOf(reduction)[0].Base;
        return reduction.Op == Op.ReduceSum && product.Op == Op.Multiply && IsInside(product, phase) && phases.IsElement(product) && !locals.ContainsKey(product)
            && !kernel.Stores.Contains(product) && !phases.Kept.Contains(product)
            && kernel.Members.Count(m => kernel.OperandsOf(m).Any(a => a.Base == product)) == 1;
    }

    string WriteMultiplyAdd(Node reduction, string total, int phase, Dictionary<Node, string> locals, Lanes lanes)
    {
        string Factor(Access access) => IsInside(access.Base, phase) ? WriteElement(access.Base, phase, locals, lanes) : Read(access, lanes);
        var factors = kernel.OperandsOf(kernel.OperandsOf(reduction)[0].Base);
        return $"{total} = V.FusedMultiplyAdd({Factor(factors[0])}, {Factor(factors[1])}, {total});";
    }

    string WriteElement(Node node, int phase, Dictionary<Node, string> locals, Lanes lanes) =>
        expressions.Write(writer, node, locals, a => Read(a, lanes), n => IsInside(n, phase));

    void WritePass(int phase, List<Node> roots, Dictionary<Node, string> totals, Lanes lanes)
    {
        var locals = WriteLocals(lanes);
        foreach (var root in roots)
        {
            if (root.Kind == OpKind.Reduction)
            {
                writer.Line(lanes.Count is null && IsSumOfProducts(root, phase, locals)
                    ? WriteMultiplyAdd(root, totals[root], phase, locals, lanes)
                    : Accumulate(root, totals[root], WriteOperand(root, phase, locals, lanes), lanes.Count));
                continue;
            }
            string computed = WriteElement(root, phase, locals, lanes);
            if (kernel.Stores.Contains(root))
                WriteStore(root, computed, lanes);
            else
                writer.Line(lanes.Count is null ? $"V.Store({scratchRows[root]} + {lanes.Column}, {computed});"
                    : $"V.StorePartial({scratchRows[root]} + {lanes.Column}, {lanes.Count}, {computed});");
        }
    }

    string Operand(Node reduction, Dictionary<Node, string> locals, Lanes lanes)
    {
        var source = kernel.OperandsOf(reduction)[0];
        return kernel.Contains(source.Base)
            ? expressions.Write(writer, source.Base, locals, a => reader.Read(a, lanes), kernel.Contains)
            : reader.Read(source, lanes);
    }

    /// <summary>The statement that takes lanes, or the first of them, into a running total.</summary>
    string Accumulate(Node reduction, string total, Expression value, string? count)
    {
        var mean = reduction.Op == Op.ReduceMean ? means[reduction] : null;
        var taken = mean is null ? value : Expression.Primary(mean.HalfDistance(value));
        var kept = count is null ? taken : Expression.Primary($"V.KeepFirst({taken}, {count}, {CpuDialect.Identity(reduction.Op)})");
        return mean is null ? CpuDialect.Accumulate(reduction.Op, total, kept) : $"{total} = {mean.Add(kept, total)};";
    }

    string WriteReducedInRegisters(Node reduction, string value, string count)
    {
        if (reduction.Op != Op.ReduceMean)
            return WriteReduced(reduction, $"V.KeepFirst({value}, {count}, {CpuDialect.Identity(reduction.Op)})");
        var mean = means[reduction] = WriteOrigin($"V.Splat(V.FirstLane({value}))");
        return WriteReduced(reduction, $"V.KeepFirst({mean.Add(mean.HalfDistance(value), "V.Zero")}, {count}, 0f)");
    }

    string WriteReduced(Node reduction, string lanes)
    {
        string name = scope.Unique(Literals.Camel(reduction.Op.ToString().Replace("Reduce", "")));
        string reduced = $"V.Splat({CpuDialect.CombineLanes(reduction.Op, lanes)})";
        writer.Line($"var {name} = {(reduction.Op == Op.ReduceMean ? means[reduction].Result(reduced) : reduced)};");
        return name;
    }

    void WriteStore(Node node, string value, Lanes lanes)
    {
        var place = stores.First(s => s.Node == node).Place;
        if (phases.IsElement(node))
            reader.WriteStore(writer, node, place, value, lanes);
        else
            writer.Line(CpuTypes.Store(node, reader.RowAddress(place), "1", value));
    }

    string LoadKept(Node node, Lanes lanes)
    {
        if (!scratchRows.TryGetValue(node, out string? scratch))
            return CpuTypes.Load(node, $"{reader.RowAddress(stores.First(s => s.Node == node).Place)} + {lanes.Column}", stride: null, lanes.Count);
        string address = $"{scratch} + {lanes.Column}";
        return lanes.Count is null ? $"V.Load({address})" : $"V.LoadPartial({address}, {lanes.Count})";
    }
}
