using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Emit.Cpu;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>
/// Writes a device program: a class that holds one block of device memory, first the planned arena, then the numbers of the step and
/// what the caller passes and gets, then the gradients; and queues the launches of its kernels in order.
/// </summary>
/// <param name="name">The name of the program's class.</param>
/// <param name="method">The user's method.</param>
/// <param name="plan">What it runs.</param>
/// <param name="parameterFloats">The size of the parameters' block, which is that of the gradients' too.</param>
/// <param name="library">Where its kernels are written.</param>
internal sealed class DeviceProgramEmitter(string name, ModelMethod method, ProgramPlan plan, long parameterFloats, DeviceLibrary library)
{
    const int Alignment = 32, LongestCallComment = 140;

    /// <summary>The floats before the inputs that hold the numbers of the step, as the runtime lays them out.</summary>
    const int StepFloats = 32;

    static readonly HashSet<string> Reserved =
    [
        "device", "Memory", "Integers", "Weights", "Launch", "Load", "UsesWarps", "Elements", "Rows", "Columns", "Tiles", "Heads", "State", "SessionState", "session", "Enqueue", "LoadKernels", "Begin", "QueueDownload", "SeedOfRandom", "StepOfRandom", "QueueNumber", "Run", "Upload", "Download",
        "RandomSeed", "RandomStep", "Dispose", "Number", "Gradients", "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "ReferenceEquals",
    ];

    readonly KernelComments comments = new(plan);
    readonly List<(string Method, bool Reduces)> launchers = [];
    readonly Dictionary<string, long> places = [];
    long end, inputsAt, resultsAt, gradientsAt, workspaceFloats;

    bool IsTraining => plan.Graph.Outputs.Any(o => o.Kind == OutputKind.Gradient);

    /// <summary>Whether a run changes the model's own state.</summary>
    bool WritesState => plan.Steps.SelectMany(s => s.Kernel.Stores).Any(s => plan.Locations[s].Space == MemorySpace.State);

    bool IsNumber => Planning.ReturnsNumber(plan.Graph);

    IEnumerable<(string Name, Shape Shape)> Results => IsNumber ? [] : method.Outputs.Select((output, i) => (method.Graph.Outputs[i].Name, output.Shape));

    static string Local(string name) => Reserved.Contains(name) ? name + "_" : Literals.Identifier(name);

    public void Write(SourceWriter writer)
    {
        PlaceAll();
        var steps = new SourceWriter();
        foreach (var step in plan.Steps)
            WriteStep(steps, step);
        long floats = end + Aligned(workspaceFloats);
        writer.Line($"/// <summary><c>{method.Name}</c>{(IsTraining ? " and its gradients" : "")} on a device: {Literals.Integer(plan.Steps.Count)} kernels.</summary>");
        using (writer.Open($"internal sealed class {name} : DeviceProgram"))
        {
            foreach (var (launcher, _) in launchers)
                writer.Line($"Action<AcceleratorStream, KernelConfig, DeviceKernels.{launcher}_Arguments> {Literals.Camel(launcher)} = null!;");
            foreach (string dimension in Dimensions())
                writer.Line($"int {Local(dimension)};");
            writer.Line();
            writer.Line($"public {name}(DeviceModel device{(method.UsesSession ? ", DeviceSession session" : "")})");
            string places = $"inputsAt: {Literals.Integer(inputsAt)}, resultsAt: {Literals.Integer(resultsAt)}, gradientsAt: {Literals.Integer(gradientsAt)}";
            using (writer.Open($"    : base(device, memoryFloats: {Literals.Integer(floats)}, {places}, numberAt: {NumberPlace()}{(IsTraining ? ", isTraining: true" : "")}{(WritesState ? ", writesState: true" : "")}{(method.UsesSession ? ", session: session" : "")})"))
            {
            }
            writer.Line();
            WriteLoading(writer);
            writer.Line();
            WriteBinding(writer);
            if (Results.Any())
                WriteResults(writer);
            writer.Line("/// <inheritdoc/>");
            using (writer.Open("protected override void Enqueue()"))
                writer.Lines(steps.ToString());
        }
    }

    void WriteLoading(SourceWriter writer)
    {
        writer.Line("/// <inheritdoc/>");
        using (writer.Open("protected override void LoadKernels()"))
        {
            foreach (var (launcher, reduces) in launchers)
            {
                string load = $"Load<DeviceKernels.{launcher}_Arguments>(DeviceKernels.{launcher}";
                if (!reduces)
                {
                    writer.Line($"{Literals.Camel(launcher)} = {load});");
                    continue;
                }
                writer.Line($"{Literals.Camel(launcher)} = UsesWarps");
                writer.Line($"    ? {load}<WarpReduction>)");
                writer.Line($"    : {load}<SharedReduction>);");
            }
        }
    }

    /// <summary>Decides where in the block the caller's tensors and the gradients lie; what kernels work in comes behind.</summary>
    void PlaceAll()
    {
        inputsAt = Aligned(plan.Arena.Size);
        end = inputsAt + StepFloats;
        foreach (var input in method.Inputs)
            Place(input.Name, input.Shape);
        resultsAt = end;
        foreach (var (result, shape) in Results)
            Place(result, shape);
        gradientsAt = end;
        if (IsTraining)
            end = Aligned(end + parameterFloats);
    }

