namespace GraphCompilerProject.Tests;

public class RegressionTests
{
    [Fact]
    public void The_curve_is_closer_to_the_truth_than_the_measurements()
    {
        using var model = new Regression(seed: 1);
        Training.Run(model, new Measurements(1024, seed: 1), epochs: 100);
        Assert.InRange(Training.Error(model), 0, Measurements.Noise / 2);
    }

    [Fact]
    public void Trainings_of_one_seed_are_the_same()
    {
        double Loss()
        {
            using var model = new Regression(seed: 7);
            return Training.Run(model, new Measurements(320, seed: 1), epochs: 3);
        }
        Assert.Equal(Loss(), Loss());
    }
}
