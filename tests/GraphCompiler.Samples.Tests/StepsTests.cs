using System.Globalization;
using System.Text.RegularExpressions;
using Steps;

namespace GraphCompiler.Samples.Tests;

public sealed partial class StepsTests
{
    // The figures of Mazur's page, https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/.
    static readonly double[] MazursForwardPass =
        [0.05, 0.10, 0.593269992, 0.596884378, 0.75136507, 0.772928465, 0.01, 0.99, 0.274811083, 0.023560026, 0.298371109];

    static readonly double[] MazursStep =
    [
        0.298371109, 0.082167041, 0.082667628, -0.022602540, -0.022740242, 0.000438568, 0.000877135, 0.000497713, 0.000995425,
        0.35891648, 0.408666186, 0.511301270, 0.561370121, 0.149780716, 0.19956143, 0.24975114, 0.29950229,
        0.291027924, 10, 0, 0.015912196, 0.984065734,
    ];

    [Fact]
    public void The_forward_pass_gives_the_published_numbers() => AssertNear(MazursForwardPass, Numbers(Printed(0)), 1.5e-6);

    [Fact]
    public void The_training_step_gives_the_published_numbers()
    {
        double[] printed = [.. Numbers(Printed(1)).Where(number => number != 10_000)];
        double[] published = [.. MazursStep.Where(number => number is not (10 or 0))];
        AssertNear(published[..^2], printed[..^2], 1.5e-6);
        AssertNear(published[^2..], printed[^2..], 1e-4);
    }

    [Fact]
    public void Gradients_by_hand_are_those_of_the_compiler()
    {
        string[] lines = Printed(2).Split('\n', StringSplitOptions.RemoveEmptyEntries)[3..];
        Assert.Equal(8, lines.Length);
        for (int i = 0; i < lines.Length; i += 2)
        {
            Assert.Contains("compiler", lines[i], StringComparison.Ordinal);
            Assert.Contains("by hand", lines[i + 1], StringComparison.Ordinal);
            AssertNear(Numbers(lines[i]), Numbers(lines[i + 1]), 2e-6);
        }
    }

    [Theory]
    [InlineData(0, 2e-6)]
    [InlineData(1, 2e-4)]
    [InlineData(2, 2e-6)]
    [InlineData(3, 2e-3)]
    [InlineData(4, 3e-2)]
    [InlineData(5, 5e-2)]
    public void The_readme_shows_what_is_printed(int lesson, double tolerance)
    {
        // Machines of another vector width add in another order, and training makes differences grow.
        string shown = Blocks().Matches(File.ReadAllText("Steps.README.md")).Select(match => match.Groups[1].Value).ElementAt(lesson);
        string printed = Printed(lesson);
        Assert.Equal(Number().Replace(shown, "#").Split().Where(word => word.Length > 0), Number().Replace(printed, "#").Split().Where(word => word.Length > 0));
        AssertNear(Numbers(shown), Numbers(printed), tolerance);
    }

    static string Printed(int lesson)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        using StringWriter output = new() { NewLine = "\n" };
        Lesson.All[lesson].Run(output);
        return output.ToString();
    }

    static double[] Numbers(string text) =>
        [.. Number().Matches(text).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];

    static void AssertNear(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - tolerance * (1 + Math.Abs(expected[i])), expected[i] + tolerance * (1 + Math.Abs(expected[i])));
    }

    [GeneratedRegex(@"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:E[+-]\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<=\n\n)```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
