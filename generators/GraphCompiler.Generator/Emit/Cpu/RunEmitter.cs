using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Emit.Cpu;

/// <summary>
/// Writes what a program's <c>Run</c> does: a call a kernel, in loops where the schedule repeats itself
/// (<see cref="Rolling"/>). What a call passes may differ between the iterations of a loop: a number that rises evenly is
/// an expression of the loop's variable, others are read from a table with a row an iteration and a column for every
/// different course.
/// </summary>
internal sealed class RunEmitter
{
    const int LongestComment = 140;
    const int FewestStepsLeftOut = 3;
    const int NumbersInLine = 16;

    /// <summary>The class that holds a program's tables.</summary>
    const string Tables = "Tables";

    static readonly string[] Variables = ["layer", "part", "item"];
    static readonly string[] Rows = ["at", "atPart", "atItem"];

    readonly ProgramPlan plan;
    readonly KernelLibrary library;
    readonly KernelComments comments;
    readonly List<Call> calls;
    readonly List<(LoopNest Nest, List<long[]> Columns)> tables = [];

    public RunEmitter(ProgramPlan plan, KernelLibrary library)
    {
        this.plan = plan;
        this.library = library;
        comments = new KernelComments(plan);
        calls = [.. plan.Steps.Select(CallOf)];
    }

    /// <summary>What the written code calls its own, so that no field of a program may be called so.</summary>
    public static IEnumerable<string> Names => [.. Variables, .. Rows, Tables];

    /// <summary>One argument of a call.</summary>
    /// <param name="Text">What is the same in every iteration: the block of memory, or the whole argument.</param>
    /// <param name="Number">What may differ: the place in the block, or, where there is no text, the number of a random stream.</param>
    readonly record struct Argument(string Text, long? Number);

    sealed record Call(string Method, ProgramStep Step, IReadOnlyList<Argument> Arguments, string Comment)
    {
        public string Key => string.Join(",", Arguments.Select(a => a.Text).Prepend(Step.RunsAlone ? "alone" : "shared").Prepend(Method));

        public long[] Numbers => [.. Arguments.Where(a => a.Number is not null).Select(a => a.Number!.Value)];
    }

    Call CallOf(ProgramStep step)
    {
        var (method, parameters) = library.Add(step.Kernel, comments);
        string weights = string.Join(", ", KernelComments.ParametersOf(parameters));
        return new Call(method, step, [.. parameters.Select(p => ArgumentOf(p, step))], comments.Title(step.Kernel) + (weights.Length > 0 ? ", with " + weights : ""));
    }

    Argument ArgumentOf(KernelParameter parameter, ProgramStep step) => parameter switch
    {
        { Buffer: { } buffer } => ArgumentOf(plan.Locations[buffer]),
        { Source: KernelScope.WorkspaceSource } => ArgumentOf(plan.Workspaces[step.Kernel]),
        { Type: "uint" } => new Argument("", long.Parse(parameter.Source, System.Globalization.CultureInfo.InvariantCulture)),
        { Type: "int" } => new Argument(ProgramEmitter.Field(Literals.Dimension(parameter.Source)), null),
        _ => new Argument(parameter.Source, null),
    };

    static Argument ArgumentOf(BufferLocation location) => new(ProgramEmitter.Block(location), location.Offset);

    /// <summary>Writes the calls, with barriers where workers must wait.</summary>
    public void WriteCalls(SourceWriter writer)
    {
        var keys = new Dictionary<string, int>();
        int KeyOf(Call call)
        {
            if (!keys.TryGetValue(call.Key, out int key))
                keys.Add(call.Key, key = keys.Count);
            return key;
        }
        var items = new Rolling(calls.ConvertAll(KeyOf), calls.ConvertAll(c => c.Numbers), FewestStepsLeftOut).Run();
        WriteItems(writer, items, LoopNest.None, []);
    }

