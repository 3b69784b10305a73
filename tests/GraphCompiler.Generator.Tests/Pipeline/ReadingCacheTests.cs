using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>
/// A class is read again only if something changed that its reading looked at, and what is kept is what a generator that
/// remembers nothing would read.
/// </summary>
public sealed class ReadingCacheTests
{
    const string Imports = "using GraphCompiler; using static GraphCompiler.Ops;\n";

    /// <summary>Three graph classes that share less and less: sizes, a module over a base class and a helper, nothing.</summary>
    static readonly (string Path, string Text)[] Project =
    [
        ("Sizes.cs", "namespace Example; public static class Sizes { public const int Width = 2 * Units.One, Height = 3; public static readonly int Depth = 4; public static int Twice(int x) { return 2 * x; } }"),
        ("Units.cs", "namespace Example; static class Units { public const int One = 4, Other = 9; }"),
        ("First.cs", Imports + "namespace Example; [Graph] public sealed partial class First { readonly Block block = new(Sizes.Width); public Tensor Run([Shape(2, Sizes.Width)] Tensor x) => block.Forward(x); }"),
        ("Second.cs", Imports + "namespace Example; [Graph] public sealed partial class Second { readonly Linear layer = new(Sizes.Depth, 3); public Tensor Run([Shape(2, 4)] Tensor x) => Relu(layer.Forward(x)); }"),
        ("Third.cs", Imports + "namespace Example; [Graph] public sealed partial class Third { public Tensor Run([Shape(5)] Tensor x) => Exp(x); }"),
        ("Block.cs", Imports + "namespace Example; [Module] public sealed class Block(int width) : Base { readonly Linear layer = new(width, width); public Tensor Forward(Tensor x) => Last(layer.Forward(x).Activate()); }"),
        ("Base.cs", Imports + "namespace Example; public abstract class Base { protected virtual Tensor Last(Tensor x) => x * 2f; }"),
        ("Helpers.cs", Imports
            + "namespace Example; static class Helpers { public static Tensor Activate(this Tensor x) { return Tanh(x); } public static int Unused(this string x) => 1; }"),
        ("Elsewhere.cs", "namespace Example.Far; public sealed class Elsewhere { public const int One = 1; public int Number() => 1; string text = \"a\"; }"),
    ];

    static CSharpCompilation Compile() => GeneratorRun.Compile().AddSyntaxTrees(Project.Select(file => GeneratorRun.Parse(file.Text, file.Path)));

    static CSharpCompilation Replace(CSharpCompilation compilation, string path, Func<string, string> edit)
    {
        var tree = compilation.SyntaxTrees.Single(t => t.FilePath == path);
        return compilation.ReplaceSyntaxTree(tree, GeneratorRun.Parse(edit(tree.ToString()), path));
    }

    /// <summary>All that the generator says about a compilation.</summary>
    static string Told(GeneratorRunResult result)
    {
        Assert.Null(result.Exception);
        return string.Join("\n", result.Diagnostics.Select(d => $"{d.Location.GetLineSpan()} {d.Location.SourceSpan} {d.ToString()}").Order(StringComparer.Ordinal)
            .Concat(result.GeneratedSources.OrderBy(s => s.HintName, StringComparer.Ordinal).Select(s => s.HintName + "\n" + s.SourceText)));
    }

    /// <summary>How many classes an edit has read again; what is told then is compared with what a new generator tells.</summary>
    static int ReadAfter(Func<CSharpCompilation, CSharpCompilation> edit)
    {
        var generator = new ModelGenerator();
        var compilation = Compile();
        var driver = CSharpGeneratorDriver.Create(generator).RunGenerators(compilation);
        Assert.Empty(driver.GetRunResult().Diagnostics);
        Assert.Equal(3, generator.Readings.Count);
        // A first edit that nobody looks at: what is kept is carried from state to state.
        compilation = Replace(compilation, "Elsewhere.cs", text => text.Replace("\"a\"", "\"b\"", StringComparison.Ordinal));
        driver = driver.RunGenerators(compilation);
        Assert.Equal(3, generator.Readings.Count);

        compilation = edit(compilation);
        driver = driver.RunGenerators(compilation);
        int read = generator.Readings.Count - 3;
        Assert.Equal(Told(GeneratorRun.Run(compilation)), Told(driver.GetRunResult().Results[0]));
        driver.RunGenerators(Replace(compilation, "Elsewhere.cs", text => text + " "));
        Assert.Equal(3 + read, generator.Readings.Count);
        return read;
    }

