using System.Text.RegularExpressions;
using GraphCompiler.Generator.Models;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>What the README says of its model is what happens.</summary>
public sealed class ReadmeTests
{
    static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    static string Model => Regex.Match(Readme, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    [Fact]
    public void The_model_is_the_samples_own() => Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "samples/Digits/DigitClassifier.cs")), Model);

    [Fact]
    public void The_wrong_shape_gives_the_message_shown()
    {
        var message = Regex.Match(Readme, @"DigitClassifier\.cs\((\d+),(\d+)\): error GC0201: (.*)");
        string wrong = Model.Replace("hidden2 = new(16, 16)", "hidden2 = new(32, 16)", StringComparison.Ordinal);
        Assert.NotEqual(Model, wrong);
        // The namespace must follow the usings that every source here begins with.
        var compilation = Reading.Compile(wrong);

        var diagnostic = Assert.Single(Reading.Read(compilation).Diagnostics);

        int linesBefore = compilation.SyntaxTrees.First().GetText().Lines.Count - wrong.Split('\n').Length;
        Assert.Equal("GC0201", diagnostic.Descriptor.Id);
        Assert.Equal(message.Groups[3].Value, diagnostic.ToDiagnostic().GetMessage(null));
        Assert.Equal(
            $"{message.Groups[1].Value},{message.Groups[2].Value}",
            $"{diagnostic.Location.Lines.Start.Line + 1 - linesBefore},{diagnostic.Location.Lines.Start.Character + 1}");
    }
}
