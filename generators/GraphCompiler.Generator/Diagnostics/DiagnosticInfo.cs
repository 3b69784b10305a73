using System;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace GraphCompiler.Generator.Diagnostics;

/// <summary>A place in a source file, by value: unlike a <see cref="Location"/> it keeps no syntax tree alive.</summary>
internal sealed record LocationInfo(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo From(SyntaxNodeOrToken syntax)
    {
        var location = syntax.GetLocation();
        return location is null ? None : new(location.SourceTree?.FilePath ?? "", location.SourceSpan, location.GetLineSpan().Span);
    }

    public static LocationInfo None { get; } = new("", default, default);

    public Location ToLocation() => Path.Length == 0 && Span.IsEmpty ? Location.None : Location.Create(Path, Span, Lines);
}

/// <summary>A diagnostic by value, as the pipeline caches it.</summary>
internal sealed record DiagnosticInfo(DiagnosticDescriptor Descriptor, LocationInfo Location, EquatableArray<string> Arguments)
{
    public bool IsError => Descriptor.DefaultSeverity == DiagnosticSeverity.Error;

    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptor, Location.ToLocation(), Arguments.Select(a => (object)a).ToArray());

    public override string ToString() => Descriptor.Id + ": "
        + string.Format(System.Globalization.CultureInfo.InvariantCulture, Descriptor.MessageFormat.ToString(System.Globalization.CultureInfo.InvariantCulture), [.. Arguments]);
}
