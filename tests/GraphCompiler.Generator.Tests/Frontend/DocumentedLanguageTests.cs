using System.Text.RegularExpressions;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>Every line of docs/language.md gives what it says, compiled as C# and evaluated at build time.</summary>
public sealed class DocumentedLanguageTests
{
    static readonly IReadOnlyList<string> Blocks =
        [.. Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/language.md")), "```csharp\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value)];

    /// <summary>The blocks of types, which the lines use.</summary>
    static readonly string Declarations = string.Join("\n", Blocks.Where(b => b.StartsWith("public ", StringComparison.Ordinal)));

    static readonly (string Piece, string Result)[] Lines = [.. Blocks.Where(b => b.Contains("// ", StringComparison.Ordinal))
        .SelectMany(b => b.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .Select(line => (line[..line.LastIndexOf("// ", StringComparison.Ordinal)].Trim(), line[(line.LastIndexOf("// ", StringComparison.Ordinal) + 3)..].Trim()))];

    [Fact]
    public void Every_line_gives_what_it_says()
    {
        var lines = Lines.Where(line => !line.Result.StartsWith("GC0", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count > 80);
        var outcomes = Differential.Run([.. lines.Select(line => line.Piece)], Declarations, shown: "System.Convert.ToString(value) ?? \"\"");
        Assert.Empty(outcomes.Zip(lines).Where(pair => pair.First.Compiled != pair.Second.Result || pair.First.Evaluated != pair.Second.Result)
            .Select(pair => $"{pair.First.Piece} is documented as {pair.Second.Result}, gives {pair.First.Compiled} and is evaluated as {pair.First.Evaluated}"));
    }

    [Fact]
    public void What_does_not_work_says_so()
    {
        var lines = Lines.Where(line => line.Result.StartsWith("GC0", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(lines);
        var outcomes = Differential.Run([.. lines.Select(line => line.Piece)], Declarations);
        Assert.Empty(outcomes.Zip(lines).Where(pair => !pair.First.Evaluated.StartsWith($"cannot: {pair.Second.Result}:", StringComparison.Ordinal))
            .Select(pair => $"{pair.First.Piece}: {pair.First.Evaluated}"));
    }

    [Fact]
    public void The_classes_are_accepted()
    {
        var classes = Blocks.Where(b => b.StartsWith("[Graph]", StringComparison.Ordinal)).ToList();
        Assert.Equal(5, classes.Count);
        Assert.All(classes, source => Reading.Accept(source));
    }
}
