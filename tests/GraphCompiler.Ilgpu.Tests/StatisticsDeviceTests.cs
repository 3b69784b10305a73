using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Means and variances on the device under test keep what their elements have in common out of every rounding.</summary>
public class StatisticsDeviceTests
{
    static IEnumerable<int> Lengths => DeviceUnderTest.IsSlow ? [3, 41, 1000] : [1, 3, 8, 33, 41, 64, 1000, 2055, 9000];

    [Fact]
    public void The_mean_of_equal_numbers_is_that_number()
    {
        using var device = DeviceUnderTest.Open();
        StatisticsCases.CheckMeansOfEqualNumbers([.. Lengths.Select(n => StatisticsCases.MeansOfEqualNumbers(n, isNamed: false)),
            StatisticsCases.MeansOfEqualNumbers(41, isNamed: true)], device);
    }

    [Fact]
    public void Equal_numbers_normalise_to_zero()
    {
        using var device = DeviceUnderTest.Open();
        StatisticsCases.CheckZeros([.. Lengths.Select(StatisticsCases.NormalizedEqualNumbers)], device);
    }

    [Fact]
    public void Differences_far_from_zero_keep_their_digits()
    {
        using var device = DeviceUnderTest.Open();
        StatisticsCases.CheckAgainstOracle([.. new[] { 5, 16, 1000 }.Select(StatisticsCases.FarFromZero)], 2e-5, device);
    }

    [Fact]
    public void Rows_whose_squares_overflow_are_normalised()
    {
        using var device = DeviceUnderTest.Open();
        StatisticsCases.CheckAgainstOracle([.. new[] { 3, 16, 1000 }.Select(n => StatisticsCases.Huge(n, isObjective: false))], 2e-5, device);
    }

    [Fact]
    public void Means_of_what_is_not_finite_are_those_of_arithmetic()
    {
        using var device = DeviceUnderTest.Open();
        StatisticsCases.CheckNotFinite(device);
    }
}
