using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Means and variances keep what their elements have in common out of every rounding.</summary>
public class StatisticsEmissionTests
{
    [Fact]
    public void The_mean_of_equal_numbers_is_that_number() => StatisticsCases.CheckMeansOfEqualNumbers(
        [.. StatisticsCases.Lengths.Select(n => StatisticsCases.MeansOfEqualNumbers(n, isNamed: false)),
            .. new[] { 1, 41, 4100 }.Select(n => StatisticsCases.MeansOfEqualNumbers(n, isNamed: true))]);

    [Fact]
    public void Equal_numbers_normalise_to_zero() => StatisticsCases.CheckZeros([.. StatisticsCases.Lengths.Select(StatisticsCases.NormalizedEqualNumbers)]);

    [Fact]
    public void Differences_far_from_zero_keep_their_digits() =>
        StatisticsCases.CheckAgainstOracle([.. new[] { 5, 16, 64, 100, 1000, 3000 }.Select(StatisticsCases.FarFromZero)], 2e-5);

    [Fact]
    public void Rows_whose_squares_overflow_are_normalised() =>
        StatisticsCases.CheckAgainstOracle([.. new[] { 3, 16, 100, 1000 }.Select(n => StatisticsCases.Huge(n, isObjective: false))], 2e-5);

    [Fact]
    public void So_are_their_gradients() =>
        EmissionCheck.Gradients([.. new[] { 3, 16, 100 }.Select(n => StatisticsCases.Huge(n, isObjective: true))], smallestScale: 1e-37);

    [Fact]
    public void Means_of_what_is_not_finite_are_those_of_arithmetic() => StatisticsCases.CheckNotFinite();

    /// <summary>A variance that is written out costs no more kernels than its name, over rows and over columns.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 4)]
    public void Statistics_that_are_written_out_are_recognised(int axis, int kernels)
    {
        GraphSketch sketch = new(seed: 1);
        Graph g = sketch.Graph;
        Dim rows = 50, columns = 40;
        var x = sketch.Input(new Shape([rows, columns]));
        var mean = g.DivideByCount(g.Reduce(Op.ReduceSum, x, [axis]), axis == 0 ? rows : columns);
        var centred = g.Subtract(x, mean);
        var variance = g.Mean(g.Multiply(centred, centred), [axis], keepDimensions: true);
        g.AddOutput("y", g.Multiply(centred, g.Unary(Op.ReciprocalSqrt, g.Add(variance, g.Constant(1e-5)))));
        var recognized = StatisticsRecognition.Run(g);
        Assert.Equal([Op.Centre, Op.Variance], recognized.Nodes.Select(n => n.Op).Where(op => op is Op.Centre or Op.Variance or Op.ReduceSum or Op.ReduceMean).Order());
        GraphAssert.SameValues(g, recognized, sketch.Bindings);
        Assert.Equal(kernels, Compile.Inference(g, default, new ModelBlocks(), CpuCostModel.Instance, default).Steps.Count);
    }

    /// <summary>What only looks like a mean stays what it is.</summary>
    [Fact]
    public void Other_sums_and_differences_stay()
    {
        GraphSketch sketch = new(seed: 1);
        Graph g = sketch.Graph;
        Node x = sketch.Input(new Shape([4, 4])), sum = g.Reduce(Op.ReduceSum, x, [1]);
        g.AddOutput("otherNumber", g.Divide(sum, g.Constant(3)));
        g.AddOutput("alongOtherAxis", g.Subtract(x, g.Reshape(g.Mean(x, [1], keepDimensions: true), new Shape([1, 4]))));
        g.AddOutput("ofOtherTensor", g.Subtract(g.Multiply(x, x), g.Mean(x, [1], keepDimensions: true)));
        Assert.DoesNotContain(StatisticsRecognition.Run(g).Nodes, n => n.Op is Op.Centre or Op.Variance);
        GraphAssert.SameValues(g, StatisticsRecognition.Run(g), sketch.Bindings);
    }
}
