using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// Writes a device program: a class that holds one block of device memory, first the planned arena, then the numbers of the step and
/// what the caller passes and gets, then the gradients and the arrays of constants; and queues the launches of its kernels in order.
/// </summary>
/// <param name="name">The name of the program's class.</param>
/// <param name="method">The user's method.</param>
/// <param name="plan">What it runs.</param>
/// <param name="gradientBytes">The size of the gradients' block.</param>
/// <param name="constantBytes">The size of the block of constants.</param>
/// <param name="library">Where its kernels are written.</param>
/// <param name="host">The full name of the same program's class for the CPU, which computes what kernels address memory by.</param>
internal sealed class DeviceProgramEmitter(string name, ModelMethod method, ProgramPlan plan, long gradientBytes, long constantBytes, DeviceLibrary library, string host)
{
    readonly ProgramNames names = new(method);
    readonly Dictionary<string, long> places = [];
    long end, inputsAt, indicesAt, resultsAt, gradientsAt, constantsAt;

    bool IsTraining => plan.Graph.Outputs.Any(o => o.Kind == OutputKind.Gradient);

    /// <summary>Whether a run changes the model's own state.</summary>
    bool WritesState => plan.Steps.SelectMany(s => s.Kernel.Stores).Any(s => plan.Locations[s].Space == MemorySpace.State);

    /// <summary>Whether kernels read arrays of constants.</summary>
    bool ReadsConstants => plan.Steps.SelectMany(s => s.Kernel.Reads()).Any(r => r.Base.Op == Op.ConstantArray);

    bool IsNumber => Planning.ReturnsNumber(plan.Graph);

    IEnumerable<(string Name, Shape Shape, ElementType Type)> Results => IsNumber ? []
        : method.Outputs.Select((output, i) => (method.Graph.Outputs[i].Name, output.Shape, output.Type));

    /// <summary>Writes the program, and returns how many bytes its kernels work in beside the arena.</summary>
    public long Write(SourceWriter writer)
    {
        PlaceAll();
        var launches = new LaunchEmitter(plan, library, PlaceOf, workspace: end, names);
        var steps = new SourceWriter();
        launches.WriteLaunches(steps);
        long bytes = end + Aligned(launches.WorkspaceBytes);
        writer.Line($"/// <summary><c>{method.Name}</c>{(IsTraining ? " and its gradients" : "")} on a device: {Literals.Integer(plan.Steps.Count)} kernels.</summary>");
        using (writer.Open($"internal sealed class {name} : global::GraphCompiler.Ilgpu.DeviceProgram"))
        {
            foreach (var (launcher, field, _) in launches.Launchers)
                writer.Line($"Action<AcceleratorStream, KernelConfig, DeviceKernels.{launcher}_Arguments> {field} = null!;");
            foreach (string dimension in Dimensions())
                writer.Line($"int {dimension};");
            writer.Line();
            writer.Line($"public {name}(DeviceModel device{(method.UsesSession ? ", DeviceSession session" : "")})");
            string places = $"inputsAt: {Literals.Integer(inputsAt)}, resultsAt: {Literals.Integer(resultsAt)}, gradientsAt: {Literals.Integer(gradientsAt)}";
            using (writer.Open($"    : base(device, memoryBytes: {Literals.Integer(bytes)}, {places}, numberAt: {NumberPlace()}{(IsTraining ? ", isTraining: true" : "")}{(plan.ScalesLoss ? ", scalesLoss: true" : "")}{(WritesState ? ", writesState: true" : "")}{(method.UsesSession ? ", session: session" : "")}{Constants()})"))
            {
            }
            writer.Line();
            WriteLoading(writer, launches);
            writer.Line();
            WriteBinding(writer);
            if (Results.Any())
                WriteResults(writer);
            writer.Line("/// <inheritdoc/>");
            using (writer.Open("protected override void Enqueue()"))
                writer.Lines(steps.ToString());
            launches.WriteTables(writer);
        }
        return launches.WorkspaceBytes;
    }

    static void WriteLoading(SourceWriter writer, LaunchEmitter launches)
    {
        writer.Line("/// <inheritdoc/>");
        using (writer.Open("protected override void LoadKernels()"))
        {
            foreach (var (launcher, field, choice) in launches.Launchers)
            {
                string load = $"Load<DeviceKernels.{launcher}_Arguments>(DeviceKernels.{launcher}";
                if (choice is null)
                {
                    writer.Line($"{field} = {load});");
                    continue;
                }
                if (choice.Preferred.Count == 0)
                {
                    writer.Line($"{field} = {load}<{choice.Otherwise}>);");
                    continue;
                }
                string begin = $"{field} =";
                foreach (var (condition, type) in choice.Preferred)
                {
                    writer.Line($"{begin} {condition}");
                    writer.Line($"    ? {load}<{type}>)");
                    begin = "    :";
                }
                writer.Line($"    : {load}<{choice.Otherwise}>);");
            }
        }
    }

