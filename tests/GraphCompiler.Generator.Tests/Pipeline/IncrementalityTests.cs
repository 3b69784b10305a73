using System.Collections;
using System.Globalization;
using System.Reflection;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;
using Xunit;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>What is computed again after an edit, what the caches hold, and that equal sources give equal texts.</summary>
public sealed class IncrementalityTests
{
    const string First = """
        using GraphCompiler;
        using static GraphCompiler.Ops;

        namespace Example;

        [Graph]
        public sealed partial class First
        {
            readonly Linear layer = new(8, 4);

            public Tensor Forward([Shape(2, 8)] Tensor x) => Relu(layer.Forward(x));

            public static int Unrelated() => 1;
        }
        """;

    const string Second = """
        using GraphCompiler;
        using static GraphCompiler.Ops;

        namespace Example;

        [Graph]
        public sealed partial class Second
        {
            public Tensor Forward([Shape(3)] Tensor x) => Exp(x);
        }
        """;

    const string Other = "namespace Example; public static class Other { public static int One => 1; }";

    /// <summary>How the emission of each class came about in the second of two runs.</summary>
    static Dictionary<string, IncrementalStepRunReason> Edit(string file, string before, string after)
    {
        var compilation = GeneratorRun.Compile(First, Second, Other);
        var driver = GeneratorRun.Driver().RunGenerators(compilation);
        var tree = compilation.SyntaxTrees.Single(t => t.FilePath == file);
        string source = tree.ToString();
        Assert.Contains(before, source, StringComparison.Ordinal);
        string changed = source.Replace(before, after, StringComparison.Ordinal);
        compilation = compilation.ReplaceSyntaxTree(tree, GeneratorRun.Parse(changed, file));
        var result = driver.RunGenerators(compilation).GetRunResult().Results[0];
        return result.TrackedSteps[ModelGenerator.Steps.Emit].SelectMany(s => s.Outputs).ToDictionary(o => ((EmittedModel)o.Value).Class, o => o.Reason);
    }

    static bool IsReused(IncrementalStepRunReason reason) => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged;

    [Theory]
    [InlineData("File0.cs", "public Tensor Forward", "// A comment.\n    public Tensor Forward")]
    [InlineData("File0.cs", "Relu(layer.Forward(x))", "Relu(/* here */ layer.Forward(x))")]
    [InlineData("File0.cs", "Relu(layer.Forward(x))", "Relu( layer\n        .Forward (x) )")]
    [InlineData("File0.cs", "namespace Example;", "\n\n\nnamespace Example;\n\n")]
    [InlineData("File0.cs", "Unrelated() => 1", "Unrelated() => 2 + 3")]
    [InlineData("File2.cs", "One => 1", "One => 2")]
    [InlineData("File2.cs", "namespace Example;", "namespace Elsewhere;")]
    public void Edits_that_mean_nothing_emit_nothing(string file, string before, string after) =>
        Assert.All(Edit(file, before, after), emitted => Assert.True(IsReused(emitted.Value), $"{emitted.Key} is {emitted.Value}."));

    [Theory]
    [InlineData("Relu(layer.Forward(x))", "Tanh(layer.Forward(x))")]
    [InlineData("Relu(layer.Forward(x))", "Relu(layer.Forward(x)) + 1f")]
    [InlineData("new(8, 4)", "new(8, 5)")]
    [InlineData("class First", "class Renamed")]
    public void An_edit_of_one_model_emits_it_alone(string before, string after)
    {
        var reasons = Edit("File0.cs", before, after);

        Assert.Equal(2, reasons.Count);
        Assert.True(IsReused(reasons["Example.Second"]));
        Assert.False(IsReused(reasons.Single(r => r.Key != "Example.Second").Value));
    }

