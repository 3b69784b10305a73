using System;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Targets;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator;

/// <summary>What an optimizer became: its file, and where the compiler failed, what the user is told.</summary>
/// <param name="Class">The class.</param>
/// <param name="Part">What tells the file from others of the class.</param>
/// <param name="Source">The file; null where there is nothing to write.</param>
/// <param name="Fault">What the user is told.</param>
internal sealed record EmittedOptimizer(string Class, string Part, string? Source, DiagnosticInfo? Fault)
{
    public static string NameOf(OptimizerClass name) => EmittedModel.NameOf(name.Namespace, name.ContainingTypes, name.Name);

    /// <summary>The other half of the class: members alone, where there is a mistake in it.</summary>
    public static EmittedOptimizer ForCpu(OptimizerReading reading, CancellationToken cancellation) =>
        From(reading, ".Optimizer", model => OptimizerEmitter.Emit(model, cancellation), reading.CanBeExtended ? OptimizerOutline.Emit(reading.Class) : null);

    /// <summary>Its kernels.</summary>
    public static EmittedOptimizer ForDevices(OptimizerReading reading, CancellationToken cancellation) =>
        From(reading, ".Devices", model => OptimizerEmitter.EmitForDevices(model, cancellation), otherwise: null);

    static EmittedOptimizer From(OptimizerReading reading, string part, Func<OptimizerModel, string> emit, string? otherwise)
    {
        string name = NameOf(reading.Class);
        if (reading.Model is not { } model)
            return new EmittedOptimizer(name, part, otherwise, null);
        try
        {
            return new EmittedOptimizer(name, part, emit(model), null);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return new EmittedOptimizer(name, part, otherwise, new DiagnosticInfo(
                Descriptors.InternalFault, reading.Location, new EquatableArray<string>([name, "", $"{fault.GetType().Name}: {fault.Message}"])));
        }
    }
}