    /// <summary>Decides where in the block the caller's tensors and the gradients lie; what kernels work in comes behind.</summary>
    void PlaceAll()
    {
        inputsAt = Aligned(plan.Arena.Size);
        indicesAt = inputsAt + (MemoryContract.DeviceStepFloats * sizeof(float));
        end = Aligned(indicesAt + plan.Indices.Size);
        foreach (var input in InputsRead)
            Place(input.Name, input.Shape, input.Type);
        resultsAt = end;
        foreach (var (result, shape, type) in Results)
            Place(result, shape, type);
        gradientsAt = end;
        if (IsTraining)
            end = Aligned(end + gradientBytes);
        constantsAt = end;
        if (ReadsConstants)
            end = Aligned(end + constantBytes);
    }

    void Place(string tensor, Shape shape, ElementType type)
    {
        places[tensor] = end;
        end = Aligned(end + type.BytesOf(shape.Size.Max));
    }

    /// <summary>What only indexes is not sent as it is.</summary>
    IEnumerable<ModelInput> InputsRead => method.Inputs.Where(i => plan.InputsRead.Contains(i.Name));

    static long Aligned(long bytes) => (bytes + MemoryContract.DeviceAlignment - 1) / MemoryContract.DeviceAlignment * MemoryContract.DeviceAlignment;

    /// <summary>The last arguments of the base class, where kernels read arrays of constants.</summary>
    string Constants() => ReadsConstants ? $", constants: {ConstantEmitter.Block}, constantsAt: {Literals.Integer(constantsAt)}" : "";

    string NumberPlace()
    {
        if (!IsNumber)
            return "-1";
        var node = plan.Fused.Layout.Resolve(plan.Graph.Outputs.First(o => o.Kind == OutputKind.Result).Node).Base;
        return Literals.Integer(plan.Locations[node].Offset);
    }

    /// <summary>The fields that hold the named dimensions.</summary>
    IEnumerable<string> Dimensions() => ProgramNames.Dimensions(method).Select(s => names[s.Name]);

    void WriteBinding(SourceWriter writer)
    {
        var parameters = method.Inputs.Select(i => $"ReadOnlySpan<{i.Type.Info().FullName}> {names[i.Name]}")
            .Concat(Dimensions().Select(d => $"int {d}"));
        writer.Line("/// <summary>Takes over the caller's tensors for the next run.</summary>");
        using (writer.Open($"public void Bind({string.Join(", ", parameters)})"))
        {
            foreach (string dimension in Dimensions())
                writer.Line($"this.{dimension} = {dimension};");
            writer.Line($"Begin({string.Join(", ", Dimensions())});");
            var indices = new IndexEmitter(method, plan);
            if (indices.IsNeeded)
                writer.Line($"{host}.{IndexEmitter.Method}({indices.Arguments(name => names[name], name => names[name], (offset, count) => $"IndicesToSend({Literals.Integer(indicesAt + offset)}, {count})")});");
            foreach (var input in InputsRead)
                writer.Line($"Upload({Literals.Integer(places[input.Name])}, {names[input.Name]});");
        }
        writer.Line();
    }

    void WriteResults(SourceWriter writer)
    {
        writer.Line("/// <summary>Waits for the results and copies them to the caller.</summary>");
        using (writer.Open($"public void Read({string.Join(", ", Results.Select(r => $"Span<{r.Type.Info().FullName}> {names[r.Name]}"))})"))
        {
            foreach (var (result, _, _) in Results)
                writer.Line($"QueueDownload({Literals.Integer(places[result])}, {names[result]});");
            foreach (var (result, _, _) in Results)
                writer.Line($"Download({Literals.Integer(places[result])}, {names[result]});");
        }
        writer.Line();
    }

    /// <summary>Where the memory of a value begins: the member of the program's base class that gives it, <paramref name="own"/> in the
    /// program's own memory, and the place there, in bytes.</summary>
    (string Block, long Offset) PlaceOf(BufferLocation location, string own)
    {
        long offset = location.Offset;
        bool isOfFloats = own == DeviceLibrary.MemoryOf(ElementType.Float32);
        return location.Space switch
        {
            MemorySpace.Parameters => (isOfFloats ? "Weights" : "Weight" + own, offset),
            MemorySpace.State => (isOfFloats ? "State" : "State" + own, offset),
            MemorySpace.SessionState => (isOfFloats ? "SessionState" : "SessionState" + own, offset),
            MemorySpace.LossScale => ("LossScale", offset),
            MemorySpace.Arena => (own, offset),
            MemorySpace.Gradients => (own, gradientsAt + offset),
            MemorySpace.Indices => (own, indicesAt + offset),
            MemorySpace.Constants => (own, constantsAt + offset),
            MemorySpace.Input or MemorySpace.Result => (own, places[location.Name]),
            _ => throw new InvalidOperationException($"The ILGPU target has no memory for {location.Space}."),
        };
    }
}
