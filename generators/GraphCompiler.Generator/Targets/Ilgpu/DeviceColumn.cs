using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// A reduction over rows, in two stages without atomics. A group has a tile of columns, 128 bytes of each row; its threads
/// lie side by side over them, with four columns each where rows consist of fours, in several slices: slice s adds rows s,
/// s + slices, ... ; then the slices' totals are added in their order. The tile and the slices follow from the shape, so the
/// sums are the same on every run. Reductions of many rows were cut into shorter ones before, which other groups take.
/// </summary>
internal static class DeviceColumn
{
    const int WidestTile = 32, Threads = GroupContract.Largest;

    public static DeviceKernel Emit(Kernel kernel)
    {
        var (reduction, groups, length, columns) = ColumnReduction.Of(kernel);
        var scope = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        int lanes = ElementLanes.IsWhole(columns) && ElementLanes.AreNarrow(kernel) ? ElementLanes.Most : 1;
        int tile = Math.Min(WidestTile / lanes, PowerOfTwoFrom((columns.Max + lanes - 1) / lanes)), slices = Math.Min(Threads / tile, PowerOfTwoFrom(length.Max));
        var writer = new SourceWriter();
        string columnCount = scope.Size(columns), rowCount = scope.Size(length);
        writer.Line($"const int tile = {tile}, slices = {slices};");
        string type = ElementLanes.TypeOf(ElementType.Float32, lanes);
        writer.Line($"var shared = SharedMemory.Allocate<{type}>(tile * slices);");
        int tileColumns = tile * lanes;
        var tiles = columns.IsConstant ? Expression.Integer((columns.Value + tileColumns - 1) / tileColumns) : Expression.Primary("tiles");
        if (!columns.IsConstant)
            writer.Line($"int tiles = ({columnCount} + {tileColumns - 1}) / {tileColumns};");
        if (!groups.IsOne)
            writer.Line($"int o = {(tiles == Expression.One ? Groups.Group : Groups.Group / tiles)};");
        Expression width = Expression.Primary("tile"), numberOfTile = groups.IsOne ? Groups.Group : Groups.Group % tiles;
        var first = Expression.Sum(tiles == Expression.One ? Expression.None : numberOfTile * width, Groups.Thread % width);
        writer.Line($"int c = {ElementLanes.First(lanes, first)}, slice = Group.IdxX / tile;");
        Expression Value(string row)
        {
            if (row.Length > 0)
                writer.Line($"int r = {row};");
            var reader = new ElementReader(scope, kernel.Domain, kernel.RowAxes, "r") { Lanes = lanes };
            var operands = new OperandValues(scope, kernel);
            var source = kernel.OperandsOf(reduction)[0];
            return kernel.Contains(source.Base)
                ? Expression.Primary(new ExpressionWriter(scope, new IlgpuDialect(lanes), kernel.Members, kernel.OperandsOf, kernel.Stores)
                    .Write(writer, source.Base, [], a => operands.Read(writer, reader, a, "c"), kernel.Contains))
                : reader.Read(source, "c");
        }

        string rows = scope.Factor(length), origin = "";
        if (reduction.Op == Op.ReduceMean)
        {
            origin = scope.Unique("origin");
            writer.Line($"{type} {origin} = 0f;");
            using (writer.Open($"if (c < {columnCount})"))
            using (scope.Nested())
                writer.Line($"{origin} = DeviceMath.Origin({Value(groups.IsOne ? "0" : $"o * {rows}")});");
        }
        writer.Line($"{type} total = {IlgpuDialect.Identity(reduction.Op)};");
        string step = groups.IsOne ? "r" : "k";
        using (writer.Open($"if (c < {columnCount})"))
        using (writer.Open($"for (int {step} = slice; {step} < {rowCount}; {step} += slices)"))
        using (scope.Nested())
        {
            var value = Value(groups.IsOne ? "" : $"o * {rows} + k");
            writer.Line(IlgpuDialect.Accumulate(reduction.Op, "total", origin.Length > 0 ? IlgpuDialect.ShareOfMean(value, origin, scope.SizeExpression(length)) : value));
        }
        writer.Line("shared[Group.IdxX] = total;");
        writer.Line("Group.Barrier();");
        using (writer.Open($"if (slice == 0 && c < {columnCount})"))
        {
            writer.Line("for (int k = 1; k < slices; k++)");
            writer.Line("    " + IlgpuDialect.Accumulate(reduction.Op, "total", "shared[k * tile + Group.IdxX]"));
            var results = new ElementReader(scope, new Shape([groups, columns]), 1, "o") { Lanes = lanes };
            writer.Line(results.Store(reduction, View.Contiguous(new Shape([groups, columns])), "c", Expression.Primary(origin.Length > 0 ? $"DeviceMath.Mean({origin}, total)" : "total")));
        }
        return new DeviceKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(),
            text => $"Columns({text(groups)}, {text(ElementLanes.Threads(columns, lanes))}, {tile}, {slices})");
    }

    static int PowerOfTwoFrom(long size)
    {
        int power = 1;
        while (power < size && power < Threads)
            power *= 2;
        return power;
    }
}