    [Theory]
    [InlineData("Elsewhere.cs", "Number() => 1", "Number() => 2", 0)]
    [InlineData("Elsewhere.cs", "int Number() => 1", "long Numbers(int more) => more", 0)]
    [InlineData("Elsewhere.cs", "One = 1", "One = 2", 0)]
    [InlineData("Elsewhere.cs", "class Elsewhere", "class Moved : System.IDisposable", 0)]
    [InlineData("Elsewhere.cs", "namespace Example.Far", "namespace Example.Near", 0)]
    [InlineData("Elsewhere.cs", "namespace Example.Far;", "using System.Linq; namespace Example;", 0)]
    [InlineData("Elsewhere.cs", "=> 1;", "=> ", 0)]
    [InlineData("Elsewhere.cs", "public sealed class Elsewhere", "[GraphCompiler.Module] class", 0)]
    // One class has the value of a field in this file, which was looked up in it; the other has a constant.
    [InlineData("Sizes.cs", "return 2 * x", "return 3 * x", 1)]
    // Both look at a class that is made of these constants.
    [InlineData("Units.cs", "Other = 9", "Other = 10", 2)]
    [InlineData("Units.cs", "One = 4", "One = 8", 2)]
    [InlineData("Helpers.cs", "Tanh(x)", "Sigmoid(x)", 1)]
    [InlineData("Helpers.cs", "this string x) => 1", "this string x) => 2", 1)]
    [InlineData("Base.cs", "x * 2f", "x * 3f", 1)]
    [InlineData("Block.cs", "new(width, width)", "new(width, width, bias: false)", 1)]
    [InlineData("First.cs", "block.Forward(x)", "block.Forward(Relu(x))", 1)]
    [InlineData("Third.cs", "Exp(x)", "Log(x)", 1)]
    [InlineData("Third.cs", "[Graph]", "", 0)]
    [InlineData("Third.cs", "using GraphCompiler;", "using GraphCompiler; using Graph = System.SerializableAttribute;", 0)]
    [InlineData("Third.cs", "[Graph]", "[G]", 0)]
    public void An_edit_reads_what_looked_at_it(string path, string before, string after, int read)
        => Assert.Equal(read, ReadAfter(compilation => Replace(compilation, path, text =>
    {
        Assert.Contains(before, text, StringComparison.Ordinal);
        return text.Replace(before, after, StringComparison.Ordinal);
    })));

    [Theory]
    // What names mean can change in a file that none has looked at.
    [InlineData("namespace Example; static class Linear { }", 2)]
    [InlineData("namespace Example; public class Linear(int a, int b, bool bias = true) { public GraphCompiler.Tensor Forward(GraphCompiler.Tensor x) => x; }", 2)]
    [InlineData("static class Exp { }", 1)]
    // [Graph] is another attribute then, and nothing is left to read.
    [InlineData("class GraphAttribute : System.Attribute { }", 0)]
    [InlineData("namespace Example { class ShapeAttribute(params object[] sizes) : System.Attribute { } }", 3)]
    [InlineData("namespace Example.Tensor { class Inside { } }", 3)]
    [InlineData("namespace Example { static class More { public static GraphCompiler.Tensor Activate(this GraphCompiler.Tensor x) => x; } }", 1)]
    [InlineData("namespace Example { static class More { public static GraphCompiler.Tensor Passive(this GraphCompiler.Tensor x) => x; } }", 0)]
    [InlineData("namespace Example { static class More { public static void Deconstruct(this int x, out int y, out int z) => y = z = x; } }", 3)]
    [InlineData("global using Ops = System.Math;", 3)]
    [InlineData("global using G = GraphCompiler.GraphAttribute;", 3)]
    [InlineData("[assembly: System.CLSCompliant(false)]", 3)]
    [InlineData("namespace System { struct Index { } }", 3)]
    [InlineData("namespace Example { partial class Third { readonly GraphCompiler.Linear layer = new(5, 5); } }", 1)]
    [InlineData("namespace Example { class Fourth { } namespace Deep { enum Fifth { A } delegate void Sixth(); } }", 0)]
    [InlineData("System.Console.WriteLine();", 0)]
    [InlineData("}}} garbage ((( class", 0)]
    public void A_new_file_reads_what_it_may_concern(string text, int read) =>
        Assert.Equal(read, ReadAfter(compilation => compilation.AddSyntaxTrees(GeneratorRun.Parse(text, "New.cs"))));

