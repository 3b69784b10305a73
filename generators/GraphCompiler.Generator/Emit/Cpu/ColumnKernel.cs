using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Emit.Cpu;

/// <summary>
/// A reduction over rows. Rows are read in order, each as a whole, and added to a row of running totals that stays in
/// the cache; workers share the columns, so every total is one sum in row order whatever their number. Few columns fit
/// a register, which then holds the total.
/// </summary>
internal static class ColumnKernel
{
    const int ColumnGrain = 64;
    const int ManyGroups = 8;
    const int WidestVector = 16;

    public static EmittedKernel Emit(Kernel kernel)
    {
        var reduction = kernel.Members.Single(m => m.Kind == OpKind.Reduction);
        var scope = new KernelScope(kernel.Stores);
        var writer = new SourceWriter();
        Dim groups = kernel.Domain.Product(0, kernel.FirstReducedAxis);
        Dim length = kernel.Domain.Product(kernel.FirstReducedAxis, kernel.RowAxes);
        Dim columns = kernel.Domain.Product(kernel.RowAxes, kernel.Domain.Rank);
        var body = new ColumnBody(kernel, reduction, scope, groups, length, columns);
        bool shareGroups = groups.Max >= ManyGroups;
        writer.Line(shareGroups
            ? $"worker.Share({scope.Size(groups)}, 1, out int start, out int end);"
            : $"worker.Share({scope.Size(columns)}, {ColumnGrain}, out int start, out int end);");
        body.WriteInvariants(writer);
        using (groups.IsOne ? default(SourceWriter.Block?) : writer.Open(shareGroups ? "for (int o = start; o < end; o++)" : $"for (int o = 0; o < {scope.Size(groups)}; o++)"))
        {
            string result = scope.Pointer(reduction);
            writer.Line($"float* totals = {Literals.Sum(result, groups.IsOne ? "" : scope.Times("o", columns))};");
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
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString());
    }

    sealed class ColumnBody(Kernel kernel, Node reduction, KernelScope scope, Dim groups, Dim length, Dim columns)
    {
        readonly DomainReader reader = new(scope, kernel.Domain, kernel.RowAxes, "r");
        readonly ExpressionWriter expressions = new(scope, kernel.Members, kernel.OperandsOf, [kernel.OperandsOf(reduction)[0].Base]);
        readonly List<Access> reads = [.. kernel.Members.SelectMany(kernel.OperandsOf).Where(a => !kernel.Contains(a.Base))];

        /// <summary>A single group's rows are simply the rows.</summary>
        string RowInGroup => groups.IsOne ? "r" : "k";

        public void WriteInvariants(SourceWriter writer) => reader.WriteInvariants(writer, reads);

        public void WriteRows(SourceWriter writer, string start, string end)
        {
            using (OpenRows(writer))
            {
                writer.Line($"int c = {start};");
                using (writer.Open($"for (; c <= {end} - V.Count; c += V.Count)"))
                using (scope.Nested())
                {
                    string value = WriteValue(writer, new Lanes("c", null));
                    string before = $"{RowInGroup} == 0 ? V.Splat({CpuDialect.Identity(reduction.Op)}) : V.Load(totals + c)";
                    writer.Line($"V.Store(totals + c, {CpuDialect.Combine(reduction.Op, before, value)});");
                }
                using (writer.Open($"if (c < {end})"))
                using (scope.Nested())
                {
                    writer.Line($"int rest = {end} - c;");
                    string value = WriteValue(writer, new Lanes("c", "rest"));
                    string before = $"{RowInGroup} == 0 ? V.Splat({CpuDialect.Identity(reduction.Op)}) : V.LoadPartial(totals + c, rest)";
                    writer.Line($"V.StorePartial(totals + c, rest, {CpuDialect.Combine(reduction.Op, before, value)});");
                }
            }
        }

        public void WriteInRegister(SourceWriter writer)
        {
            writer.Line($"var total = V.Splat({CpuDialect.Identity(reduction.Op)});");
            using (OpenRows(writer))
                writer.Line(CpuDialect.Accumulate(reduction.Op, "total", WriteValue(writer, new Lanes("0", Literals.Integer(columns.Value)))));
            writer.Line($"V.StorePartial(totals, {columns}, total);");
        }

        SourceWriter.Block OpenRows(SourceWriter writer)
        {
            string size = scope.Size(length);
            var block = writer.Open($"for (int {RowInGroup} = 0; {RowInGroup} < {size}; {RowInGroup}++)");
            if (!groups.IsOne)
                writer.Line($"int r = o * {(size.Contains(" ") ? $"({size})" : size)} + k;");
            reader.WriteRow(writer, reads);
            return block;
        }

        string WriteValue(SourceWriter writer, Lanes lanes)
        {
            var source = kernel.OperandsOf(reduction)[0];
            return kernel.Contains(source.Base)
                ? expressions.Write(writer, source.Base, [], a => reader.Read(a, lanes), kernel.Contains)
                : reader.Read(source, lanes);
        }
    }
}
