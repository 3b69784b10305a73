using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// Adds rows to a table at given numbers, which are sorted first. A group for each place of the order: the one where equal
/// numbers begin adds all their rows, in their order, and the others end; so nothing is atomic, and the sums are the same on
/// every run. The table begins with zeros, or with another's values, which usually lie where the result goes.
/// </summary>
internal sealed class DeviceScatter
{
    /// <summary>So many numbers are sorted at once, each compared with all others; of more, runs of the second length are, and joined.</summary>
    const long MostSortedAtOnce = 16384, Run = 4096;

    readonly Kernel kernel;
    readonly Node node;
    readonly Access[] operands;
    readonly KernelScope scope;
    readonly SourceWriter writer = new();
    readonly Dim width, count;

    DeviceScatter(Kernel kernel)
    {
        this.kernel = kernel;
        node = kernel.Members.Single();
        operands = kernel.OperandsOf(node);
        scope = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        width = node.Shape.Product(1, node.Shape.Rank);
        count = node.Inputs[0].Shape.Size;
    }

    public static IReadOnlyList<DeviceKernel> Emit(Kernel kernel) =>
    [
        DeviceKernels.Begin(kernel.Members.Single(), kernel.OperandsOf(kernel.Members.Single()) is { Length: > 2 } operands ? operands[2].Base : null),
        .. Sort(kernel),
        new DeviceScatter(kernel).Add(),
    ];

    /// <summary>The order lies in one half of the workspace or the other by turns, in the end in the first.</summary>
    static IEnumerable<DeviceKernel> Sort(Kernel kernel)
    {
        long count = new DeviceScatter(kernel).count.Max, run = count <= MostSortedAtOnce ? MostSortedAtOnce : Run;
        int passes = 0;
        while (run << passes < count)
            passes++;
        long HalfBefore(int pass) => (passes - pass) % 2 * count;
        yield return new DeviceScatter(kernel).SortRuns(HalfBefore(0), run);
        for (int pass = 0; pass < passes; pass++)
            yield return new DeviceScatter(kernel).MergeRuns(HalfBefore(pass), HalfBefore(pass + 1), run << pass);
    }

    DeviceKernel SortRuns(long to, long run)
    {
        WriteOrder();
        writer.Line($"RowScatter.Sort({Numbers}, {scope.Size(count)}, order, {Literals.Integer(to)}, {Literals.Integer(run)});");
        return Kernel("_Sort", text => $"Teams({text(count)}, RowScatter.Slices)");
    }

    DeviceKernel MergeRuns(long from, long to, long run)
    {
        WriteOrder();
        writer.Line($"RowScatter.Merge({Numbers}, {scope.Size(count)}, order, {scope.Number("from", from)}, {scope.Number("to", to)}, {scope.Number("run", run)});");
        return Kernel("_Merge", text => $"Elements({text(count)})");
    }

    DeviceKernel Add()
    {
        int lanes = ElementLanes.IsWhole(width) ? ElementLanes.Most : 1;
        // One row of updates has no stride, and the table has one all the same.
        Shape table = new([node.Shape[0], width]), updates = new([count, width]);
        ElementReader Rows(Shape shape, string row) => new(scope, shape, 1, row) { Lanes = lanes };
        string type = ElementLanes.TypeOf(ElementType.Float32, lanes);
        WriteOrder();
        writer.Line($"int place = Grid.IdxX, length = RowScatter.LengthAt({Numbers}, {scope.Size(count)}, order, place);");
        writer.Line("if (length == 0)");
        writer.Line("    return;");
        writer.Line($"int r = {Numbers}[order[place]];");
        using (writer.Open($"for (int c = {ElementLanes.First(lanes, Groups.Thread)}; c < {scope.Size(width)}; c += {ElementLanes.First(lanes, Groups.Size)})"))
        {
            var result = new Access(node, View.Contiguous(table));
            writer.Line($"{type} total = {Rows(table, "r").Read(result, "c")};");
            writer.Line("for (int k = place; k < place + length; k++)");
            writer.Line($"    total += {Rows(updates, "order[k]").Read(new Access(operands[1].Base, View.Contiguous(updates)), "c")};");
            writer.Line(Rows(table, "r").Store(node, result.View, "c", Expression.Primary("total")));
        }
        return Kernel("", text => $"Rows({text(count)}, {text(ElementLanes.Threads(width, lanes))})");
    }

    string Numbers => scope.Indices(operands[0].Base);

    void WriteOrder() => writer.Line($"var order = {scope.Workspace()}.Cast<int>();");

    DeviceKernel Kernel(string suffix, System.Func<System.Func<Dim, Expression>, string> launch) =>
        new(KernelNames.Of(kernel) + suffix, scope.Parameters, writer.ToString(), launch) { WorkspaceFloats = 2 * count.Max };
}
