using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>Writes what the plans of a model's methods need as constants: a property that knows it before anything is allocated.</summary>
/// <param name="compiled">The model.</param>
/// <param name="devices">Its programs on devices.</param>
internal sealed class MemoryReportEmitter(CompiledModel compiled, TargetMembers devices)
{
    public void Write(SourceWriter writer)
    {
        var methods = new List<string>();
        foreach (var method in compiled.Methods)
        {
            methods.Add(Text(method, method.Inference, isTraining: false));
            if (method.Training is { } training)
                methods.Add(Text(method, training, isTraining: true));
        }
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        writer.Line($"public override global::GraphCompiler.MemoryReport MemoryReport => new(this, sessionBytes: {Literals.Integer(compiled.Blocks.SessionState.TotalBytes)},");
        writer.Line("[");
        foreach (string method in methods)
            writer.Line($"    {method},");
        writer.Line("]);");
    }

    string Text(CompiledMethod method, ProgramPlan plan, bool isTraining)
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
