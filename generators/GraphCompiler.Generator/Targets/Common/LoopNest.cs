using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// The loops around a place of a rolled sequence, and what differs between their iterations as C# text: a number that
/// rises evenly is an expression of the loops' variables.
/// </summary>
internal sealed class LoopNest
{
    readonly (string Variable, int Count, int Period)[] loops;

    LoopNest((string Variable, int Count, int Period)[] loops) => this.loops = loops;

    /// <summary>No loop.</summary>
    public static LoopNest None { get; } = new([]);

    /// <summary>The nest with one more loop inside.</summary>
    public LoopNest With(string variable, RolledLoop loop) => new([.. loops, (variable, loop.Count, loop.Period)]);

    public int Depth => loops.Length;

    /// <summary>How often a place in it is run.</summary>
    public int Iterations => loops.Aggregate(1, (product, loop) => product * loop.Count);

    /// <summary>The header of the innermost loop.</summary>
    public string Header => $"for (int {Innermost.Variable} = 0; {Innermost.Variable} < {Literals.Integer(Innermost.Count)}; {Innermost.Variable}++)";

    (string Variable, int Count, int Period) Innermost => loops[loops.Length - 1];

    /// <summary>The places in the sequence that a place of the first iteration stands for, in the order they are run.</summary>
    public int[] Places(int first) => loops.Aggregate(
        new[] { first }, (places, loop) => [.. places.SelectMany(place => Enumerable.Range(0, loop.Count).Select(i => place + (i * loop.Period)))]);

    /// <summary>The number of the current iteration, counted through all loops.</summary>
    public Expression Iteration => loops.Skip(1).Aggregate(
        Expression.Primary(loops[0].Variable), (outer, loop) => (outer * Expression.Integer(loop.Count)) + Expression.Primary(loop.Variable));

    /// <summary>The expression of a number, from its values in the order of <see cref="Places"/>; null where they do not rise evenly.</summary>
    public Expression? Rising(IReadOnlyList<long> values)
    {
        long[] strides = new long[loops.Length];
        int inner = Iterations;
        for (int i = 0; i < loops.Length; i++)
        {
            inner /= loops[i].Count;
            strides[i] = values[inner] - values[0];
        }
        for (int k = 0; k < values.Count; k++)
        {
            long expected = values[0];
            int rest = k;
            for (int i = loops.Length - 1; i >= 0; i--)
            {
                expected += rest % loops[i].Count * strides[i];
                rest /= loops[i].Count;
            }
            if (expected != values[k])
                return null;
        }
        return Write(values[0], strides, suffix: values.Any(v => v > int.MaxValue) ? "L" : "");
    }

    Expression Write(long first, long[] strides, string suffix)
    {
        Expression Term(int i) => Multiple(loops[i].Variable, Math.Abs(strides[i]), suffix);
        var loopsThatRise = Enumerable.Range(0, strides.Length).Where(i => strides[i] > 0).ToList();
        var sum = Expression.Sum([Expression.Integer(first), .. loopsThatRise.Select(Term)]);
        return Enumerable.Range(0, strides.Length).Where(i => strides[i] < 0)
            .Aggregate(sum.IsNone ? Expression.Zero : sum, (rest, i) => rest - Term(i));
    }

    static Expression Multiple(string variable, long stride, string suffix) => stride == 1 && suffix.Length == 0
        ? Expression.Primary(variable)
        : Expression.Primary(variable) * Expression.Primary(Literals.Integer(stride) + suffix);

    /// <summary>
    /// Texts that differ only in numbers that rise evenly as one text, with the numbers' expressions in braces; null
    /// where they differ otherwise.
    /// </summary>
    public string? Template(IReadOnlyList<string> texts)
    {
        if (texts.All(t => t == texts[0]))
            return texts[0];
        var pieces = texts.Select(t => Regex.Split(t, "([0-9]+)")).ToList();
        if (pieces.Any(p => p.Length != pieces[0].Length))
            return null;
        var template = new List<string>();
        for (int i = 0; i < pieces[0].Length; i++)
        {
            var column = pieces.ConvertAll(p => p[i]);
            if (column.All(c => c == column[0]))
                template.Add(column[0]);
            else if (i % 2 == 1 && column.All(IsPlain) && Rising(column.ConvertAll(c => long.Parse(c, CultureInfo.InvariantCulture))) is { } expression)
                template.Add("{" + expression + "}");
            else
                return null;
        }
        return string.Concat(template);
    }

    /// <summary>What texts have in common that <see cref="Template"/> may join.</summary>
    public static string WithoutNumbers(string text) => Regex.Replace(text, "[0-9]+", "#");

    /// <summary>Whether digits are what a number of this value is written as.</summary>
    static bool IsPlain(string digits) => digits.Length <= 9 && (digits.Length == 1 || digits[0] != '0');
}
