using System.Globalization;
using System.Text.RegularExpressions;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets;
using GraphCompiler.Generator.Tests.Pipeline;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>The launches that sort the numbers of rows before they are added to a table.</summary>
public partial class ScatterLaunchTests
{
    static string Emit(int count)
    {
        var compilation = GeneratorRun.Compile($$"""
            using GraphCompiler;
            using static GraphCompiler.Ops;

            namespace Tables;

            [Graph]
            public sealed partial class Table
            {
                readonly Embedding table = new(300, 8);

                [Objective]
                public Tensor Loss([Shape({{count}})] Tensor<int> numbers) => Mean(Square(table.Forward(numbers)));
            }
            """);
        var model = ModelReader.Read(compilation, compilation.GetTypeByMetadataName("Tables.Table")!, default).Model!;
        return ModelEmitter.Emit(model, forDevices: true, default);
    }

    [Fact]
    public void Some_thousand_numbers_are_sorted_by_one_launch()
    {
        string text = Emit(16_000);
        Assert.Contains("order, 0, 16384);", text, StringComparison.Ordinal);
        Assert.DoesNotContain("RowScatter.Merge", text, StringComparison.Ordinal);
    }

    /// <summary>Each launch begins where the one before it has put the order, and the last puts it where it is read.</summary>
    [Fact]
    public void Runs_of_more_numbers_are_joined_until_there_is_one()
    {
        const int Count = 16_400;
        string text = Emit(Count);
        var sort = Sort().Match(text);
        int at = Number(sort, "to"), run = Number(sort, "run");
        var merges = Merge().Matches(text).ToList();
        Assert.Equal(3, merges.Count);
        foreach (var merge in merges)
        {
            Assert.Equal((at, run), (Number(merge, "from"), Number(merge, "run")));
            Assert.Equal(Count, Number(merge, "from") + Number(merge, "to"));
            (at, run) = (Number(merge, "to"), 2 * run);
        }
        Assert.Equal(0, at);
        Assert.True(run >= Count);
    }

    static int Number(Match match, string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"RowScatter\.Sort\(.*, order, (?<to>\d+), (?<run>\d+)\);")]
    private static partial Regex Sort();

    [GeneratedRegex(@"Merge.*\n.*\bfrom = (?<from>\d+), to = (?<to>\d+), run = (?<run>\d+)\b")]
    private static partial Regex Merge();
}
