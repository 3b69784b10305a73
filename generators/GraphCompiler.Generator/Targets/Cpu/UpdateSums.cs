using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// Writes the sums of an optimizer's formula as a loop over parameters that lie together. Each sum has four vectors of running totals, so that an
/// addition need not wait for the one before it; they are added in one order, whatever the run is a part of. What lies behind the run adds nothing.
/// </summary>
internal sealed class UpdateSums
{
    const int Totals = 4;

    readonly UpdateKernel kernels;
    readonly KernelScope scope;
    readonly DomainReader reader;
    readonly ExpressionWriter expressions;
    readonly string[][] totals;

    UpdateSums(UpdateKernel kernels, KernelScope scope, OptimizerFormula formula)
    {
        this.kernels = kernels;
        this.scope = scope;
        var summed = kernels.Summed!;
        reader = new DomainReader(scope, summed.Domain, rowAxes: 0, row: "") { NameOf = access => UpdateKernel.NameOf(access, formula) };
        expressions = new ExpressionWriter(scope, CpuDialect.Instance, summed.Members, summed.OperandsOf, kernels.Sums.Select(s => s.Base));
        totals = [.. kernels.Sums.Select(_ => Enumerable.Range(0, Totals).Select(_ => scope.Unique("runningSum")).ToArray())];
    }

    /// <summary>Writes the body of a method that adds up <c>count</c> elements and writes the sums to <c>sums</c>.</summary>
    public static void Write(SourceWriter writer, UpdateKernel kernels, KernelScope scope, OptimizerFormula formula) =>
        new UpdateSums(kernels, scope, formula).Write(writer);

    void Write(SourceWriter writer)
    {
        reader.WriteInvariants(writer, kernels.Summed!.Members.SelectMany(kernels.Summed.OperandsOf)
            .Concat(kernels.Sums).Where(a => !kernels.Summed.Contains(a.Base)));
        foreach (string[] ofSum in totals)
            writer.Line($"V {string.Join(", ", ofSum.Select(total => total + " = V.Zero"))};");
        writer.Line("int c = 0;");
        using (writer.Open($"for (; c <= count - {Totals} * V.Count; c += {Totals} * V.Count)"))
        using (scope.Nested())
        {
            for (int i = 0; i < Totals; i++)
                WriteElements(writer, i, new Lanes(RowKernel.ColumnOf(i), null));
        }
        using (writer.Open("for (; c <= count - V.Count; c += V.Count)"))
        using (scope.Nested())
            WriteElements(writer, 0, new Lanes(Expression.Primary("c"), null));
        using (writer.Open("if (c < count)"))
        using (scope.Nested())
        {
            writer.Line("int rest = count - c;");
            WriteElements(writer, 0, new Lanes(Expression.Primary("c"), "rest"));
        }
        for (int i = 0; i < totals.Length; i++)
            writer.Line($"sums[{Literals.Integer(i)}] = V.SumLanes({totals[i][0]} + {totals[i][1]} + ({totals[i][2]} + {totals[i][3]}));");
    }

    void WriteElements(SourceWriter writer, int turn, Lanes lanes)
    {
        var locals = new Dictionary<Node, string>();
        string Value(Access access) => kernels.Summed!.Contains(access.Base)
            ? expressions.Write(writer, access.Base, locals, operand => reader.Read(operand, lanes), kernels.Summed.Contains)
            : reader.Read(access, lanes);
        Expression Kept(Access access)
        {
            string value = Value(access);
            return Expression.Primary(lanes.Count is null ? value : $"V.KeepFirst({value}, {lanes.Count}, 0f)");
        }
        for (int i = 0; i < totals.Length; i++)
        {
            string total = totals[i][turn];
            writer.Line(IsProductOfItsOwn(kernels.Sums[i].Base)
                ? $"{total} = V.FusedMultiplyAdd({string.Join(", ", kernels.Summed!.OperandsOf(kernels.Sums[i].Base).Select(Kept))}, {total});"
                : CpuDialect.Accumulate(Op.ReduceSum, total, Kept(kernels.Sums[i])));
        }
    }

    /// <summary>Whether a sum adds up products that nothing else needs: multiplied and added in one instruction.</summary>
    bool IsProductOfItsOwn(Node element) => element.Op == Op.Multiply && kernels.Summed!.Contains(element)
        && !kernels.Summed.Members.Any(m => kernels.Summed.OperandsOf(m).Any(a => a.Base == element)) && kernels.Sums.Count(s => s.Base == element) == 1;
}
