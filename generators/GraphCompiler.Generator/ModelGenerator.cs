using System.Linq;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Targets.Common;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator;

/// <summary>
/// The pipeline: each class marked [Graph] is read into a value-equal model, which is compiled and emitted only when it
/// changes. Places travel beside the model, for diagnostics alone, so an edit that moves lines compiles nothing.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModelGenerator : IIncrementalGenerator
{
    /// <summary>The names of the tracked steps.</summary>
    internal static class Steps
    {
        public const string Read = "Read";
        public const string Model = "Model";
        public const string Emit = "Emit";
        public const string Carry = "Carry";
        public const string ReadOptimizer = "ReadOptimizer";
        public const string ReadRequestedOptimizers = "ReadRequestedOptimizers";
        public const string EmitOptimizer = "EmitOptimizer";
    }

    /// <summary>The property of a project that asks for reports, as the compiler passes it.</summary>
    internal const string ReportOption = "build_property.GraphCompilerReport";

    /// <summary>What was read, kept from run to run; drivers on several threads may share it.</summary>
    internal ReadingCache<ModelReading> Readings { get; } = new("Graph", ModelReader.Read);

    internal ReadingCache<OptimizerReading> OptimizerReadings { get; } = new("Optimizer", OptimizerReader.Read);

    readonly EmissionCache emissions = new();

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // The classes are found and read by hand: what the compiler offers for attributes binds those of every class anew
        // after every edit, which takes longer than all else that an edit elsewhere needs.
        var readings = context.CompilationProvider
            .SelectMany(Readings.Read)
            .WithTrackingName(Steps.Read);

        context.RegisterSourceOutput(
            readings.SelectMany(static (reading, _) => reading.Diagnostics),
            static (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic()));

        context.RegisterSourceOutput(
            context.CompilationProvider.Select(CarriedSourcesReader.Of).WithTrackingName(Steps.Carry),
            static (output, sources) =>
            {
                if (sources is not null)
                    output.AddSource(ModuleSourcesEmitter.FileName, ModuleSourcesEmitter.Emit(sources));
            });

        var hasDevices = context.CompilationProvider.Select(
            static (compilation, _) => compilation.ReferencedAssemblyNames.Any(static name => name.Name == LanguageTypes.DeviceAssembly));

        var reports = context.AnalyzerConfigOptionsProvider.Select(
            static (options, _) => options.GlobalOptions.TryGetValue(ReportOption, out string? value) && string.Equals(value, "true", System.StringComparison.OrdinalIgnoreCase));
        var options = hasDevices.Combine(reports).Select(static (pair, _) => new ProjectOptions(pair.Left, pair.Right));

        var emitted = readings
            .Select(static (reading, _) => reading.Model)
            .Where(static model => model is not null)
            .WithTrackingName(Steps.Model)
            .Combine(options)
            .Select((pair, cancellation) => emissions.Of(pair.Left!, pair.Right, cancellation))
            .WithTrackingName(Steps.Emit);

        var names = readings.Select(static (reading, _) => EmittedModel.ClassOf(reading)).Collect()
            .Select(static (classes, _) => new FileNames(new EquatableArray<string>(classes)));

        context.RegisterSourceOutput(
            emitted.Where(static model => model.Source is not null).Combine(names),
            static (output, pair) => output.AddSource(pair.Right.Of(pair.Left.Class), pair.Left.Source!));

        context.RegisterSourceOutput(
            emitted.Where(static model => model.Report is not null).Combine(names),
            static (output, pair) => output.AddSource(pair.Right.Of(pair.Left.Class, ".Report"), pair.Left.Report!));

        context.RegisterSourceOutput(
            readings.Select(static (reading, _) => reading.Outline).Where(static outline => outline is not null).Combine(hasDevices).Combine(names),
            static (output, pair) => output.AddSource(pair.Right.Of(EmittedModel.ClassOf(pair.Left.Left!)), OutlineEmitter.Emit(pair.Left.Left!, pair.Left.Right)));

        context.RegisterSourceOutput(
            emitted.Where(static model => model.Fault is not null).Combine(readings.Collect()),
            static (output, pair) => output.ReportDiagnostic(pair.Left.FaultAmong(pair.Right).ToDiagnostic()));

        InitializeOptimizers(context, hasDevices);
    }

    /// <summary>Classes marked [Optimizer]: a part for the CPU, and one for devices where the project has them.</summary>
    void InitializeOptimizers(IncrementalGeneratorInitializationContext context, IncrementalValueProvider<bool> hasDevices)
    {
        var readings = context.CompilationProvider
            .SelectMany(OptimizerReadings.Read)
            .WithTrackingName(Steps.ReadOptimizer);

        context.RegisterSourceOutput(
            readings.SelectMany(static (reading, _) => reading.Diagnostics),
            static (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic()));

        var requested = context.CompilationProvider
            .SelectMany(RequestedOptimizers.Read)
            .WithTrackingName(Steps.ReadRequestedOptimizers);

        context.RegisterSourceOutput(
            requested.SelectMany(static (reading, _) => reading.Diagnostics),
            static (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic()));

        EmitOptimizers(context, readings, readings.Select(static (reading, cancellation) => EmittedOptimizer.ForCpu(reading, cancellation)));
        EmitOptimizers(context, readings, readings.Combine(hasDevices).Where(static pair => pair.Right)
            .Select(static (pair, cancellation) => EmittedOptimizer.ForDevices(pair.Left, cancellation)));
        EmitOptimizers(context, requested, requested.Select(static (reading, cancellation) => EmittedOptimizer.ForDevices(reading, cancellation)));
    }

    static void EmitOptimizers(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<OptimizerReading> readings, IncrementalValuesProvider<EmittedOptimizer> emitted)
    {
        emitted = emitted.WithTrackingName(Steps.EmitOptimizer);
        var names = readings.Select(static (reading, _) => EmittedOptimizer.NameOf(reading.Class)).Collect()
            .Select(static (classes, _) => new FileNames(new EquatableArray<string>(classes)));

        context.RegisterSourceOutput(
            emitted.Where(static optimizer => optimizer.Source is not null).Combine(names),
            static (output, pair) => output.AddSource(pair.Right.Of(pair.Left.Class, pair.Left.Part), pair.Left.Source!));

        context.RegisterSourceOutput(
            emitted.Where(static optimizer => optimizer.Fault is not null),
            static (output, optimizer) => output.ReportDiagnostic(optimizer.Fault!.ToDiagnostic()));
    }
}