    [Fact]
    public void Classes_that_differ_in_case_alone_have_files_of_their_own()
    {
        string Class(string name) => GeneratorRun.Net("public Tensor Forward([Shape(3)] Tensor x) => Exp(x);").Replace("class Net", $"class {name}", StringComparison.Ordinal);
        var result = GeneratorRun.Run(GeneratorRun.Compile(Class("Net"), Class("NET"), Class("Other")));
        Assert.Empty(result.Diagnostics);
        Assert.Null(result.Exception);
        Assert.Equal(["Example.NET.g.cs", "Example.Net(2).g.cs", "Example.Other.g.cs"], result.GeneratedSources.Select(s => s.HintName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Moved_lines_move_only_diagnostics()
    {
        const string Unused = "    readonly Linear unused = new(2, 3);\n\n    public static int";
        string source = First.Replace("    public static int", Unused, StringComparison.Ordinal);
        var compilation = GeneratorRun.Compile(source);
        var driver = GeneratorRun.Driver().RunGenerators(compilation);
        var before = driver.GetRunResult().Results[0];
        driver = driver.RunGenerators(compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[0], GeneratorRun.Parse("\n\n" + source, "File0.cs")));
        var after = driver.GetRunResult().Results[0];

        Assert.NotEmpty(before.Diagnostics);
        Assert.Equal(before.Diagnostics.Select(d => d.ToString().Split(": ", 2)[1]), after.Diagnostics.Select(d => d.ToString().Split(": ", 2)[1]));
        Assert.Equal(before.Diagnostics.Select(d => d.Location.GetLineSpan().StartLinePosition.Line + 2),
            after.Diagnostics.Select(d => d.Location.GetLineSpan().StartLinePosition.Line));
        Assert.All(after.TrackedSteps[ModelGenerator.Steps.Emit].SelectMany(s => s.Outputs), o => Assert.True(IsReused(o.Reason)));
    }

    [Fact]
    public void Caches_hold_nothing_of_the_compiler()
    {
        var result = GeneratorRun.Run(GeneratorRun.Compile(First, Second, GeneratorRun.Net("public Tensor Broken([Shape(2)] Tensor x) => x.Reshape(3);")));
        string[] steps = [ModelGenerator.Steps.Read, ModelGenerator.Steps.Model, ModelGenerator.Steps.Emit];
        var waiting = new Stack<object>(steps.SelectMany(s => result.TrackedSteps[s]).SelectMany(s => s.Outputs).Select(o => o.Value));
        Assert.True(waiting.Count >= 7);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        while (waiting.TryPop(out object? value))
        {
            var type = value.GetType();
            if (type.IsPrimitive || type.IsEnum || value is string or Type or Delegate or MemberInfo || !seen.Add(value))
                continue;
            Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Compilation or IOperation or Location or SemanticModel or SyntaxReference, $"A {type} is cached.");
            if (value is IEnumerable items)
            {
                foreach (object? item in items)
                    if (item is not null)
                        waiting.Push(item);
            }
            for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
            {
                foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    if (!field.FieldType.IsPointer && field.GetValue(value) is { } inner)
                        waiting.Push(inner);
            }
        }
        Assert.True(seen.Count > 100);
    }

    [Fact]
    public void Equal_sources_give_equal_texts()
    {
        string source = Snapshots.ModelSnapshotTests.DigitClassifier();
        string first = GeneratorRun.Accept(source).Single();
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            odd.NumberFormat.NumberDecimalSeparator = ",";
            odd.NumberFormat.NumberGroupSeparator = "·";
            odd.NumberFormat.NegativeSign = "minus";
            odd.NumberFormat.PositiveInfinitySymbol = "much";
            odd.NumberFormat.NegativeInfinitySymbol = "little";
            CultureInfo.CurrentCulture = odd;
            Assert.Equal(first, GeneratorRun.Accept(source).Single());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
        Assert.DoesNotContain('\r', first);
    }

    [Fact]
    public void A_fault_of_the_compiler_is_reported_at_the_class()
    {
        var compilation = GeneratorRun.Compile(First);
        var reading = ModelReader.Read(compilation, compilation.GetTypeByMetadataName("Example.First")!, default);
        var graph = new Graph();
        var x = graph.Input("x", new Shape([2, 8]), ElementType.Float32);
        graph.AddOutput("result", x);
        // An objective that is no number: nothing that the reader lets through.
        var faulty = reading.Model! with { Methods = new EquatableArray<ModelMethod>([reading.Model.Methods[0] with { IsObjective = true, Graph = graph }]) };

        var emitted = EmittedModel.From(faulty, forDevices: false, default);
        var diagnostic = emitted.FaultAmong([reading]).ToDiagnostic();

        Assert.Null(emitted.Source);
        Assert.Equal("GC9999", diagnostic.Id);
        Assert.Equal("First", First.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        Assert.Contains("differentiated", diagnostic.GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}
