using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// Writes the launches of a device program in their order (<see cref="RolledCalls{TCall}"/>), and says which methods they launch.
/// </summary>
internal sealed class LaunchEmitter
{
    readonly RolledCalls<Launch> calls;
    readonly List<(string Method, string Field, KernelChoice? Choice)> launchers = [];
    readonly Dictionary<string, string> fields = [];
    readonly ProgramNames names;

    /// <param name="plan">What runs.</param>
    /// <param name="library">Where kernels are written.</param>
    /// <param name="placeOf">Where a value lies, given the member that gives the program's own memory.</param>
    /// <param name="workspace">Where the memory begins that kernels work in, in bytes.</param>
    /// <param name="names">What the program calls its fields.</param>
    public LaunchEmitter(ProgramPlan plan, DeviceLibrary library, Func<BufferLocation, string, (string Block, long Offset)> placeOf, long workspace, ProgramNames names)
    {
        this.names = names;
        var comments = new KernelComments(plan);
        var launches = new List<Launch>();
        foreach (var step in plan.Steps)
        {
            foreach (var kernel in DeviceKernels.Emit(step.Kernel).Where(k => !k.IsCopy || !AreOnePlace(k.Parameters)))
            {
                WorkspaceBytes = Math.Max(WorkspaceBytes, kernel.WorkspaceFloats * sizeof(float));
                string method = library.Add(kernel, () => comments.Lines(step.Kernel, kernel.Parameters));
                var other = kernel.ChoiceOfLaunch(Size);
                string launcher = LauncherOf(method, "", kernel.Choice);
                if (other is not null)
                    launcher = $"{other.Condition} ? {LauncherOf(method, "_" + other.Suffix, new KernelChoice(kernel.Choice!.Parameter, kernel.Choice.Contract, [], other.Type))} : {launcher}";
                launches.Add(new Launch(
                    launcher, kernel.Launch(Size), [.. kernel.Parameters.Select(p => ArgumentOf(p, kernel))], comments.Call(step.Kernel, kernel.Parameters)));
            }
        }
        calls = new RolledCalls<Launch>(launches, () => new Block());

        string LauncherOf(string method, string suffix, KernelChoice? choice)
        {
            if (!fields.TryGetValue(method + suffix, out string? field))
            {
                fields[method + suffix] = field = names.Unique(Literals.Camel(method) + suffix);
                launchers.Add((method, field, choice));
            }
            return field;
        }

        bool AreOnePlace(IReadOnlyList<KernelParameter> parameters) =>
            parameters.OfType<BufferParameter>().Select(p => placeOf(plan.Locations[p.Node], "Memory")).Distinct().Count() == 1;

        CallArgument ArgumentOf(KernelParameter parameter, DeviceKernel kernel) => parameter switch
        {
            BufferParameter buffer => Buffer(buffer),
            WorkspaceParameter => InMemory(parameter, "Memory", workspace, kernel.WorkspaceFloats),
            LaunchNumberParameter number => new("", number.Number, text => Assigned(number, text)),
            RandomStreamParameter stream => new("", stream.Stream, text => Assigned(stream, Expression.Widen("uint", text))),
            DimensionParameter dimension => Fixed(parameter, names[dimension.Dimension]),
            RandomSeedParameter => Fixed(parameter, "SeedOfRandom"),
            RandomStepParameter => Fixed(parameter, "StepOfRandom"),
            _ => throw new InvalidOperationException($"The ILGPU target passes no {parameter}."),
        };

        CallArgument Buffer(BufferParameter buffer)
        {
            var location = plan.Locations[buffer.Node];
            var (block, offset) = placeOf(location, DeviceLibrary.MemoryOf(buffer.Node.Type));
            return InMemory(buffer, block, offset, Math.Max(1, location.Size / buffer.Node.Type.BytesOf(1)));
        }
    }

    /// <summary>How much memory the most demanding kernel works in.</summary>
    public long WorkspaceBytes { get; }

    /// <summary>The methods that are launched, the field that holds each, and what the host decides when it loads it.</summary>
    public IReadOnlyList<(string Method, string Field, KernelChoice? Choice)> Launchers => launchers;

    /// <summary>A place in a block of memory, in bytes, and how many elements are passed from there on.</summary>
    static CallArgument InMemory(KernelParameter parameter, string block, long offset, long count) =>
        new(block + Literals.Integer(count), offset, number => $"{parameter.Name} = {block}({number}, {Literals.Integer(count)})");

    static CallArgument Fixed(KernelParameter parameter, string text) => new(text, null, _ => Assigned(parameter, text));

    static string Assigned(KernelParameter parameter, string value) => $"{parameter.Name} = {value}";

    sealed record Launch(string Launcher, string Groups, IReadOnlyList<CallArgument> Arguments, string Comment)
        : RolledCall($"{Launcher},{Groups}", Arguments, Comment);

    /// <summary>Writes the launches.</summary>
    public void WriteLaunches(SourceWriter writer) => calls.Write(writer);

    /// <summary>Writes the tables that the loops read, after <see cref="WriteLaunches"/> has found what they hold.</summary>
    public void WriteTables(SourceWriter writer) => calls.WriteTables(writer);

    /// <summary>Several launches that do the work of one kernel have one comment.</summary>
    sealed class Block : CallBlock<Launch>
    {
        string? said;

        public override void Write(SourceWriter writer, IReadOnlyList<Launch> iterations, IReadOnlyList<string> arguments, string? comment)
        {
            if (comment is not null && comment != said)
                writer.Line(KernelComments.Line(comment));
            said = comment;
            writer.Line($"Launch({iterations[0].Launcher}, {iterations[0].Groups}, new()");
            writer.Line($"    {{ {string.Join(", ", arguments)} }});");
        }

        public override void End(SourceWriter writer) => said = null;
    }

    Expression Size(Dim dim) => names.SizeExpression(dim);
}
