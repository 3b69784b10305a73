using System.Text.RegularExpressions;
using Xunit;

namespace GraphCompiler.Generator.Tests;

/// <summary>What the code looks like, where a reader would stumble and no analyzer does.</summary>
public partial class StyleTests
{
    static readonly string[] Folders = ["benchmarks", "generators", "kernels", "samples", "src", "tests"];

    static IEnumerable<string> Files() => Folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.EndsWith(".verified.cs", StringComparison.Ordinal) && !Built().IsMatch(file));

    [Fact]
    public void Lines_are_as_long_as_editorconfig_says()
    {
        int longest = int.Parse(LongestLine().Match(File.ReadAllText(Path.Combine(Repository.Root, ".editorconfig"))).Groups[1].Value);
        Assert.InRange(longest, 80, 200);
        Assert.Empty(Files().SelectMany(file => TooLong(file, longest)));
    }

    /// <summary>The lines that are longer without what is one text.</summary>
    static IEnumerable<string> TooLong(string file, int longest)
    {
        bool isText = false;
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            bool wasText = isText;
            isText ^= RawString().Count(line) % 2 == 1;
            if (!wasText && !isText && line.Length > longest && Text().Replace(line, "").Length > longest)
                yield return $"{file}({number}) has {line.Length} characters";
        }
    }

    [Fact]
    public void Names_of_tests_are_sentences_with_underscores()
    {
        string[] names = [.. Files().Where(file => file.Contains("tests", StringComparison.Ordinal))
            .SelectMany(file => TestMethod().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value)];
        Assert.True(names.Length > 800, $"{names.Length} tests found");
        Assert.DoesNotContain(names, name => name.Split('_').Any(word => Compound().IsMatch(word) && !ProperNames.Contains(word)));
    }

    /// <summary>Words that are written so wherever they stand.</summary>
    static readonly string[] ProperNames = ["PyTorch", "PyTorchs", "AdamW", "LayerNorm", "BatchNorm", "CrossEntropy", "NaN", "CSharp"];

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Built();

    [GeneratedRegex(@"max_line_length = (\d+)")]
    private static partial Regex LongestLine();

    [GeneratedRegex("\"\"\"+")]
    private static partial Regex RawString();

    [GeneratedRegex("\"(\\\\.|[^\"\\\\])*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\[\w*(?:Fact|Theory)\b(?:(?!\[\w*(?:Fact|Theory)\b)[\s\S])*?\n\s*public (?:static )?(?:async )?(?:void|Task) (\w+)\(")]
    private static partial Regex TestMethod();

    [GeneratedRegex("[a-z][A-Z]")]
    private static partial Regex Compound();
}
