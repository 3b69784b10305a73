using System;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Targets;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator;

/// <summary>What an optimizer became: a source file, and where the compiler failed, what the user is told.</summary>
internal sealed record EmittedOptimizer(string Class, string Source, DiagnosticInfo? Fault)
{
    public static string NameOf(OptimizerClass name) => EmittedModel.NameOf(name.Namespace, name.ContainingTypes, name.Name);

    public static EmittedOptimizer From(OptimizerReading reading, CancellationToken cancellation)
    {
        string name = NameOf(reading.Class);
        if (reading.Model is not { } model)
            return new EmittedOptimizer(name, OptimizerOutline.Emit(reading.Class), null);
        try
        {
            return new EmittedOptimizer(name, OptimizerEmitter.Emit(model, cancellation), null);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return new EmittedOptimizer(name, OptimizerOutline.Emit(reading.Class), new DiagnosticInfo(
                Descriptors.InternalFault, reading.Location, new EquatableArray<string>([name, "", $"{fault.GetType().Name}: {fault.Message}"])));
        }
    }
}
