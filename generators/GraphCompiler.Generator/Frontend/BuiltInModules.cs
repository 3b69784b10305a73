using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// The sources of Linear, LayerNorm and the other built-in modules. They are written in the language that the generator
/// reads, so it adds them to the user's compilation and reads them like the user's own; parsed once per parse options.
/// </summary>
internal sealed class BuiltInModules
{
    static readonly ImmutableArray<(string Name, string Text)> Sources = ReadSources();
    static readonly Dictionary<CSharpParseOptions, BuiltInModules> Parsed = [];
    static readonly ConditionalWeakTable<Compilation, Compilation> Extended = new();

    readonly ImmutableArray<SyntaxTree> trees;
    readonly HashSet<SyntaxTree> set;

    BuiltInModules(CSharpParseOptions options)
    {
        trees = [.. Sources.Select(s => CSharpSyntaxTree.ParseText(s.Text, options, path: s.Name))];
        set = [.. trees];
    }

    public bool Contains(SyntaxTree tree) => set.Contains(tree);

    public static BuiltInModules For(Compilation compilation)
    {
        var options = compilation.SyntaxTrees.FirstOrDefault()?.Options as CSharpParseOptions ?? CSharpParseOptions.Default;
        options = options.WithDocumentationMode(DocumentationMode.None);
        lock (Parsed)
        {
            // An editor that changes its symbols often would otherwise keep every variant alive.
            if (Parsed.Count > 16)
                Parsed.Clear();
            if (!Parsed.TryGetValue(options, out var modules))
                Parsed.Add(options, modules = new BuiltInModules(options));
            return modules;
        }
    }

    /// <summary>The compilation with the modules' sources; as it is where it contains them already.</summary>
    public Compilation AddTo(Compilation compilation)
    {
        if (compilation.Assembly.GetTypeByMetadataName("GraphCompiler.Linear") is not null)
            return compilation;
        return Extended.GetValue(compilation, c => c.AddSyntaxTrees(trees));
    }

    /// <summary>
    /// A source whose usings stand inside its namespace: there they go before the types that the user declares outside of all
    /// namespaces, a class called Math, say.
    /// </summary>
    static string WithInnerUsings(string source)
    {
        var usings = Regex.Matches(source, @"^using (?!static\b)([\w.]+);\r?\n", RegexOptions.Multiline).Cast<Match>().Select(m => $"using global::{m.Groups[1].Value};").ToList();
        string text = Regex.Replace(source, @"^using (?!static\b)[\w.]+;\r?\n", "", RegexOptions.Multiline);
        return new Regex(@"^namespace [\w.]+;", RegexOptions.Multiline).Replace(text, m => m.Value + string.Concat(usings.Select(u => " " + u)), 1);
    }

    static ImmutableArray<(string Name, string Text)> ReadSources()
    {
        var assembly = typeof(BuiltInModules).Assembly;
        var sources = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (string name in assembly.GetManifestResourceNames().Where(n => n.StartsWith("Modules/", System.StringComparison.Ordinal)).OrderBy(n => n, System.StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            sources.Add((name, WithInnerUsings(reader.ReadToEnd())));
        }
        return sources.ToImmutable();
    }
}
