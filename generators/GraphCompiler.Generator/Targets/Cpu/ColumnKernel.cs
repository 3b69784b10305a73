using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// A reduction over rows. Rows are read in order, each as a whole, and added to a row of running totals that stays in
/// the cache; workers share the columns, so every total is one sum in row order whatever their number. Few columns fit
/// a register, which then holds the total. A mean is measured from the first row (<see cref="RunningMean"/>), which is
/// computed before and kept in the worker's scratch memory.
/// </summary>
internal static class ColumnKernel
{
    const int ColumnGrain = 64;
    const int ManyGroups = 8;
    const int WidestVector = LanesContract.Widest;

    public static EmittedKernel Emit(Kernel kernel)
    {
        var (reduction, groups, length, columns) = ColumnReduction.Of(kernel);
        var scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        var writer = new SourceWriter();
        var body = new ColumnBody(kernel, reduction, scope, groups, length, columns);
        bool shareGroups = groups.Max >= ManyGroups;
        writer.Line(shareGroups
            ? $"worker.Share({scope.Size(groups)}, 1, out int start, out int end);"
            : $"worker.Share({scope.Size(columns)}, {ColumnGrain}, out int start, out int end);");
        body.WriteInvariants(writer);
        using (groups.IsOne ? default(SourceWriter.Block?) : writer.Open(shareGroups ? "for (int o = start; o < end; o++)" : $"for (int o = 0; o < {scope.Size(groups)}; o++)"))
        {
            string result = scope.Pointer(reduction);
            writer.Line($"float* totals = {Expression.Sum(Expression.Primary(result), groups.IsOne ? Expression.None : scope.Times(Expression.Primary("o"), columns))};");
            if (columns.IsConstant && columns.Value <= WidestVector)
            {
                using (writer.Open($"if (V.Count >= {columns}{(shareGroups ? "" : " && start < end")})"))
                using (scope.Nested())
                    body.WriteInRegister(writer);
                using (writer.Open($"else{(shareGroups ? "" : " if (start < end)")}"))
                using (scope.Nested())
                    body.WriteRows(writer, "0", scope.Size(columns));
            }
            else
            {
                body.WriteRows(writer, shareGroups ? "0" : "start", shareGroups ? scope.Size(columns) : "end");
            }
        }
        int scratch = reduction.Op == Op.ReduceMean ? checked((int)columns.Max) : 0;
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(), ScratchFloats: scratch);
    }

    sealed class ColumnBody(Kernel kernel, Node reduction, KernelScope scope, Dim groups, Dim length, Dim columns)
    {
        readonly DomainReader reader = new(scope, kernel.Domain, kernel.RowAxes, "r");
        readonly ExpressionWriter expressions = new(scope, CpuDialect.Instance, kernel.Members, kernel.OperandsOf, [kernel.OperandsOf(reduction)[0].Base]);
        readonly List<Access> reads = [.. kernel.Members.SelectMany(kernel.OperandsOf).Where(a => !kernel.Contains(a.Base))];

        readonly RunningMean? mean = reduction.Op == Op.ReduceMean ? new(scope, length) : null;

        /// <summary>A single group's rows are simply the rows.</summary>
        string RowInGroup => groups.IsOne ? "r" : "k";

        public void WriteInvariants(SourceWriter writer) => reader.WriteInvariants(writer, reads);

        public void WriteRows(SourceWriter writer, string start, string end)
        {
            Expression Before(Lanes lanes) => Expression.Choice(
                Expression.Of(Op.Equal, [Expression.Primary(RowInGroup), Expression.Zero]), Expression.Primary($"V.Splat({CpuDialect.Identity(reduction.Op)})"), Load("totals", lanes));
            if (mean is not null)
            {
                WriteMeans(mean, writer, start, end, Before);
                return;
            }
            using (OpenRows(writer))
                WriteColumns(writer, start, end, "totals", lanes => CpuDialect.Combine(reduction.Op, Before(lanes), WriteValue(writer, lanes)));
        }

        void WriteMeans(RunningMean mean, SourceWriter writer, string start, string end, Func<Lanes, Expression> before)
        {
            string origins = scope.Unique("origins");
            writer.Line($"float* {origins} = worker.Scratch({Literals.Integer(columns.Max)});");
            using (OpenFirstRow(writer))
                WriteColumns(writer, start, end, origins, lanes => $"V.Origin({WriteValue(writer, lanes)})");
            mean.WriteShare(writer);
            using (OpenRows(writer))
            {
                WriteColumns(writer, start, end, "totals", lanes => mean.Add(
                    $"V.HalfDistance({WriteValue(writer, lanes)}, {Load(origins, lanes)} * V.Splat(-0.5f))", before(lanes)));
            }
            using (writer.Open("// From the totals to the means."))
                WriteColumns(writer, start, end, "totals", lanes => $"V.Mean({Load(origins, lanes)}, {Load("totals", lanes)})");
        }

        /// <summary>A loop over the columns that stores what is computed for each vector of them.</summary>
        void WriteColumns(SourceWriter writer, string start, string end, string destination, Func<Lanes, string> write)
        {
            writer.Line($"int c = {start};");
            using (writer.Open($"for (; c <= {end} - V.Count; c += V.Count)"))
            using (scope.Nested())
                writer.Line($"V.Store({destination} + c, {write(new Lanes(Expression.Primary("c"), null))});");
            using (writer.Open($"if (c < {end})"))
            using (scope.Nested())
            {
                writer.Line($"int rest = {end} - c;");
                writer.Line($"V.StorePartial({destination} + c, rest, {write(new Lanes(Expression.Primary("c"), "rest"))});");
            }
        }

        static Expression Load(string row, Lanes lanes) =>
            Expression.Primary(lanes.Count is null ? $"V.Load({row} + {lanes.Column})" : $"V.LoadPartial({row} + {lanes.Column}, {lanes.Count})");

        public void WriteInRegister(SourceWriter writer)
        {
            var lanes = new Lanes(Expression.Zero, Literals.Integer(columns.Value));
            if (mean is not null)
            {
                mean.DeclareOrigin(writer);
                using (OpenFirstRow(writer))
                    mean.AssignOrigin(writer, WriteValue(writer, lanes));
                mean.WriteFactors(writer);
            }
            writer.Line($"var total = V.Splat({CpuDialect.Identity(reduction.Op)});");
            using (OpenRows(writer))
            {
                var value = WriteValue(writer, lanes);
                writer.Line(mean is null ? CpuDialect.Accumulate(reduction.Op, "total", value) : $"total = {mean.Add(mean.HalfDistance(value), "total")};");
            }
            writer.Line($"V.StorePartial(totals, {columns}, {mean?.Result("total") ?? "total"});");
        }

        /// <summary>A block for the first row of a group, which means are measured from.</summary>
        SourceWriter.Block OpenFirstRow(SourceWriter writer)
        {
            var block = writer.Open("// The first row: what the means are measured from.");
            writer.Line(groups.IsOne ? "const int r = 0;" : $"int r = {scope.Times(Expression.Primary("o"), length)};");
            reader.WriteRow(writer, reads);
            return block;
        }

        SourceWriter.Block OpenRows(SourceWriter writer)
        {
            string size = scope.Size(length);
            var block = writer.Open($"for (int {RowInGroup} = 0; {RowInGroup} < {size}; {RowInGroup}++)");
            if (!groups.IsOne)
                writer.Line($"int r = o * {scope.Factor(length)} + k;");
            reader.WriteRow(writer, reads);
            return block;
        }

        Expression WriteValue(SourceWriter writer, Lanes lanes)
        {
            var source = kernel.OperandsOf(reduction)[0];
            return kernel.Contains(source.Base)
                ? Expression.Primary(expressions.Write(writer, source.Base, [], a => reader.Read(a, lanes), kernel.Contains))
                : reader.Read(source, lanes);
        }
    }
}
