using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Emit;
using GraphCompiler.Generator.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator;

/// <summary>
/// The pipeline: each class marked [Graph] is read into a value-equal model, which is compiled and emitted only when it
/// changes. Places travel beside the model, for diagnostics alone, so an edit that moves lines compiles nothing.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModelGenerator : IIncrementalGenerator
{
    const string GraphAttribute = "GraphCompiler.GraphAttribute";

    /// <summary>Who references it gets code for its devices.</summary>
    const string DeviceAssembly = "GraphCompiler.Ilgpu";

    /// <summary>The names of the tracked steps.</summary>
    internal static class Steps
    {
        public const string Read = "Read";
        public const string Model = "Model";
        public const string Emit = "Emit";
    }

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var readings = context.SyntaxProvider.ForAttributeWithMetadataName(
            GraphAttribute,
            static (_, _) => true,
            static (attributed, cancellation) => IsFirstDeclaration(attributed, cancellation) ? ModelReader.Read(
                attributed.SemanticModel.Compilation, (INamedTypeSymbol)attributed.TargetSymbol, cancellation) : null)
            .Where(static reading => reading is not null)
            .Select(static (reading, _) => reading!)
            .WithTrackingName(Steps.Read);

        context.RegisterSourceOutput(
            readings.SelectMany(static (reading, _) => reading.Diagnostics),
            static (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic()));

        var hasDevices = context.CompilationProvider.Select(
            static (compilation, _) => compilation.ReferencedAssemblyNames.Any(static name => name.Name == DeviceAssembly));

        var emitted = readings
            .Select(static (reading, _) => reading.Model)
            .Where(static model => model is not null)
            .WithTrackingName(Steps.Model)
            .Combine(hasDevices)
            .Select(static (pair, cancellation) => EmittedModel.From(pair.Left!, pair.Right, cancellation))
            .WithTrackingName(Steps.Emit);

        var names = readings.Select(static (reading, _) => EmittedModel.ClassOf(reading)).Collect()
            .Select(static (classes, _) => new FileNames(new EquatableArray<string>(classes)));

        context.RegisterSourceOutput(
            emitted.Where(static model => model.Source is not null).Combine(names),
            static (output, pair) => output.AddSource(pair.Right.Of(pair.Left.Class), pair.Left.Source!));

        context.RegisterSourceOutput(
            readings.Select(static (reading, _) => reading.Outline).Where(static outline => outline is not null).Combine(names),
            static (output, pair) => output.AddSource(pair.Right.Of(EmittedModel.ClassOf(pair.Left!)), OutlineEmitter.Emit(pair.Left!)));

        context.RegisterSourceOutput(
            emitted.Where(static model => model.Fault is not null).Combine(readings.Collect()),
            static (output, pair) => output.ReportDiagnostic(pair.Left.FaultAmong(pair.Right).ToDiagnostic()));
    }

    /// <summary>A class whose parts are marked twice, which the C# compiler reports, is still one class.</summary>
    static bool IsFirstDeclaration(GeneratorAttributeSyntaxContext attributed, CancellationToken cancellation) =>
        attributed.TargetSymbol.GetAttributes()
            .Where(static a => a.AttributeClass?.ToDisplayString() == GraphAttribute)
            .Select(a => a.ApplicationSyntaxReference?.GetSyntax(cancellation).FirstAncestorOrSelf<BaseTypeDeclarationSyntax>())
            .FirstOrDefault() == attributed.TargetNode;
}
