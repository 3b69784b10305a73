using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Tests.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>Graphs of modules that another project was compiled with.</summary>
public sealed class LibraryTests
{
    const string Imports = "using GraphCompiler; using static GraphCompiler.Ops;\n";

    static readonly CSharpCompilationOptions Options = new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);

    static CSharpCompilation Project(string name, IEnumerable<MetadataReference> references, params string[] sources) => CSharpCompilation.Create(
        name, sources.Select((source, i) => GeneratorRun.Parse(source, $"/sources/{name}{i}.cs")), [.. GeneratorRun.Compile().References, .. references], Options);

    /// <summary>What the compiler makes of a project.</summary>
    static MetadataReference Compile(CSharpCompilation compilation, bool withGenerator = true)
    {
        Compilation compiled = compilation;
        if (withGenerator)
        {
            GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(compilation, out compiled, out var diagnostics);
            Assert.Empty(diagnostics);
        }
        using var image = new MemoryStream();
        // What projects compile against has no code, and so no reference that code alone needs.
        var result = compiled.Emit(image, options: new Microsoft.CodeAnalysis.Emit.EmitOptions(metadataOnly: true, includePrivateMembers: false));
        Assert.Empty(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    static MetadataReference Library(string name, params string[] sources) => Compile(Project(name, [], sources));

    static ModelReading Read(string source, params MetadataReference[] references)
    {
        var compilation = Project("App", references, source);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        return Reading.Read(compilation);
    }

    static Model Accept(string source, params MetadataReference[] references)
    {
        var reading = Read(source, references);
        Assert.Empty(reading.Diagnostics.Select(d => d.ToString()));
        return Assert.IsType<Model>(reading.Model);
    }

    static string Describe(Model model) => string.Join("\n", model.Parameters.Select(p => $"{p.Name} [{string.Join(", ", p.Shape)}] {p.Initialization}")
        .Concat(model.Methods.Select(m => $"{m.Name}\n{m.Graph}")));

    /// <summary>Graphs and parameters are those of the same code in one project.</summary>
    static Model SameAsInOneProject(string app, params string[] library)
    {
        var model = Accept(app, Library("Blocks", library));
        var own = Project("App", [], [app, .. library]);
        Assert.Equal(Describe(Reading.Read(own).Model!), Describe(model));
        return model;
    }

    const string Blocks = Imports + """
        namespace Blocks;

        [Module]
        public sealed class Residual(int width, ResidualOptions options) : Layer(options.Scale)
        {
            readonly Linear expand = new(width, Sizes.Factor * width), project = new(Sizes.Factor * width, width);

            public ResidualOptions Options => options;

            public override Tensor Forward(Tensor x) => x + Scaled(project.Forward(expand.Forward(x).Apply(options.Activation)));

            [Module]
            public sealed class Inner
            {
                readonly Parameter gain = new([3], Init.Ones);

                public Tensor Forward(Tensor x) => x * gain;
            }
        }

        public sealed record ResidualOptions(float Scale = 0.5f) { public Activation Activation { get; init; } = Activation.Gelu; }

        [Module]
        public sealed class Repeat<T>(int count, Func<int, T> make) where T : IStep
        {
            readonly T[] steps = [.. System.Linq.Enumerable.Range(0, count).Select(make)];

            public Tensor Forward(Tensor x)
            {
                foreach (var step in steps)
                    x = step.Forward(x);
                return x;
            }
        }
        """;

    const string Layer = Imports + """
        namespace Blocks;

        public interface IStep { Tensor Forward(Tensor x); }

        public abstract class Layer(float scale) : IStep
        {
            public abstract Tensor Forward(Tensor x);

            protected virtual Tensor Scaled(Tensor x) => x * Twice.Of(scale);
        }

        public static class Functions
        {
            public static readonly float[] Weights = [1, 2, 3];

            public static Tensor Weighted(Tensor x) => x * Weights[1];
        }
        """;

    const string Helpers = """
        global using System;
        global using System.Linq;
        using GraphCompiler;

        namespace Blocks;

        static class Sizes { public const int Factor = 2 + Two; const int Two = 2; }

        static class Twice { public static float Of(float x) => 2 * x; }

        static class Extensions
        {
            public static Tensor Apply(this Tensor x, Activation activation) => activation == Activation.Gelu ? Ops.Gelu(x) : Ops.Relu(x);
        }
        """;

    static string App(string members, string others = "")
        => Imports + "using System.Linq; using Blocks;\nnamespace Mine;\n" + others + "\n[Graph] public sealed partial class Net {\n" + members + "\n}";

    [Fact]
    public void Modules_with_all_that_they_use()
    {
        var model = SameAsInOneProject(App("""
            readonly Residual block = new(3, new ResidualOptions { Activation = Activation.Relu });
            readonly Residual.Inner inner = new();
            readonly Repeat<Residual> more = new(2, i => new Residual(3, new ResidualOptions(i + 1)));

            public Tensor Run([Shape(2, 3)] Tensor x) => Functions.Weighted(more.Forward(inner.Forward(block.Forward(x)))) * block.Options.Scale;
            """), Blocks, Layer, Helpers);
        Assert.Equal(13, model.Parameters.Count);
        Assert.Equal("block.expand.weight", model.Parameters[0].Name);
        Assert.Contains(model.Parameters, p => p.Name == "more.steps.1.project.bias");
    }

    [Fact]
    public void Classes_of_the_user_in_their_place() => SameAsInOneProject(
        App("""
            readonly Repeat<IStep> steps = new(2, i => i == 0 ? new Mine() : new Swish());
            readonly Half half = new();

            public Tensor Run([Shape(2, 3)] Tensor x) => half.Forward(steps.Forward(x));
            """,
            """
            [Module] sealed class Mine() : Layer(2) { readonly Linear linear = new(3, 3); public override Tensor Forward(Tensor x) => Scaled(linear.Forward(x)); }
            [Module] sealed class Half() : Layer(3) { public override Tensor Forward(Tensor x) => Scaled(x); protected override Tensor Scaled(Tensor x) => base.Scaled(x) + 1f; }
            sealed class Swish : IStep { public Tensor Forward(Tensor x) => x is Tensor y ? Silu(y) : x; }
            """),
        Blocks, Layer, Helpers);

    [Fact]
    public void Layers_of_the_user_in_built_in_containers() => Assert.Equal(4, Accept(App("""
        readonly Sequential all = new(new Linear(3, 4), new Own(), new Residual.Inner2());
        public Tensor Run([Shape(2, 3)] Tensor x) => all.Forward(x);
        """, "[Module] sealed class Own : ILayer { readonly Parameter gain = new([4]); public Tensor Forward(Tensor x) => x * gain; }"),
        Library("Blocks", Imports + "namespace Blocks; public static class Residual { [Module] public sealed class Inner2 : ILayer { readonly Parameter gain = new([4]); public Tensor Forward(Tensor x) => x * gain; } }")).Parameters.Count);

    /// <summary>They are compiled anew for each project, whatever it imports.</summary>
    [Fact]
    public void Built_in_modules_compile_in_any_project()
    {
        var compilation = Project("App", []);
        var linear = ModuleLibraries.Of(compilation).Source<ISymbol>(compilation.GetTypeByMetadataName("GraphCompiler.Linear")!);

        Assert.NotEmpty(linear.DeclaringSyntaxReferences);
        var library = Assert.IsAssignableFrom<ISourceAssemblySymbol>(linear.ContainingAssembly).Compilation;
        var errors = library.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString());
        Assert.DoesNotContain(errors, error => !IsOfOtherHalf(error));

        // The other half of an optimizer is what the compiler emits for it: all that may be missing is what it adds.
        static bool IsOfOtherHalf(string error) => error.Contains("error CS0534", StringComparison.Ordinal)
            && (error.Contains("Optimizer.CreateFormula()", StringComparison.Ordinal) || error.Contains("Optimizer.OwnHyperparameters", StringComparison.Ordinal));
    }

    [Fact]
    public void Helpers_of_one_name_are_each_librarys_own()
    {
        string Source(string space, string operation) => Imports + $$"""
            namespace {{space}} { [Module] public sealed class Block { public Tensor Forward(Tensor x) => Shared.Helper.Do(x); } }
            namespace Shared { static class Helper { public static Tensor Do(Tensor x) => {{operation}}(x); } }
            """;
        var model = Accept(
            Imports + """
            namespace Shared { static class Helper { public static Tensor Do(Tensor x) => Tanh(x); } }
            namespace Mine
            {
                static class Linear { }
                [Graph] public sealed partial class Net
                {
                    readonly One.Block one = new(); readonly Two.Block two = new();
                    public Tensor Run([Shape(2)] Tensor x) => Shared.Helper.Do(two.Forward(one.Forward(x)));
                }
            }
            """,
            Library("First", Source("One", "Exp")), Library("Second", Source("Two", "Sin")));

        Assert.Equal(["Input", "Exp", "Sin", "Tanh"], model.Methods[0].Graph.Nodes.Select(n => n.Op.ToString()));
    }

    [Fact]
    public void Libraries_use_libraries()
    {
        var first = Library("First", Imports + "namespace One; [Module] public class Block { readonly Linear layer = new(2, 2); public virtual Tensor Forward(Tensor x) => Last(layer.Forward(x)); protected virtual Tensor Last(Tensor x) => x; }");
        var second = Compile(Project("Second", [first], Imports + "namespace Two; [Module] public class Pair : One.Block { readonly One.Block inner = new(); protected override Tensor Last(Tensor x) => inner.Forward(Exp(x)); }"));
        string app = Imports + "[Graph] public sealed partial class Net { readonly Third pair = new(); public Tensor Run([Shape(2)] Tensor x) => pair.Forward(x); }\n"
            + "[Module] public sealed class Third : Two.Pair { public override Tensor Forward(Tensor x) => base.Forward(x) * 2f; }";

        var model = Accept(app, first, second);

        Assert.Equal(["pair.layer.weight", "pair.layer.bias", "pair.inner.layer.weight", "pair.inner.layer.bias"], model.Parameters.Select(p => p.Name));
        Assert.Single(model.Methods[0].Graph.Nodes, n => n.Op == Generator.Graphs.Op.Exp);
    }

    /// <summary>Global usings, symbols and overflow checks are the library's, not those of the project that uses it.</summary>
    [Fact]
    public void Settings_are_the_librarys()
    {
        const string Source = """
            namespace Blocks;
            [Module] public sealed class Block
            {
            #if SPECIAL
                const int Size = 3;
            #else
                const int Size = 4;
            #endif
                readonly Parameter gain = new([Size]);
                public Tensor Forward(Tensor x) => x * gain * Overflow(int.MaxValue);
                float Overflow(int x) { x++; return x > 0 ? 1f : 2f; }
            }
            """;
        var options = new CSharpParseOptions(LanguageVersion.CSharp13, preprocessorSymbols: ["SPECIAL", "OTHER"]);
        var library = Project("Blocks", [], []).AddSyntaxTrees(
            CSharpSyntaxTree.ParseText(Source, options, "Block.cs"), CSharpSyntaxTree.ParseText("global using GraphCompiler; global using Missing = System.Math;", options,
                "obj/Imports.cs"));
        const string App = Imports
            + "namespace Mine { [Graph] public partial class Net { readonly Blocks.Block block = new(); public Tensor Run([Shape(2, 3)] Tensor x) => block.Forward(x); } }";

        Assert.Equal([3], Accept(App, Compile(library)).Parameters[0].Shape);
        var checkedReading = Read(App, Compile(library.WithOptions(Options.WithOverflowChecks(true))));
        Assert.Equal("GC0307", Assert.Single(checkedReading.Diagnostics).Descriptor.Id);
    }

    [Fact]
    public void Friends_use_what_is_internal()
    {
        const string Source = Imports + "[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"App\")]\nnamespace Blocks; [Module] sealed class Block { internal readonly int Size = 2; internal Tensor Forward(Tensor x) => Exp(x); }";
        Assert.Equal(2, Accept(App("readonly Block block = new(); public Tensor Run([Shape(2)] Tensor x) => block.Forward(x).Reshape(block.Size);"),
            Library("Blocks", Source)).Methods[0].Graph.Nodes.Count(n => n.Op is Generator.Graphs.Op.Exp or Generator.Graphs.Op.Input));
        Assert.Null(CarriedSourcesReader.Of(Project("Blocks", [],
            Source.Replace("[assembly: System.Runtime.CompilerServices.InternalsVisibleTo(\"App\")]\n", "", StringComparison.Ordinal)), default));
    }

    [Fact]
    public void A_library_carries_what_its_modules_use()
    {
        var library = Project("Blocks", [], Blocks, Layer, Helpers, "namespace Blocks; public static class Unrelated { public static int One() => 1; }");

        var carried = CarriedSourcesReader.Of(library, default)!;

        Assert.Equal(["Blocks0.cs", "Blocks1.cs", "Blocks2.cs"], carried.Files.Select(f => f.Name));
        Assert.Equal(Layer, carried.Files[1].Text);
        Assert.Null(CarriedSourcesReader.Of(library.WithOptions(Options.WithOutputKind(OutputKind.ConsoleApplication)), default));
        Assert.Null(CarriedSourcesReader.Of(library.RemoveSyntaxTrees(library.SyntaxTrees.Take(2)), default));
        // A graph of the library is used by its counterparts, which are compiled.
        Assert.Null(CarriedSourcesReader.Of(Project("Nets", [], Imports + "[Graph] public partial class Net { public Tensor Run([Shape(2)] Tensor x) => x; }"), default));
    }

    /// <summary>Positions in the message are in the user's source, and the module is named.</summary>
    [Theory]
    [InlineData("block.Forward(Concat([x, x], 1))", "GC0201", "block (Residual)")]
    [InlineData("Functions.Weighted(null!)", "GC0306", "null")]
    public void Faults_inside_are_reported_at_the_call(string call, string id, string text)
    {
        string app = App("readonly Residual block = new(3, new());\npublic Tensor Run([Shape(2, 3)] Tensor x) => " + call + ";");
        var diagnostic = Assert.Single(Read(app, Library("Blocks", Blocks, Layer, Helpers)).Diagnostics);
        Assert.Equal(id, diagnostic.Descriptor.Id);
        Assert.Equal(call, app.Substring(diagnostic.Location.Span.Start, diagnostic.Location.Span.Length));
        Assert.Equal("/sources/App0.cs", diagnostic.Location.Path);
        Assert.Contains(text, diagnostic.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("readonly Residual block = new(3, new()); public Tensor Run([Shape(2, 3)] Tensor x) => block.Forward(x);", "new()")]
    [InlineData("public Tensor Run([Shape(2, 3)] Tensor x) => Functions.Weighted(x);", "Functions.Weighted(x)")]
    [InlineData("readonly Mine block = new(); public Tensor Run([Shape(2, 3)] Tensor x) => block.Forward(x); [Module] sealed class Mine() : Layer(1) { public override Tensor Forward(Tensor x) => Scaled(x); }", "new()")]
    public void Without_the_sources_one_diagnostic_says_what_to_do(string members, string place)
    {
        string app = App(members);
        var diagnostic = Assert.Single(Read(app, Compile(Project("Blocks", [], Blocks, Layer, Helpers), withGenerator: false)).Diagnostics);
        Assert.Equal("GC0120", diagnostic.Descriptor.Id);
        Assert.Equal(place, app.Substring(diagnostic.Location.Span.Start, diagnostic.Location.Span.Length));
        Assert.Contains("reference GraphCompiler.Generator as an analyzer in the project of 'Blocks'", diagnostic.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Sources_of_another_version_are_not_guessed_at()
    {
        var library = Project("Blocks", [],
            Imports + "[assembly: ModuleSources(7)]\nnamespace Blocks; [Module] public sealed class Block { public Tensor Forward(Tensor x) => x; }");
        var diagnostic = Assert.Single(Read(App("readonly Block block = new(); public Tensor Run([Shape(2)] Tensor x) => block.Forward(x);"),
            Compile(library, withGenerator: false)).Diagnostics);
        Assert.Equal("GC0120", diagnostic.Descriptor.Id);
        Assert.Contains("in format 7, and this version of GraphCompiler reads format 1", diagnostic.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_reference_is_named()
    {
        var first = Library("First", Imports + "namespace One; [Module] public sealed class Block { public Tensor Forward(Tensor x) => x; }");
        var second = Compile(Project("Second", [first], Imports + "namespace Two; [Module] public sealed class Pair { readonly Linear layer = new(2, 2); public Tensor Forward(Tensor x) { var inner = new One.Block(); return inner.Forward(layer.Forward(x)); } }"));
        string app = Imports + "[Graph] public sealed partial class Net { readonly Two.Pair pair = new(); public Tensor Run([Shape(2)] Tensor x) => pair.Forward(x); }";
        var diagnostic = Assert.Single(Read(app, second).Diagnostics);
        Assert.Equal("GC0120", diagnostic.Descriptor.Id);
        Assert.Equal("pair.Forward(x)", app.Substring(diagnostic.Location.Span.Start, diagnostic.Location.Span.Length));
        Assert.Contains("in 'Second' it says CS0246", diagnostic.ToString(), StringComparison.Ordinal);
    }

    /// <summary>In an editor the library is a project, whose files are at hand and whose generated files are part of it.</summary>
    [Fact]
    public void A_library_that_is_a_project_in_the_editor()
    {
        MetadataReference Reference(string operation)
        {
            GeneratorRun.Driver()
                .RunGeneratorsAndUpdateCompilation(Project("Blocks", [],
                Imports + $"namespace Blocks; [Module] public sealed class Block {{ public Tensor Forward(Tensor x) => {operation}(x); }}"), out var updated, out _);
            return updated.ToMetadataReference();
        }
        var app = Project("App", [Reference("Exp")], App("readonly Block block = new(); public Tensor Run([Shape(2)] Tensor x) => block.Forward(x);"));
        var generator = new ModelGenerator();
        var driver = CSharpGeneratorDriver.Create(generator).RunGenerators(app);
        Assert.Contains("Exp", Assert.Single(driver.GetRunResult().GeneratedTrees).ToString(), StringComparison.Ordinal);

        app = app.ReplaceReference(app.References.Last(), Reference("Tanh"));
        driver = driver.RunGenerators(app);

        Assert.Contains("Tanh", Assert.Single(driver.GetRunResult().GeneratedTrees).ToString(), StringComparison.Ordinal);
        Assert.Equal(2, generator.Readings.Count);
    }

    [Fact]
    public void What_is_carried_is_read_as_it_was_written()
    {
        const string Source = Imports + "// \"quoted\" \u00e4\u4e00 \\ {0}\r\nnamespace Blocks; [Module] public sealed class Block { const string Text = @\"a \"\"b\"\"\"; public Tensor Forward(Tensor x) => x; }\r\n";
        var compilation = Project("App", [Library("Blocks", Source)]);
        var assembly = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(compilation.References.Last())!;

        var carried = CarriedSourcesReader.From(assembly, out int format)!;

        Assert.Equal(1, format);
        Assert.Equal(CarriedSourcesReader.Of(Project("Blocks", [], Source), default), carried);
        Assert.Equal(Source, Assert.Single(carried.Files).Text);
        Assert.Equal("Blocks0.cs", carried.Files[0].Name);
    }
}
