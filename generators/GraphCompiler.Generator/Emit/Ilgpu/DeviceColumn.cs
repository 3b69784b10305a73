using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Emit.Cpu;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>
/// A reduction over rows, in two stages without atomics. A group has a tile of columns, its threads lie side by side over
/// them in several slices: slice s adds rows s, s + slices, ... ; then the slices' totals are added in their order. The
/// tile and the slices follow from the shape, so the sums are the same on every run.
/// </summary>
internal static class DeviceColumn
{
    const int WidestTile = 32, Threads = 256;

    public static DeviceKernel Emit(Kernel kernel)
    {
        var reduction = kernel.Members.Single(m => m.Kind == OpKind.Reduction);
        var scope = new KernelScope(kernel.Stores, DeviceKernels.Reserved);
        Dim groups = kernel.Domain.Product(0, kernel.FirstReducedAxis);
        Dim length = kernel.Domain.Product(kernel.FirstReducedAxis, kernel.RowAxes);
        Dim columns = kernel.Domain.Product(kernel.RowAxes, kernel.Domain.Rank);
        int tile = Math.Min(WidestTile, PowerOfTwoFrom(columns.Max)), slices = Math.Min(Threads / tile, PowerOfTwoFrom(length.Max));
        var writer = new SourceWriter();
        string columnCount = scope.Size(columns), rowCount = scope.Size(length);
        writer.Line($"const int tile = {tile}, slices = {slices};");
        writer.Line("var shared = SharedMemory.Allocate<float>(tile * slices);");
        string tiles = columns.IsConstant ? Literals.Integer((columns.Value + tile - 1) / tile) : "tiles";
        if (!columns.IsConstant)
            writer.Line($"int tiles = ({columnCount} + tile - 1) / tile;");
        if (!groups.IsOne)
            writer.Line(tiles == "1" ? "int o = Grid.IdxX;" : $"int o = Grid.IdxX / {tiles};");
        string numberOfTile = tiles == "1" ? "" : groups.IsOne ? "Grid.IdxX * tile" : $"Grid.IdxX % {tiles} * tile";
        writer.Line($"int c = {Literals.Sum(numberOfTile, "Group.IdxX % tile")}, slice = Group.IdxX / tile;");
        writer.Line($"float total = {IlgpuDialect.Identity(reduction.Op)};");
        string step = groups.IsOne ? "r" : "k";
        using (writer.Open($"if (c < {columnCount})"))
        using (writer.Open($"for (int {step} = slice; {step} < {rowCount}; {step} += slices)"))
        using (scope.Nested())
        {
            if (!groups.IsOne)
                writer.Line($"int r = o * {(rowCount.Contains(" ") ? $"({rowCount})" : rowCount)} + k;");
            var reader = new ElementReader(scope, kernel.Domain, kernel.RowAxes, "r");
            var source = kernel.OperandsOf(reduction)[0];
            string value = kernel.Contains(source.Base)
                ? new ElementExpressions(scope, kernel.OperandsOf).Write(writer, source.Base, [], a => reader.Read(a, "c"), kernel.Contains)
                : reader.Read(source, "c");
            writer.Line(IlgpuDialect.Accumulate(reduction.Op, "total", value));
        }
        writer.Line("shared[Group.IdxX] = total;");
        writer.Line("Group.Barrier();");
        using (writer.Open($"if (slice == 0 && c < {columnCount})"))
        {
            writer.Line("for (int k = 1; k < slices; k++)");
            writer.Line("    " + IlgpuDialect.Accumulate(reduction.Op, "total", "shared[k * tile + Group.IdxX]"));
            writer.Line($"{scope.Pointer(reduction)}[{Literals.Sum(groups.IsOne ? "" : scope.Times("o", columns), "c")}] = total;");
        }
        return new DeviceKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(),
            text => $"Columns({text(groups)}, {text(columns)}, {tile}, {slices})");
    }

    static int PowerOfTwoFrom(long size)
    {
        int power = 1;
        while (power < size && power < Threads)
            power *= 2;
        return power;
    }
}