    [Theory]
    [InlineData("Elsewhere.cs", 0)]
    [InlineData("Helpers.cs", 1)]
    [InlineData("Units.cs", 2)]
    [InlineData("Third.cs", 0)]
    public void A_lost_file_reads_what_used_it(string path, int read) => Assert.Equal(read, ReadAfter(compilation =>
    {
        var lost = compilation.SyntaxTrees.Single(t => t.FilePath == path);
        compilation = compilation.RemoveSyntaxTrees(lost);
        return path == "Elsewhere.cs" ? compilation.AddSyntaxTrees(GeneratorRun.Parse("", path)) : compilation;
    }));

    [Fact]
    public void Options_and_references_concern_all()
    {
        Assert.Equal(3, ReadAfter(c => c.WithOptions(c.Options.WithAllowUnsafe(false))));
        Assert.Equal(3, ReadAfter(c => c.RemoveReferences(c.References.First(r => r.Display!.EndsWith("System.Net.Http.dll", StringComparison.Ordinal)))));
        Assert.Equal(3, ReadAfter(c => c.WithAssemblyName("Renamed")));
    }

    [Fact]
    public void A_new_file_in_front_compiles_no_model_again()
    {
        var generator = new ModelGenerator();
        var compilation = Compile();
        var driver = CSharpGeneratorDriver.Create(generator).RunGenerators(compilation);
        var texts = driver.GetRunResult().Results[0].GeneratedSources.ToDictionary(s => s.HintName, s => s.SourceText.ToString());
        var added = GeneratorRun.Parse(Imports + "[Graph] partial class Added { public Tensor Run([Shape(5)] Tensor x) => Abs(x); }", "Added.cs");
        compilation = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees([added, .. compilation.SyntaxTrees]);

        var result = driver.RunGenerators(compilation).GetRunResult().Results[0];

        Assert.Equal(4, generator.Readings.Count);
        // Besides the models the project carries the sources of its module.
        Assert.Equal(4 + 1, result.GeneratedSources.Length);
        Assert.All(texts, text => Assert.Equal(text.Value, result.GeneratedSources.Single(s => s.HintName == text.Key).SourceText.ToString()));
    }

