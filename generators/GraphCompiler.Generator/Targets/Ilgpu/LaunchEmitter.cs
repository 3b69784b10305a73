using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// Writes the launches of a device program in their order, in loops where they repeat themselves (<see cref="Rolling"/>).
/// What a launch passes may differ between the iterations of a loop (<see cref="LoopTables"/>).
/// </summary>
internal sealed class LaunchEmitter
{
    const int FewestLaunchesLeftOut = 3;

    readonly LoopTables tables = new();
    readonly List<Launch> launches = [];
    readonly List<(string Method, string Field, KernelChoice? Choice)> launchers = [];
    readonly Dictionary<string, string> fields = [];
    readonly ProgramNames names;

    /// <param name="plan">What runs.</param>
    /// <param name="library">Where kernels are written.</param>
    /// <param name="placeOf">Where a value lies, given the member that gives the program's own memory.</param>
    /// <param name="workspace">Where the memory begins that kernels work in.</param>
    /// <param name="names">What the program calls its fields.</param>
    public LaunchEmitter(ProgramPlan plan, DeviceLibrary library, Func<BufferLocation, string, (string Block, long Offset)> placeOf, long workspace, ProgramNames names)
    {
        this.names = names;
        var comments = new KernelComments(plan);
        foreach (var step in plan.Steps)
        {
            foreach (var kernel in DeviceKernels.Emit(step.Kernel).Where(k => !k.IsCopy || !AreOnePlace(k.Parameters)))
            {
                WorkspaceFloats = Math.Max(WorkspaceFloats, kernel.WorkspaceFloats);
                string method = library.Add(kernel, comments.Lines(step.Kernel, kernel.Parameters));
                var other = kernel.ChoiceOfLaunch(Size);
                string launcher = LauncherOf(method, "", kernel.Choice);
                if (other is not null)
                    launcher = $"{other.Condition} ? {LauncherOf(method, "_" + other.Suffix, new KernelChoice(kernel.Choice!.Parameter, kernel.Choice.Contract, [], other.Type))} : {launcher}";
                launches.Add(new Launch(
                    launcher, kernel.Launch(Size), [.. kernel.Parameters.Select(p => ArgumentOf(p, kernel))], comments.Call(step.Kernel, kernel.Parameters)));
            }
        }

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

        Argument ArgumentOf(KernelParameter parameter, DeviceKernel kernel) => parameter switch
        {
            BufferParameter buffer => Buffer(buffer),
            WorkspaceParameter => new Argument(parameter.Name, "Memory", workspace, kernel.WorkspaceFloats),
            LaunchNumberParameter number => new Argument(parameter.Name, "", number.Number, null),
            RandomStreamParameter stream => new Argument(parameter.Name, "uint", stream.Stream, null),
            DimensionParameter dimension => new Argument(parameter.Name, names[dimension.Dimension], null, null),
            RandomSeedParameter => new Argument(parameter.Name, "SeedOfRandom", null, null),
            RandomStepParameter => new Argument(parameter.Name, "StepOfRandom", null, null),
            _ => throw new InvalidOperationException($"The ILGPU target passes no {parameter}."),
        };

        Argument Buffer(BufferParameter buffer)
        {
            var location = plan.Locations[buffer.Node];
            var (block, offset) = placeOf(location, buffer.Node.Type == ElementType.Int32 ? "Integers" : DeviceLibrary.FormatOf(buffer.Node) is var format and not ElementType.Float32 ? format + "Numbers" : "Memory");
            return new Argument(buffer.Name, block, offset, Math.Max(1, location.Size / sizeof(float)));
        }
    }

    /// <summary>How much memory the most demanding kernel works in.</summary>
    public long WorkspaceFloats { get; }

    /// <summary>The methods that are launched, the field that holds each, and what the host decides when it loads it.</summary>
    public IReadOnlyList<(string Method, string Field, KernelChoice? Choice)> Launchers => launchers;

    /// <summary>What a launch passes for one parameter.</summary>
    /// <param name="Name">The parameter.</param>
    /// <param name="Text">The block of memory, the type of the number, or, where there is no number, all of the argument.</param>
    /// <param name="Number">What may differ between iterations: the place in the block, or the number itself.</param>
    /// <param name="Size">The floats that are passed, of a block of memory.</param>
    readonly record struct Argument(string Name, string Text, long? Number, long? Size)
    {
        public string Key => Size is { } size ? Text + size.ToString(System.Globalization.CultureInfo.InvariantCulture) : Text;

        public string Write(string number) => $"{Name} = {Value(number)}";

        string Value(string number) => Size is { } size ? $"{Text}({number}, {Literals.Integer(size)})"
            : Number is null ? Text
            : Text.Length == 0 || number.All(char.IsDigit) ? number
            : $"({Text})({number})";
    }

    sealed record Launch(string Launcher, string Groups, IReadOnlyList<Argument> Arguments, string Comment)
    {
        public string Key => string.Join(",", Arguments.Select(a => a.Key).Prepend(Groups).Prepend(Launcher));

        public long[] Numbers => [.. Arguments.Where(a => a.Number is not null).Select(a => a.Number!.Value)];
    }

    /// <summary>Writes the launches.</summary>
    public void WriteLaunches(SourceWriter writer)
    {
        var keys = new Dictionary<string, int>();
        int KeyOf(Launch launch)
        {
            string key = launch.Key;
            if (!keys.TryGetValue(key, out int number))
                keys.Add(key, number = keys.Count);
            return number;
        }
        WriteItems(writer, new Rolling(launches.ConvertAll(KeyOf), launches.ConvertAll(l => l.Numbers), FewestLaunchesLeftOut).Run(), LoopTables.Outside);
    }

    void WriteItems(SourceWriter writer, IReadOnlyList<RolledItem> items, LoopTables.Place place)
    {
        string? said = null;
        foreach (var item in items)
        {
            if (item is RolledLoop loop)
            {
                tables.WriteLoop(writer, loop, place, (body, inner) => WriteItems(body, loop.Body, inner));
                said = null;
                continue;
            }
            int[] places = place.Nest.Places(((RolledPlace)item).Place);
            // Several launches that do the work of one kernel have one comment.
            string? comment = place.Nest.Template(Array.ConvertAll(places, p => launches[p].Comment));
            if (comment is not null && comment != said)
                writer.Line(KernelComments.Line(comment));
            said = comment;
            Write(writer, places, place);
        }
    }

    void Write(SourceWriter writer, int[] places, LoopTables.Place place)
    {
        var first = launches[places[0]];
        var arguments = first.Arguments.Select((argument, i) =>
            argument.Write(argument.Number is null ? "" : place.Number(Array.ConvertAll(places, p => launches[p].Arguments[i].Number!.Value))));
        writer.Line($"Launch({first.Launcher}, {first.Groups}, new()");
        writer.Line($"    {{ {string.Join(", ", arguments)} }});");
    }

    /// <summary>Writes the tables that the loops read, after <see cref="WriteLaunches"/> has found what they hold.</summary>
    public void WriteTables(SourceWriter writer) => tables.Write(writer);

    string Size(Dim dim) => Literals.Size(dim, symbol => names[symbol]);
}
