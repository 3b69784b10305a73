using System.Reflection;
using System.Text.RegularExpressions;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Tests.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphCompiler.Generator.Tests.Diagnostics;

public sealed class DescriptorTests
{
    public static TheoryData<string> Ids => [.. All.Select(d => d.Id)];

    static IEnumerable<DiagnosticDescriptor> All => typeof(Descriptors).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (DiagnosticDescriptor)f.GetValue(null)!);

    [Fact]
    public void Ids_are_unique() => Assert.Equal(All.Count(), All.Select(d => d.Id).Distinct().Count());

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_diagnostic_has_its_page_and_row(string id)
    {
        var descriptor = All.Single(d => d.Id == id);
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/diagnostics", id + ".md"));
        string rows = File.ReadAllText(Path.Combine(Repository.Root, "generators/GraphCompiler.Generator/Diagnostics/AnalyzerReleases.Unshipped.md"))
            + File.ReadAllText(Path.Combine(Repository.Root, "generators/GraphCompiler.Generator/Diagnostics/AnalyzerReleases.Shipped.md"));

        Assert.StartsWith($"# {id}: {descriptor.Title}\n", page, StringComparison.Ordinal);
        Assert.Contains($"{id} | {descriptor.Category} | {descriptor.DefaultSeverity} |", rows, StringComparison.Ordinal);
    }

    /// <summary>The wrong example of a page gives its diagnostic and the right one none.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void The_examples_of_the_page_are_true(string id)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/diagnostics", id + ".md"));
        string[] examples = [.. Regex.Matches(page, "```csharp\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value)];
        // Neither is a mistake in the source: LibraryTests has those of NoModuleSource.
        if (id == Descriptors.InternalFault.Id || id == Descriptors.NoModuleSource.Id)
        {
            Assert.Empty(examples);
            return;
        }
        Assert.Equal(2, examples.Length);
        if (id == Descriptors.NoObjective.Id)
        {
            // A mistake of the code that uses the class; the C# compiler reports it where the generated file says so.
            Assert.Equal([id], Pipeline.GeneratorRun.Faults(examples[0]).Select(d => d.Id));
            Assert.Empty(Pipeline.GeneratorRun.Faults(examples[1]));
            return;
        }
        if (id.StartsWith("GC05", StringComparison.Ordinal))
        {
            Assert.Equal([id], OptimizerTests.Read(examples[0]).Diagnostics.Select(d => d.Descriptor.Id).Distinct());
            Assert.Empty(Pipeline.GeneratorRun.Faults(examples[1]));
            return;
        }
        // Two are mistakes of the project file rather than of the source.
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: id != Descriptors.UnsafeOff.Id);
        if (id != Descriptors.OldLanguage.Id)
            Assert.Equal([id], Reading.Read(Reading.Compile(options, examples[0])).Diagnostics.Select(d => d.Descriptor.Id).Distinct());
        Reading.Accept(examples[1]);
    }
}
