using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>Writes what a program's <c>Run</c> does: a call a kernel (<see cref="RolledCalls{TCall}"/>), with barriers where workers must wait.</summary>
/// <remarks>In a program that is timed, worker 0 notes the time behind each kernel, and behind each barrier.</remarks>
internal sealed class RunEmitter
{
    readonly ProgramPlan plan;
    readonly KernelLibrary library;
    readonly KernelComments comments;
    readonly ProgramNames names;
    readonly RolledCalls<Call> calls;

    /// <param name="plan">The program.</param>
    /// <param name="library">Where its kernels are written.</param>
    /// <param name="names">What its members are called.</param>
    /// <param name="isTimed">Whether it notes how long its kernels take.</param>
    public RunEmitter(ProgramPlan plan, KernelLibrary library, ProgramNames names, bool isTimed)
    {
        this.plan = plan;
        this.library = library;
        this.names = names;
        comments = new KernelComments(plan);
        calls = new RolledCalls<Call>([.. plan.Steps.Select(CallOf)], () => new Block(plan.RunsAlone, isTimed));
    }

    /// <summary>The call of a step's kernel.</summary>
    sealed record Call(string Method, ProgramStep Step, IReadOnlyList<CallArgument> Arguments, string Comment)
        : RolledCall($"{Method},{(Step.RunsAlone ? "alone" : "shared")}", Arguments, Comment);

    Call CallOf(ProgramStep step)
    {
        var (method, parameters) = library.Add(step.Kernel, comments);
        return new Call(method, step, [.. parameters.Select(p => ArgumentOf(p, step))], comments.Call(step.Kernel, parameters));
    }

    CallArgument ArgumentOf(KernelParameter parameter, ProgramStep step) => parameter switch
    {
        BufferParameter { Node: var node } => ArgumentOf(plan.Locations[node], node),
        WorkspaceParameter => ArgumentOf(plan.Workspaces[step.Kernel], null),
        RandomStreamParameter stream => new CallArgument("", stream.Stream, number => Expression.Widen(CpuTypes.Of(stream), number)),
        DimensionParameter dimension => Fixed(names[dimension.Dimension]),
        RandomSeedParameter => Fixed("RandomSeed"),
        RandomStepParameter => Fixed("RandomStep"),
        _ => throw new InvalidOperationException($"The CPU target passes no {parameter}."),
    };

    static CallArgument Fixed(string text) => new(text, null, _ => text);

    /// <summary>The memory of a value, or, without one, of floats. Blocks are floats, but for what the caller passes and the indices.</summary>
    CallArgument ArgumentOf(BufferLocation location, Node? node)
    {
        string block = ProgramEmitter.Block(location, names);
        if (node is not null && location.Space is MemorySpace.Input or MemorySpace.Result)
            block = CpuTypes.CallersMemory(node!, block);
        else if (node is not null && location.Space != MemorySpace.Indices)
            block = CpuTypes.Block(node, block);
        return new CallArgument(block, location.Offset / (node?.Type ?? ElementType.Float32).BytesOf(1), number => Expression.Sum(Expression.Primary(block), number));
    }

    /// <summary>Writes the calls.</summary>
    public void WriteCalls(SourceWriter writer) => calls.Write(writer);

    /// <summary>Writes the tables that the loops read, after <see cref="WriteCalls"/> has found what they hold.</summary>
    public void WriteTables(SourceWriter writer) => calls.WriteTables(writer);

    /// <summary>Calls of one worker that follow each other are in one condition.</summary>
    sealed class Block(bool programRunsAlone, bool isTimed) : CallBlock<Call>
    {
        readonly List<string> alone = [];

        public override void Write(SourceWriter writer, IReadOnlyList<Call> iterations, IReadOnlyList<string> arguments, string? comment)
        {
            bool barrier = !programRunsAlone && iterations.Any(call => call.Step.BarrierBefore), isAlone = !programRunsAlone && iterations[0].Step.RunsAlone;
            if (barrier || !isAlone)
                End(writer);
            if (barrier)
                writer.Line(isTimed ? "AwaitOthers(worker);" : "worker.Barrier();");
            string call = $"Kernels.{iterations[0].Method}<V>({string.Join(", ", arguments.Prepend(isAlone ? "worker.Alone" : "worker"))});";
            if (isTimed)
                call += "\nNoteTime(worker);";
            string lines = comment is null ? call : KernelComments.Line(comment) + "\n" + call;
            if (isAlone)
                alone.Add(lines);
            else
                writer.Lines(lines);
        }

        public override void End(SourceWriter writer)
        {
            if (alone.Count == 0)
                return;
            using (writer.Open("if (worker.Index == 0)"))
                alone.ForEach(writer.Lines);
            alone.Clear();
        }
    }
}
