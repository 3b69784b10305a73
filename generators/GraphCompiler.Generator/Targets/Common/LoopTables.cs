using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// The loops of a rolled program, and the tables that they read. What differs between the iterations of a loop is a
/// number: one that rises evenly is an expression of the loop's variable, others are read from a table with a row an
/// iteration and a column for every different course.
/// </summary>
internal sealed class LoopTables
{
    /// <summary>The class that holds a program's tables.</summary>
    const string Class = "Tables";

    const int NumbersInLine = 16;

    static readonly string[] Variables = ["layer", "part", "item"];
    static readonly string[] Rows = ["at", "atPart", "atItem"];

    readonly List<Loop> loops = [];

    /// <summary>A place in the program: within a loop, within several, or in none.</summary>
    internal class Place(LoopNest nest)
    {
        /// <summary>The loops around it.</summary>
        public LoopNest Nest => nest;

        /// <summary>The expression of a number, from its values in the order of the iterations.</summary>
        public virtual Expression Number(long[] course) => Expression.Integer(course[0]);
    }

    sealed class Loop(LoopNest nest) : Place(nest)
    {
        public List<long[]> Columns { get; } = [];

        public string Row => Rows[Nest.Depth - 1];

        public override Expression Number(long[] course)
        {
            if (Nest.Rising(course) is { } expression)
                return expression;
            int column = Columns.FindIndex(c => c.SequenceEqual(course));
            if (column < 0)
            {
                column = Columns.Count;
                Columns.Add(course);
            }
            return Expression.Primary($"{Row}[{Literals.Integer(column)}]");
        }
    }

    /// <summary>Outside of all loops.</summary>
    public static Place Outside { get; } = new(LoopNest.None);

    /// <summary>Writes a loop around what a body writes.</summary>
    public void WriteLoop(SourceWriter writer, RolledLoop loop, Place around, Action<SourceWriter, Place> writeBody)
    {
        var body = new SourceWriter();
        string name = TableName(loops.Count);
        var place = new Loop(around.Nest.With(Variables[around.Nest.Depth], loop));
        loops.Add(place);
        writeBody(body, place);
        int columns = place.Columns.Count;
        using (writer.Open(place.Nest.Header))
        {
            if (columns > 0)
            {
                var row = columns == 1 ? place.Nest.Iteration : place.Nest.Iteration * Expression.Integer(columns);
                writer.Line($"var {place.Row} = {Class}.{name}[{row.Within(Precedence.Primary)}..];");
            }
            writer.Lines(body.ToString());
        }
    }

    /// <summary>Writes the tables, after the loops that read them.</summary>
    public void Write(SourceWriter writer)
    {
        if (loops.All(t => t.Columns.Count == 0))
            return;
        writer.Line();
        writer.Line("/// <summary>Where the memory lies that each iteration of a loop works on, in elements, one iteration after the other.</summary>");
        using (writer.Open($"internal static class {Class}"))
        {
            for (int i = 0; i < loops.Count; i++)
                WriteTable(writer, TableName(i), loops[i].Nest.Iterations, loops[i].Columns);
        }
    }

    static void WriteTable(SourceWriter writer, string name, int rows, List<long[]> columns)
    {
        if (columns.Count == 0)
            return;
        string type = columns.Any(c => c.Any(n => n > int.MaxValue)) ? "long" : "int";
        using (writer.OpenList($"public static ReadOnlySpan<{type}> {name} =>", "];"))
        {
            int rowsInLine = Math.Max(1, NumbersInLine / columns.Count);
            for (int row = 0; row < rows; row += rowsInLine)
                writer.Line(string.Join(", ", Enumerable.Range(row, Math.Min(rowsInLine, rows - row)).SelectMany(r => columns.Select(c => Literals.Integer(c[r])))) + ",");
        }
    }

    static string TableName(int index) => "Loop" + Literals.Integer(index + 1);
}