    void Place(string tensor, Shape shape)
    {
        places[tensor] = end;
        end = Aligned(end + shape.Size.Max);
    }

    static long Aligned(long floats) => (floats + Alignment - 1) / Alignment * Alignment;

    string NumberPlace()
    {
        if (!IsNumber)
            return "-1";
        var node = plan.Fused.Layout.Resolve(plan.Graph.Outputs.First(o => o.Kind == OutputKind.Result).Node).Base;
        return Literals.Integer(plan.Locations[node].Offset);
    }

    IEnumerable<string> Dimensions()
    {
        var (deduced, passed) = InputFacts.Dimensions(method);
        return deduced.Select(d => d.Symbol).Concat(passed).Select(s => Literals.Dimension(s.Name));
    }

    void WriteBinding(SourceWriter writer)
    {
        var parameters = method.Inputs.Select(i => $"ReadOnlySpan<{(i.Type == ElementType.Int32 ? "int" : "float")}> {Local(i.Name)}")
            .Concat(Dimensions().Select(d => $"int {Local(d)}"));
        writer.Line("/// <summary>Takes over the caller's tensors for the next run.</summary>");
        using (writer.Open($"public void Bind({string.Join(", ", parameters)})"))
        {
            foreach (string dimension in Dimensions())
                writer.Line($"this.{Local(dimension)} = {Local(dimension)};");
            writer.Line($"Begin({string.Join(", ", Dimensions().Select(Local))});");
            foreach (var input in method.Inputs)
                writer.Line($"Upload({Literals.Integer(places[input.Name])}, {Local(input.Name)});");
        }
        writer.Line();
    }

    void WriteResults(SourceWriter writer)
    {
        writer.Line("/// <summary>Waits for the results and copies them to the caller.</summary>");
        using (writer.Open($"public void Read({string.Join(", ", Results.Select(r => $"Span<float> {Local(r.Name)}"))})"))
        {
            foreach (var (result, _) in Results)
                writer.Line($"QueueDownload({Literals.Integer(places[result])}, {Local(result)}.Length);");
            foreach (var (result, _) in Results)
                writer.Line($"Download({Literals.Integer(places[result])}, {Local(result)});");
        }
        writer.Line();
    }

    void WriteStep(SourceWriter writer, ProgramStep step)
    {
        string title = comments.Title(step.Kernel);
        bool first = true;
        foreach (var kernel in DeviceKernels.Emit(step.Kernel))
        {
            workspaceFloats = Math.Max(workspaceFloats, kernel.WorkspaceFloats);
            string launcher = library.Add(kernel, comments.Lines(step.Kernel, kernel.Parameters));
            if (!launchers.Contains((launcher, kernel.Reduces)))
                launchers.Add((launcher, kernel.Reduces));
            string weights = string.Join(", ", KernelComments.ParametersOf(kernel.Parameters));
            string comment = title + (weights.Length > 0 ? ", with " + weights : "");
            if (first && comment.Length <= LongestCallComment)
                writer.Line("// " + comment);
            first = false;
            writer.Line($"Launch({Literals.Camel(launcher)}, {kernel.Launch(Size)}, new()");
            writer.Line($"    {{ {string.Join(", ", kernel.Parameters.Select(p => $"{p.Name} = {Argument(p, kernel)}"))} }});");
        }
    }

    static string Size(Dim dim) => Literals.Size(dim, symbol => Local(Literals.Dimension(symbol)));

    static string? RandomNumber(string source) => source switch
    {
        "RandomSeed" => "SeedOfRandom",
        "RandomStep" => "StepOfRandom",
        _ => null,
    };

    string Argument(KernelParameter parameter, DeviceKernel kernel)
    {
        if (parameter.Source == KernelScope.WorkspaceSource)
            return $"Memory({Literals.Integer(end)}, {Literals.Integer(kernel.WorkspaceFloats)})";
        if (parameter.Buffer is not { } node)
            return parameter.Number is null && parameter.Type == "int" ? Local(Literals.Dimension(parameter.Source)) : RandomNumber(parameter.Source) ?? parameter.Source;
        var location = plan.Locations[node];
        long offset = location.Space switch
        {
            MemorySpace.Arena or MemorySpace.Parameters or MemorySpace.State or MemorySpace.SessionState => location.Offset,
            MemorySpace.Gradients => gradientsAt + location.Offset,
            MemorySpace.Input or MemorySpace.Result => places[location.Name],
            _ => throw new InvalidOperationException($"The ILGPU target has no memory for {location.Space}."),
        };
        string block = location.Space switch
        {
            MemorySpace.Parameters => "Weights",
            MemorySpace.State => "State",
            MemorySpace.SessionState => "SessionState",
            _ => parameter.Type == "int*" ? "Integers" : "Memory",
        };
        return $"{block}({Literals.Integer(offset)}, {Literals.Integer(Math.Max(1, location.Size))})";
    }
}
