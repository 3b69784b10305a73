using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// Optimizers of referenced assemblies that a project asks device kernels for, [assembly: DeviceOptimizers(typeof(...))]: they are read
/// from the sources that their assembly carries.
/// </summary>
internal static class RequestedOptimizers
{
    const string Attribute = "DeviceOptimizers";

    public static IEnumerable<OptimizerReading> Read(Compilation compilation, CancellationToken cancellation)
    {
        // Few projects have the attribute, and binding those of all assemblies' after every edit takes long.
        if (!ProjectSources.Of(compilation).HasAssemblyAttribute(Attribute))
            yield break;
        var libraries = ModuleLibraries.Of(compilation);
        foreach (var attribute in compilation.Assembly.GetAttributes().Where(a => a.AttributeClass?.Name == Attribute + "Attribute"))
        {
            foreach (var type in attribute.ConstructorArguments.SelectMany(a => a.Kind == TypedConstantKind.Array ? [.. a.Values] : new[] { a })
                .Select(a => a.Value).OfType<INamedTypeSymbol>())
            {
                var source = libraries.Source(type);
                if (libraries.HasSource(source))
                    yield return OptimizerReader.Read(compilation, source, cancellation);
                else
                    yield return NoSource(attribute, type, libraries.ReasonFor(type), cancellation);
            }
        }
    }

    static OptimizerReading NoSource(AttributeData attribute, INamedTypeSymbol type, string? reason, CancellationToken cancellation)
    {
        var location = attribute.ApplicationSyntaxReference is { } reference ? LocationInfo.From(reference.GetSyntax(cancellation)) : LocationInfo.None;
        var diagnostic = new DiagnosticInfo(Descriptors.NoModuleSource, location,
            new EquatableArray<string>([$"'{type.Name}' gets no device kernels: {reason ?? "its sources are not at hand"}"]));
        return new OptimizerReading(OptimizerReader.ClassOf(type), null, new EquatableArray<DiagnosticInfo>([diagnostic]), location, CanBeExtended: false);
    }
}