    void WriteItems(SourceWriter writer, IReadOnlyList<RolledItem> items, LoopNest nest, List<long[]> columns)
    {
        var alone = new List<string>();
        void RunAlone()
        {
            if (alone.Count == 0)
                return;
            using (writer.Open("if (worker.Index == 0)"))
                alone.ForEach(writer.Lines);
            alone.Clear();
        }

        foreach (var item in items)
        {
            if (item is RolledLoop loop)
            {
                RunAlone();
                WriteLoop(writer, loop, nest.With(Variables[nest.Depth], loop));
                continue;
            }
            int[] places = nest.Places(((RolledPlace)item).Place);
            bool barrier = !plan.RunsAlone && places.Any(p => calls[p].Step.BarrierBefore), isAlone = !plan.RunsAlone && calls[places[0]].Step.RunsAlone;
            if (barrier || !isAlone)
                RunAlone();
            if (barrier)
                writer.Line("worker.Barrier();");
            string call = Write(places, nest, columns, isAlone ? "worker.Alone" : "worker");
            if (isAlone)
                alone.Add(call);
            else
                writer.Lines(call);
        }
        RunAlone();
    }

    void WriteLoop(SourceWriter writer, RolledLoop loop, LoopNest nest)
    {
        var body = new SourceWriter();
        var columns = new List<long[]>();
        int table = tables.Count;
        tables.Add((nest, columns));
        WriteItems(body, loop.Body, nest, columns);
        using (writer.Open(nest.Header))
        {
            if (columns.Count > 0)
            {
                string row = columns.Count == 1 ? nest.Iteration : $"({nest.Iteration} * {Literals.Integer(columns.Count)})";
                writer.Line($"var {Rows[nest.Depth - 1]} = {Tables}.{TableName(table)}[{row}..];");
            }
            writer.Lines(body.ToString());
        }
    }

    string Write(int[] places, LoopNest nest, List<long[]> columns, string worker)
    {
        var first = calls[places[0]];
        var arguments = first.Arguments.Select((argument, i) => argument.Number is null ? argument.Text
            : Write(argument, nest, nest.Depth == 0 ? null : Array.ConvertAll(places, p => calls[p].Arguments[i].Number!.Value), columns));
        string call = $"Kernels.{first.Method}<V>({string.Join(", ", arguments.Prepend(worker))});";
        string? comment = nest.Template(Array.ConvertAll(places, p => calls[p].Comment));
        return comment is { Length: <= LongestComment } ? $"// {comment}\n{call}" : call;
    }

    static string Write(Argument argument, LoopNest nest, long[]? course, List<long[]> columns)
    {
        bool isStream = argument.Text.Length == 0;
        string number = course is null ? Literals.Integer(argument.Number!.Value) : nest.Expression(course) ?? Column(course, columns, nest);
        if (isStream)
            return number.All(char.IsDigit) ? number + "u" : $"(uint)({number})";
        return number == "0" ? argument.Text : $"{argument.Text} + {number}";
    }

    static string Column(long[] course, List<long[]> columns, LoopNest nest)
    {
        int column = columns.FindIndex(c => c.SequenceEqual(course));
        if (column < 0)
        {
            column = columns.Count;
            columns.Add(course);
        }
        return $"{Rows[nest.Depth - 1]}[{Literals.Integer(column)}]";
    }

    /// <summary>Writes the tables that the loops read, after <see cref="WriteCalls"/> has found what they hold.</summary>
    public void WriteTables(SourceWriter writer)
    {
        if (tables.All(t => t.Columns.Count == 0))
            return;
        writer.Line();
        writer.Line("/// <summary>Where the memory lies that each iteration of a loop works on, in floats, one iteration after the other.</summary>");
        using (writer.Open($"internal static class {Tables}"))
        {
            for (int i = 0; i < tables.Count; i++)
                WriteTable(writer, TableName(i), tables[i].Nest.Iterations, tables[i].Columns);
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
