using Xunit;

namespace GraphCompiler.Tests.Training;

public class EarlyStoppingTests
{
    [Fact]
    public void Stops_after_patience_reports_without_improvement_and_remembers_the_best_step()
    {
        EarlyStopping stopping = new(patience: 2);
        Assert.True(stopping.Report(1.0, 10));
        Assert.True(stopping.Report(0.5, 20));
        Assert.False(stopping.Report(0.6, 30));
        Assert.False(stopping.ShouldStop);
        Assert.False(stopping.Report(0.5, 40));
        Assert.True(stopping.ShouldStop);
        Assert.Equal(0.5, stopping.BestMetric);
        Assert.Equal(20, stopping.BestStep);
        Assert.Equal(2, stopping.ReportsSinceBest);
    }

    [Fact]
    public void Maximizes_when_asked()
    {
        EarlyStopping stopping = new(patience: 1, goal: MetricGoal.Maximize);
        Assert.True(stopping.Report(0.5, 1));
        Assert.True(stopping.Report(0.9, 2));
        Assert.False(stopping.Report(0.8, 3));
        Assert.True(stopping.ShouldStop);
        Assert.Equal(2, stopping.BestStep);
    }

    [Fact]
    public void A_gain_of_no_more_than_the_delta_is_no_improvement()
    {
        EarlyStopping stopping = new(patience: 3, minimumDelta: 0.125, goal: MetricGoal.Maximize);
        Assert.True(stopping.Report(0.5, 1));
        Assert.False(stopping.Report(0.625, 2));
        Assert.True(stopping.Report(0.75, 3));
        Assert.Equal(0.75, stopping.BestMetric);
    }

    [Fact]
    public void An_improvement_restores_patience()
    {
        EarlyStopping stopping = new(patience: 2);
        stopping.Report(1.0, 1);
        stopping.Report(1.0, 2);
        stopping.Report(0.9, 3);
        stopping.Report(1.0, 4);
        Assert.False(stopping.ShouldStop);
    }

    [Fact]
    public void Not_a_number_never_improves()
    {
        EarlyStopping stopping = new(patience: 2);
        Assert.False(stopping.Report(double.NaN, 1));
        Assert.Equal(-1, stopping.BestStep);
        Assert.True(stopping.Report(7, 2));
        Assert.False(stopping.Report(double.NaN, 3));
        Assert.False(stopping.Report(double.NaN, 4));
        Assert.True(stopping.ShouldStop);
        Assert.Equal(7, stopping.BestMetric);
    }

    [Fact]
    public void Infinite_losses_are_beaten_by_finite_ones()
    {
        EarlyStopping stopping = new(patience: 2);
        stopping.Report(double.PositiveInfinity, 1);
        Assert.True(stopping.Report(3, 2));
        Assert.Equal(2, stopping.BestStep);
    }

    [Fact]
    public void Reset_forgets()
    {
        EarlyStopping stopping = new(patience: 1);
        stopping.Report(1, 1);
        stopping.Report(2, 2);
        stopping.Reset();
        Assert.False(stopping.ShouldStop);
        Assert.True(stopping.Report(5, 3));
    }

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(-1, 0.0)]
    [InlineData(1, -0.1)]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.PositiveInfinity)]
    public void Refuses_settings_without_meaning(int patience, double minimumDelta)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(patience, minimumDelta));
    }
}
