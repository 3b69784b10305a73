using System.IO;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis.CSharp;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// The sources of Linear, LayerNorm and the other modules of GraphCompiler itself, and of its optimizers. They are read like those of any
/// library, but lie in the generator: the library that it compiles for cannot be compiled with it.
/// </summary>
internal static class BuiltInModules
{
    /// <summary>What the project that they are part of imports everywhere.</summary>
    static readonly CarriedFile Imports = new("GlobalUsings.cs", string.Concat(
        new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks" }.Select(name => $"global using {name};\n")));

    public static CarriedSources Sources { get; } = Read();

    static CarriedSources Read()
    {
        var assembly = typeof(BuiltInModules).Assembly;
        var names = assembly.GetManifestResourceNames().Where(n => n.StartsWith("Modules/", System.StringComparison.Ordinal)).OrderBy(n => n, System.StringComparer.Ordinal);
        // What the newest version of C# has is a preview of the oldest compiler that the generator is loaded by.
        return new CarriedSources((int)LanguageVersion.Preview, "", false, "GraphCompiler.Kernels", new EquatableArray<CarriedFile>(names.Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return new CarriedFile(name, reader.ReadToEnd());
        }).Prepend(Imports)));
    }
}