    /// <summary>An edit in a project that is referenced as source, as editors do.</summary>
    [Theory]
    [InlineData("return 2", "return 3", 0)]
    [InlineData("Other = 1", "Other = 2", 0)]
    [InlineData("Size = 5", "Size = 6", 1)]
    public void A_referenced_project_is_looked_into_like_the_project(string before, string after, int read)
    {
        const string Library = "namespace Library; public static class Lengths { public const int Size = 5; } public static class Idle { public const int Other = 1; public static int Get() { return 2; } }";
        var library = CSharpCompilation.Create("Library", [GeneratorRun.Parse(Library, "Library.cs")], GeneratorRun.Compile().References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var edited = library.ReplaceSyntaxTree(library.SyntaxTrees[0], GeneratorRun.Parse(Library.Replace(before, after, StringComparison.Ordinal), "Library.cs"));
        var first = Compile().AddReferences(library.ToMetadataReference()).AddSyntaxTrees(GeneratorRun.Parse(
            Imports + "[Graph] partial class User { public Tensor Run([Shape(Library.Lengths.Size)] Tensor x) => Abs(x); }", "User.cs"));
        var second = first.ReplaceReference(first.References.Last(), edited.ToMetadataReference());
        var generator = new ModelGenerator();
        var driver = CSharpGeneratorDriver.Create(generator).RunGenerators(first);
        Assert.Equal(4, generator.Readings.Count);

        driver = driver.RunGenerators(second);

        Assert.Equal(4 + read, generator.Readings.Count);
        Assert.Equal(Told(GeneratorRun.Run(second)), Told(driver.GetRunResult().Results[0]));
    }

    /// <summary>Random edits, one after the other: replaced words, lost and found files, declarations that come and go.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_edits_tell_what_a_new_generator_tells(int seed)
    {
        string[][] words =
        [
            ["Width", "Depth", "Height"], ["Relu(", "Tanh(", "Activate("], ["= 4", "= 8", "= Units.Other"], ["public", "internal"], ["Linear", "Block",
                "TransposedLinear"], ["* 2f", "+ 3f", ".Nothing()"],
            ["namespace Example;", "namespace Example.Far;", "namespace Other;", "namespace System;"], ["x)", "x, int y = 0)"], ["static class", "static partial class"], ["=> x",
                "=> Exp(x)"], ["virtual ", "abstract ", ""],
            ["[Graph]", "[Graph, Dim(\"n\", Max = 3)]", "[Module]"], [";", ";\n\n", "; // note\n"], ["readonly", ""], ["this Tensor", "Tensor"],
        ];
        string[] additions =
        [
            "namespace Example; class Linear(int a, int b) { }", "namespace Example; partial class First { readonly Linear more = new(2, 2); }", "static class Sizes { public const int Width = 7; }",
            "global using Example.Far;", "global using static Example.Sizes;", "namespace Example.Ops { class Empty { } }", "namespace Example; static class Further { public static GraphCompiler.Tensor Activate(this GraphCompiler.Tensor x) => x; }",
            Imports + "namespace Example; [Graph] partial class Fourth { readonly Block block = new(4); public Tensor Run([Shape(4)] Tensor x) => block.Forward(x); }", "namespace Example; class Plain { int x = 1; }", "",
        ];
        var random = new Random(seed);
        var compilation = Compile();
        var generator = new ModelGenerator();
        GeneratorDriver driver = CSharpGeneratorDriver.Create(generator);
        var before = compilation;
        int files = 0, told = 0;
        for (int i = 0; i < 60; i++)
        {
            var tree = compilation.SyntaxTrees[random.Next(compilation.SyntaxTrees.Length)];
            switch (random.Next(12))
            {
                case 0:
                    compilation = compilation.AddSyntaxTrees(GeneratorRun.Parse(additions[random.Next(additions.Length)], $"Added{files++}.cs"));
                    break;
                case 1 when compilation.SyntaxTrees.Length > 8:
                    compilation = compilation.RemoveSyntaxTrees(tree);
                    break;
                case 2:
                    (compilation, before) = (before, compilation);
                    break;
                case 3:
                    compilation = compilation.RemoveSyntaxTrees(tree).AddSyntaxTrees(tree);
                    break;
                default:
                    before = compilation;
                    string[] choice = words[random.Next(words.Length)];
                    string from = choice[random.Next(choice.Length)], to = choice[random.Next(choice.Length)];
                    string text = tree.ToString();
                    int at = from.Length == 0 ? -1 : text.IndexOf(from, random.Next(text.Length), StringComparison.Ordinal);
                    if (at >= 0)
                        compilation = compilation.ReplaceSyntaxTree(tree, GeneratorRun.Parse(text[..at] + to + text[(at + from.Length)..], tree.FilePath));
                    break;
            }
            driver = driver.RunGenerators(compilation);
            string now = Told(driver.GetRunResult().Results[0]);
            Assert.True(Told(GeneratorRun.Run(compilation)) == now,
                string.Create(CultureInfo.InvariantCulture, $"Step {i}: {now}\n\n{string.Join("\n\n", compilation.SyntaxTrees)}"));
            told += now.Length;
        }
        Assert.True(told > 0);
    }

    [Fact]
    public void A_reading_keeps_no_compilation_alive()
    {
        var generator = new ModelGenerator();
        var compilation = Compile();
        GeneratorDriver driver = CSharpGeneratorDriver.Create(generator);
        var old = new List<WeakReference>();
        for (int i = 0; i < 3; i++)
            (driver, compilation) = Next(driver, compilation, old);
        // A driver may keep the last compilation that it saw, and the one before as what it compares with.
        driver = driver.RunGenerators(Compile());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal([false, false], old.Take(2).Select(w => w.IsAlive));
        GC.KeepAlive(driver);
        GC.KeepAlive(generator);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    static (GeneratorDriver, CSharpCompilation) Next(GeneratorDriver driver, CSharpCompilation compilation, List<WeakReference> old)
    {
        driver = driver.RunGenerators(compilation);
        old.Add(new WeakReference(compilation));
        return (driver, Replace(compilation, "Elsewhere.cs", text => text + " "));
    }
}
