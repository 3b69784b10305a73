using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// Writes what a program's <c>Run</c> does: a call a kernel, in loops where the schedule repeats itself
/// (<see cref="Rolling"/>). What a call passes may differ between the iterations of a loop (<see cref="LoopTables"/>).
/// </summary>
internal sealed class RunEmitter
{
    const int FewestStepsLeftOut = 3;

    readonly ProgramPlan plan;
    readonly KernelLibrary library;
    readonly KernelComments comments;
    readonly List<Call> calls;
    readonly LoopTables tables = new();

    readonly ProgramNames names;

    public RunEmitter(ProgramPlan plan, KernelLibrary library, ProgramNames names)
    {
        this.plan = plan;
        this.library = library;
        this.names = names;
        comments = new KernelComments(plan);
        calls = [.. plan.Steps.Select(CallOf)];
    }

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
        return new Call(method, step, [.. parameters.Select(p => ArgumentOf(p, step))], comments.Call(step.Kernel, parameters));
    }

    Argument ArgumentOf(KernelParameter parameter, ProgramStep step) => parameter switch
    {
        BufferParameter buffer => ArgumentOf(plan.Locations[buffer.Node], buffer.Node.Type),
        WorkspaceParameter => ArgumentOf(plan.Workspaces[step.Kernel]),
        RandomStreamParameter stream => new Argument("", stream.Stream),
        DimensionParameter dimension => new Argument(names[dimension.Dimension], null),
        RandomSeedParameter => new Argument("RandomSeed", null),
        RandomStepParameter => new Argument("RandomStep", null),
        _ => throw new InvalidOperationException($"The CPU target passes no {parameter}."),
    };

    Argument ArgumentOf(BufferLocation location, ElementType type = ElementType.Float32)
    {
        // Blocks are floats, but for what the caller passes and the indices.
        string cast = location.Space is MemorySpace.Input or MemorySpace.Indices || CpuTypes.PointerTo(type) == "float*" ? "" : $"({CpuTypes.PointerTo(type)})";
        return new Argument(cast + ProgramEmitter.Block(location, names), location.Offset / sizeof(float));
    }

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
        WriteItems(writer, items, LoopTables.Outside);
    }

    void WriteItems(SourceWriter writer, IReadOnlyList<RolledItem> items, LoopTables.Place place)
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
                tables.WriteLoop(writer, loop, place, (body, inner) => WriteItems(body, loop.Body, inner));
                continue;
            }
            int[] places = place.Nest.Places(((RolledPlace)item).Place);
            bool barrier = !plan.RunsAlone && places.Any(p => calls[p].Step.BarrierBefore), isAlone = !plan.RunsAlone && calls[places[0]].Step.RunsAlone;
            if (barrier || !isAlone)
                RunAlone();
            if (barrier)
                writer.Line("worker.Barrier();");
            string call = Write(places, place, isAlone ? "worker.Alone" : "worker");
            if (isAlone)
                alone.Add(call);
            else
                writer.Lines(call);
        }
        RunAlone();
    }

    string Write(int[] places, LoopTables.Place place, string worker)
    {
        var first = calls[places[0]];
        var arguments = first.Arguments.Select((argument, i) => argument.Number is null ? argument.Text
            : Write(argument, place.Number(Array.ConvertAll(places, p => calls[p].Arguments[i].Number!.Value))));
        string call = $"Kernels.{first.Method}<V>({string.Join(", ", arguments.Prepend(worker))});";
        string? comment = place.Nest.Template(Array.ConvertAll(places, p => calls[p].Comment));
        return comment is null ? call : KernelComments.Line(comment) + "\n" + call;
    }

    static string Write(Argument argument, string number)
    {
        bool isStream = argument.Text.Length == 0;
        if (isStream)
            return number.All(char.IsDigit) ? number + "u" : $"(uint)({number})";
        return number == "0" ? argument.Text : $"{argument.Text} + {number}";
    }

    /// <summary>Writes the tables that the loops read, after <see cref="WriteCalls"/> has found what they hold.</summary>
    public void WriteTables(SourceWriter writer) => tables.Write(writer);
}
