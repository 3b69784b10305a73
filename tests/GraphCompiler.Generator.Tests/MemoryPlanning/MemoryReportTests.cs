using System.Globalization;
using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.MemoryPlanning;

using MemoryReport = GraphCompiler.Generator.Passes.MemoryReport;

public class MemoryReportTests
{
    static ArenaPlan Plan(params ArenaBuffer[] buffers) => ArenaPlanner.Place(buffers, 1, CancellationToken.None);

    [Fact]
    public void Lists_buffers_in_order_of_time()
    {
        ArenaBuffer[] buffers = [new("logits", 320, 2, 4), new("hidden1", 12_288, 0, 2), new("hidden2", 2_048, 1, 3)];
        ArenaPlan plan = new(buffers, [0, 0, 12_288], 1, 14_336, 14_336, isProvenOptimal: true, searchSteps: 0);
        string[] expected =
        [
            "arena 14,336 bytes for 3 buffers of 14,656; lower bound 14,336: reached",
            "",
            "buffer     size  offset  steps",
            "hidden1  12,288       0  0-1    ##..",
            "hidden2   2,048  12,288  1-2    .##.",
            "logits      320       0  2-3    ..##",
        ];
        Assert.Equal(expected, MemoryReport.Lines(plan));
    }

    [Fact]
    public void Says_by_how_much_the_lower_bound_is_missed()
    {
        ArenaPlan plan = new([new("a", 90, 0, 1)], [0], 1, 100, 90, isProvenOptimal: true, searchSteps: 0);
        Assert.Contains("missed by 10 (11.11 %), and no plan comes closer", MemoryReport.Lines(plan)[0]);
    }

    [Fact]
    public void Leaves_out_the_smallest_buffers()
    {
        ArenaPlan plan = Plan([.. Enumerable.Range(1, 9).Select(i => new ArenaBuffer($"b{i}", i, i, i + 1))]);
        IReadOnlyList<string> lines = MemoryReport.Lines(plan, "floats", maxRows: 2);
        Assert.Equal(["b8", "b9"], lines.Skip(3).Take(2).Select(line => line.Split(' ')[0]));
        Assert.Equal("... and 7 smaller buffers", lines[^1]);
    }

    [Fact]
    public void Buffers_of_equal_layers_share_a_row()
    {
        ArenaBuffer[] buffers = [new("add", 100, 0, 1), new("add", 100, 2, 3), new("add", 100, 4, 5), new("relu", 100, 1, 2), new("relu", 100, 3, 4)];
        ArenaPlan plan = new(buffers, [0, 1_000, 500, 0, 0], 1, 1_100, 100, isProvenOptimal: true, searchSteps: 0);
        string[] expected =
        [
            "buffer     size   offset  steps",
            "add     3 x 100  0-1,000  0-4    #.#.#",
            "relu        100        0  1      .#...",
            "relu        100        0  3      ...#.",
        ];
        Assert.Equal(expected, MemoryReport.Lines(plan).Skip(2));
    }

    [Fact]
    public void Squeezes_many_steps_into_few_columns()
    {
        ArenaPlan plan = Plan(new("all", 1, 0, 10_000), new("end", 1, 9_999, 10_000));
        Assert.EndsWith("  " + new string('#', 32), MemoryReport.Lines(plan)[3]);
        Assert.EndsWith("  " + new string('.', 31) + "#", MemoryReport.Lines(plan)[4]);
    }

    [Fact]
    public void Of_nothing_is_one_line()
        => Assert.Single(MemoryReport.Lines(Plan()));

    [Fact]
    public void Is_the_same_in_every_culture()
    {
        ArenaPlan plan = new([new("a", 1234, 0, 1)], [0], 1, 1300, 1234, isProvenOptimal: false, searchSteps: 0);
        IReadOnlyList<string> lines = MemoryReport.Lines(plan);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            NumberFormatInfo format = new() { NumberGroupSeparator = "x", NumberDecimalSeparator = "y" };
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = format };
            Assert.Equal(lines, MemoryReport.Lines(plan));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
