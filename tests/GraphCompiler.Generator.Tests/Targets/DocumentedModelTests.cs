using System.Text.RegularExpressions;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>The GPT that docs/modules.md shows, with narrower vectors, against the oracle at several sizes.</summary>
public sealed class DocumentedModelTests
{
    static readonly string Source = File.ReadAllText(Path.Combine(Repository.Root, "tests/GraphCompiler.EndToEnd.Tests/Models/Gpt.cs"));

    [Fact]
    public void The_document_shows_the_model_that_is_tested()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs/modules.md"));
        string shown = Regex.Match(document, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        Assert.Equal(Regex.Replace(Source, "namespace .*\n\n", ""), shown);
        Assert.InRange(shown.Split('\n').Length, 1, 41);
    }

    [Fact]
    public void Results_and_gradients_at_several_sizes()
    {
        var model = Reading.Accept(Source.Replace("using GraphCompiler;\nusing static GraphCompiler.Ops;\n", "", StringComparison.Ordinal)
            .Replace("Width = 128", "Width = 24", StringComparison.Ordinal).Replace("Layers = 4", "Layers = 2", StringComparison.Ordinal));
        (int Batch, int Time)[] sizes = [(1, 1), (3, 5), (12, 17), (2, 64)];
        EmissionCheck.Results([.. sizes.Select(size => Case(model, "Logits", size.Batch, size.Time))]);
        EmissionCheck.Gradients([.. sizes.Select(size => Case(model, "Loss", size.Batch, size.Time))]);
    }

    static (string, Graph, Bindings) Case(Model model, string method, int batch, int time)
    {
        Random random = new(100 * batch + time);
        Bindings bindings = new() { Training = true };
        (bindings.Dims["batch"], bindings.Dims["time"]) = (batch, time);
        foreach (var parameter in model.Parameters)
        {
            bool isGain = parameter.Name.Contains("orm.weight", StringComparison.Ordinal) || parameter.Name.Contains("before", StringComparison.Ordinal);
            int size = parameter.Shape.Aggregate(1, (product, length) => product * length);
            bindings.Parameters[parameter.Name] = [.. Enumerable.Range(0, size).Select(_ => (double)(float)(random.NextDouble() - 0.5 + (isGain ? 1 : 0)))];
        }
        foreach (string input in new[] { "ids", "next" })
            bindings.Inputs[input] = [.. Enumerable.Range(0, batch * time).Select(_ => (double)random.Next(65))];
        return ($"{method} {batch}×{time}", model.Methods.Single(m => m.Name == method).Graph, bindings);
    }
}
