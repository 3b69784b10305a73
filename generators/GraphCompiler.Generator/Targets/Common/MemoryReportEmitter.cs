using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>A model as it is planned in one precision.</summary>
/// <param name="Compiled">Its programs on the CPU.</param>
/// <param name="Devices">Those on devices.</param>
internal sealed record PlannedModel(CompiledModel Compiled, TargetMembers Devices)
{
    /// <summary>What activations lie in.</summary>
    public ElementType Precision => Compiled.Model.Precision.Activations;
}

/// <summary>Writes what the plans of a model's methods need as constants: a property that knows it before anything is allocated.</summary>
/// <param name="planned">The model as it is, then in other precisions, if the user asks for them.</param>
internal sealed class MemoryReportEmitter(IReadOnlyList<PlannedModel> planned)
{
    public void Write(SourceWriter writer)
    {
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        writer.Line($"public override global::GraphCompiler.MemoryReport MemoryReport => new(this, sessionBytes: {Literals.Integer(planned[0].Compiled.Blocks.SessionState.TotalBytes)},");
        writer.Line("[");
        foreach (string method in Methods(planned[0]))
            writer.Line($"    {method},");
        string precision = planned[0].Precision == ElementType.Float32 ? "" : $", {NameOf(planned[0])}";
        if (planned.Count == 1)
        {
            writer.Line($"]{precision});");
            return;
        }
        writer.Line($"], {NameOf(planned[0])},");
        writer.Line("[");
        foreach (var other in planned.Skip(1))
        {
            writer.Line($"    new({NameOf(other)},");
            writer.Line("    [");
            foreach (string method in Methods(other))
                writer.Line($"        {method},");
            writer.Line("    ]),");
        }
        writer.Line("]);");
    }

    static string NameOf(PlannedModel model) => $"global::GraphCompiler.Precision.{model.Precision}";

    static IEnumerable<string> Methods(PlannedModel model)
    {
        foreach (var method in model.Compiled.Methods)
        {
            yield return Text(model.Devices, method, method.Inference, isTraining: false);
            if (method.Training is { } training)
                yield return Text(model.Devices, method, training, isTraining: true);
        }
    }

    static string Text(TargetMembers devices, CompiledMethod method, ProgramPlan plan, bool isTraining)
    {
        string text = $"new({Literals.String(method.Method.Name)}, IsTraining: {(isTraining ? "true" : "false")}, "
            + $"ArenaBytes: {Literals.Integer(plan.Arena.Size)}, TensorBytes: {Literals.Integer(TensorBytes(method, plan))}";
        if (devices.MemoryOf(method.Method, isTraining) is { } onDevice)
        {
            text += onDevice.Workspace > 0 ? $", WorkspaceBytes: {Literals.Integer(onDevice.Workspace)}" : "";
            text += onDevice.Arena != plan.Arena.Size ? $", DeviceArenaBytes: {Literals.Integer(onDevice.Arena)}" : "";
        }
        if (plan.Indices.Size > 0)
            text += $", IndexBytes: {Literals.Integer(plan.Indices.Size)}";
        return text + (method.Method.UsesSession ? ", UsesSession: true)" : ")");
    }

    /// <summary>What the caller passes and gets; a single number is returned, and lies in the arena.</summary>
    static long TensorBytes(CompiledMethod method, ProgramPlan plan)
    {
        long inputs = method.Method.Inputs.Sum(i => i.Type.BytesOf(i.Shape.Size.Max));
        return Planning.ReturnsNumber(plan.Graph) ? inputs : inputs + method.Method.Outputs.Sum(o => o.Type.BytesOf(o.Shape.Size.Max));
    }
}
