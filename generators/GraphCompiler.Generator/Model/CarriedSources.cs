using System;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Models;

/// <summary>
/// The sources of a library's modules, which the library carries as attributes: a graph is made by running the code of its
/// modules at build time, and a compiled assembly has no code that could be run so.
/// </summary>
/// <param name="Language">The version of C#, as the compiler numbers it.</param>
/// <param name="Symbols">What <c>#if</c> tests, joined by semicolons.</param>
/// <param name="IsChecked">Whether arithmetic that says nothing about it is checked for overflow.</param>
/// <param name="References">The names of the assemblies that it was compiled against, but for the platform's, joined by semicolons.</param>
/// <param name="Files">The files, in the order of the project.</param>
internal sealed record CarriedSources(int Language, string Symbols, bool IsChecked, string References, EquatableArray<CarriedFile> Files)
{
    /// <summary>The form of the attributes that this version writes and reads.</summary>
    public const int Format = 1;

    /// <summary>Whether the sources know an assembly: others could declare what their names would mean instead.</summary>
    public bool Know(string assembly) => IsOfPlatform(assembly) || References.Split(';').Contains(assembly);

    public static bool IsOfPlatform(string assembly) => assembly is "System" or "mscorlib" or "netstandard" or "WindowsBase"
        || assembly.StartsWith("System.", StringComparison.Ordinal) || assembly.StartsWith("Microsoft.", StringComparison.Ordinal);
}

/// <summary>A source file: its name without folders, and its text.</summary>
internal sealed record CarriedFile(string Name, string Text);
