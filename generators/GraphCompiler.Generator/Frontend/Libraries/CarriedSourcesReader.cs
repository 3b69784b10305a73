using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>The sources of modules that a project has to carry, and those that an assembly carries.</summary>
internal static class CarriedSourcesReader
{
    /// <summary>What a project has to carry; null where it is no library, or one without modules.</summary>
    public static CarriedSources? Of(Compilation compilation, CancellationToken cancellation)
    {
        if (compilation.Options is not CSharpCompilationOptions { OutputKind: Microsoft.CodeAnalysis.OutputKind.DynamicallyLinkedLibrary } options)
            return null;
        var sources = ProjectSources.Of(compilation);
        var trees = sources.ModuleFiles(cancellation);
        if (trees.Length == 0 || trees[0].Options is not CSharpParseOptions parsed || !compilation.ReferencedAssemblyNames.Any(name => name.Name == LanguageTypes.Namespace))
            return null;
        var files = trees.Select(t => new CarriedFile(Path.GetFileName(t.FilePath), FileDeclarations.Of(t).Text));
        string imports = string.Join("\n", sources.GlobalUsings(outside: trees).Distinct());
        if (imports.Length > 0)
            files = files.Prepend(new CarriedFile("GlobalUsings.cs", imports));
        return new CarriedSources(
            (int)parsed.LanguageVersion, Joined(parsed.PreprocessorSymbolNames), options.CheckOverflow,
            Joined(compilation.ReferencedAssemblyNames.Select(name => name.Name).Where(name => !CarriedSources.IsOfPlatform(name))), new EquatableArray<CarriedFile>(files));
    }

    static string Joined(IEnumerable<string> names) => string.Join(";", names.Distinct().OrderBy(s => s, StringComparer.Ordinal));

    /// <summary>What an assembly carries.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="format">The form it is in; 0 where there is nothing.</param>
    /// <returns>The sources; null where there are none, or in a form of another version.</returns>
    public static CarriedSources? From(IAssemblySymbol assembly, out int format)
    {
        var attributes = assembly.GetAttributes();
        var settings = attributes.FirstOrDefault(a => LanguageTypes.IsAttribute(a, "ModuleSources"));
        format = settings?.ConstructorArguments.Select(a => a.Value).OfType<int>().FirstOrDefault() ?? 0;
        if (format != CarriedSources.Format)
            return null;
        object? Setting(string name) => settings!.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value;
        var files = attributes.Where(a => LanguageTypes.IsAttribute(a, "ModuleSource")).Select(a => a.ConstructorArguments.Select(c => c.Value).OfType<string>().ToArray())
            .Where(texts => texts.Length == 2).Select(texts => new CarriedFile(texts[0], texts[1]));
        return new CarriedSources(Setting("Language") as int? ?? 0, Setting("Symbols") as string ?? "", Setting("IsChecked") is true, Setting("References") as string ?? "",
            new EquatableArray<CarriedFile>(files));
    }
}
