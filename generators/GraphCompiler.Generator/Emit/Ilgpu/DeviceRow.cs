using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Emit.Cpu;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>
/// A kernel of maps and row reductions: a group a row. The row is passed over as often as <see cref="RowPhases"/> says,
/// each thread at the same columns every time, so it may read again what it stored itself; what is not stored anyway is
/// computed again. A reduction ends in a combination of the group's threads.
/// </summary>
internal sealed class DeviceRow
{
    readonly Kernel kernel;
    readonly KernelScope scope;
    readonly RowPhases phases;
    readonly ElementReader reader;
    readonly ElementExpressions expressions;
    readonly Dim columns;
    readonly List<Node> gathers;
    readonly SourceWriter writer = new();
    readonly Dictionary<Node, string> rowValues = [];

    DeviceRow(Kernel kernel)
    {
        this.kernel = kernel;
        scope = new KernelScope(kernel.Stores, DeviceKernels.Reserved);
        phases = new RowPhases(kernel);
        reader = new ElementReader(scope, kernel.Domain, kernel.RowAxes, "r");
        expressions = new ElementExpressions(scope, kernel.OperandsOf);
        columns = kernel.Domain.Product(kernel.RowAxes, kernel.Domain.Rank);
        gathers = [.. kernel.Members.Where(m => m.Op == Op.Gather)];
    }

    public static DeviceKernel Emit(Kernel kernel) => new DeviceRow(kernel).Emit();

    DeviceKernel Emit()
    {
        bool reduces = kernel.Members.Any(m => m.Kind == OpKind.Reduction);
        if (reduces)
        {
            writer.Line("var reduction = default(TReduction);");
            writer.Line("var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);");
        }
        writer.Line("int r = Grid.IdxX;");
        foreach (var gather in gathers)
            DeviceGather.WriteRow(writer, scope, kernel, gather, columns, "r");
        WriteRowValues(0);
        for (int phase = 0; phase < phases.Count; phase++)
        {
            WritePass(phase);
            WriteRowValues(phase + 1);
        }
        WriteRowStores();
        Dim rows = kernel.Domain.Product(0, kernel.RowAxes);
        return new DeviceKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(), text => $"Rows({text(rows)}, {text(columns)})", reduces);
    }

    void WritePass(int phase)
    {
        var roots = phases.RootsOf(phase).Where(r => r.Kind == OpKind.Reduction || kernel.Stores.Contains(r)).ToList();
        var totals = roots.Where(r => r.Kind == OpKind.Reduction).ToDictionary(r => r, r => scope.Unique(Literals.Camel(r.Op.ToString()).Replace("reduce", "running")));
        foreach (var total in totals)
            writer.Line($"float {total.Value} = {IlgpuDialect.Identity(total.Key.Op)};");
        using (writer.Open($"for (int c = Group.IdxX; c < {scope.Size(columns)}; c += Group.DimX)"))
        using (scope.Nested())
            WriteElement(phase, roots, totals);
        foreach (var total in totals)
        {
            string name = scope.Unique(Literals.Camel(total.Key.Op.ToString().Replace("Reduce", "")));
            writer.Line($"float {name} = {IlgpuDialect.CombineThreads(total.Key.Op, total.Value)};");
            rowValues[total.Key] = name;
        }
    }

    void WriteElement(int phase, List<Node> roots, Dictionary<Node, string> totals)
    {
        var locals = new Dictionary<Node, string>(rowValues);
        foreach (var gather in gathers)
        {
            locals[gather] = scope.Unique("gathered");
            writer.Line($"float {locals[gather]} = {DeviceGather.Read(scope, kernel, gather, "c")};");
        }
        bool IsInside(Node node) => kernel.Contains(node)
            && (!phases.IsElement(node) || phases.IsComputedIn(node, phase) || !kernel.Stores.Contains(node));
        string Read(Access access) => kernel.Contains(access.Base)
            ? reader.Read(new Access(access.Base, View.Contiguous(kernel.Domain)), "c")
            : reader.Read(access, "c");
        foreach (var root in roots)
        {
            if (root.Kind == OpKind.Reduction)
            {
                var source = kernel.OperandsOf(root)[0];
                string value = IsInside(source.Base) ? expressions.Write(writer, source.Base, locals, Read, IsInside) : Read(source);
                writer.Line(IlgpuDialect.Accumulate(root.Op, totals[root], value));
                continue;
            }
            string computed = expressions.Write(writer, root, locals, Read, IsInside);
            writer.Line(reader.Store(root, View.Contiguous(kernel.Domain), "c", computed));
        }
    }

    /// <summary>Values of the row that can be computed before a pass; every thread computes them.</summary>
    void WriteRowValues(int phase)
    {
        foreach (var member in kernel.Members.Where(m => !phases.IsElement(m) && m.Kind != OpKind.Reduction && phases.PhaseOf(m) == phase))
            expressions.Write(writer, member, rowValues, a => reader.Read(a, "0"), kernel.Contains);
    }

    void WriteRowStores()
    {
        var stored = kernel.Stores.Where(s => !phases.IsElement(s)).ToList();
        if (stored.Count == 0)
            return;
        using (writer.Open("if (Group.IdxX == 0)"))
        {
            foreach (var node in stored)
                writer.Line(reader.Store(node, View.Contiguous(kernel.RowShape), "0", rowValues[node]));
        }
    }
}
