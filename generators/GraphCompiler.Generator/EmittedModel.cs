using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Targets;

namespace GraphCompiler.Generator;

/// <summary>What a model became: a source file, or the fault that kept it from becoming one.</summary>
/// <param name="Class">The class, in full.</param>
/// <param name="Source">Its other half.</param>
/// <param name="Fault">What went wrong.</param>
/// <param name="Report">A file with what the model's report is made of, where the project wants reports.</param>
internal sealed record EmittedModel(string Class, string? Source, string? Fault, string? Report = null)
{
    /// <summary>The class that a reading is of, in full; "" where its declaration is not sound.</summary>
    public static string ClassOf(ModelReading reading) => reading.Model is { } model ? NameOf(model) : reading.Outline is { } outline ? ClassOf(outline) : "";

    public static string ClassOf(ModelOutline outline) => NameOf(outline.Namespace, outline.ContainingTypes, outline.Name);

    /// <summary>Tells the user, at the class, what went wrong in the compiler itself.</summary>
    public DiagnosticInfo FaultAmong(ImmutableArray<ModelReading> readings)
    {
        var location = readings.Where(r => r.Model is { } model && NameOf(model) == Class).SelectMany(r => r.Locations)
            .FirstOrDefault(l => l.Name.Length == 0)?.Location ?? LocationInfo.None;
        return new DiagnosticInfo(Descriptors.InternalFault, location, new EquatableArray<string>([Class, "", Fault ?? ""]));
    }

    public static EmittedModel From(Model model, bool forDevices, CancellationToken cancellation, bool reports = false)
    {
        string name = NameOf(model);
        try
        {
            if (!reports)
                return new EmittedModel(name, ModelEmitter.Emit(model, forDevices, cancellation), null);
            var (source, report) = ModelEmitter.EmitWithReport(model, forDevices, cancellation);
            return new EmittedModel(name, source, null, report);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return new EmittedModel(name, null, $"{fault.GetType().Name}: {fault.Message}");
        }
    }

    static string NameOf(Model model) => NameOf(model.Namespace, model.ContainingTypes, model.Name);

    /// <summary>A class inside a class is told apart from one in a namespace.</summary>
    public static string NameOf(string space, EquatableArray<ContainingType> containers, string name) =>
        (space.Length > 0 ? space + "." : "") + string.Join("+", containers.Select(t => t.Name).Append(name));
}

/// <summary>What the project wants of every model.</summary>
/// <param name="HasDevices">Whether they also run on ILGPU's devices.</param>
/// <param name="Reports">Whether they have what their reports are made of.</param>
internal sealed record ProjectOptions(bool HasDevices, bool Reports);

/// <summary>The names of the generated files: those of the classes, told apart where only case or what is around a class differs.</summary>
/// <param name="Classes">All classes of the compilation.</param>
internal sealed record FileNames(EquatableArray<string> Classes)
{
    /// <param name="name">The class.</param>
    /// <param name="part">What tells the file from others of the class.</param>
    public string Of(string name, string part = "")
    {
        string file = FileOf(name);
        int before = Classes.Distinct().Count(c => string.Equals(FileOf(c), file, StringComparison.OrdinalIgnoreCase) && string.CompareOrdinal(c, name) < 0);
        return file + (before > 0 ? $"({before + 1})" : "") + part + ".g.cs";
    }

    static string FileOf(string name) => name.Replace("@", "").Replace('+', '.');
}

/// <summary>
/// What models became, kept as long as they are. The pipeline numbers the classes, so that a new one moves all behind it;
/// a class that was only moved is not compiled again.
/// </summary>
internal sealed class EmissionCache
{
    readonly ConditionalWeakTable<Model, Emission> known = new();

    public EmittedModel Of(Model model, ProjectOptions options, CancellationToken cancellation)
    {
        lock (known)
        {
            if (known.TryGetValue(model, out var emission) && emission.Options == options)
                return emission.Model;
        }
        var emitted = EmittedModel.From(model, options.HasDevices, cancellation, options.Reports);
        lock (known)
        {
            known.Remove(model);
            known.Add(model, new Emission(options, emitted));
        }
        return emitted;
    }

    sealed record Emission(ProjectOptions Options, EmittedModel Model);
}
