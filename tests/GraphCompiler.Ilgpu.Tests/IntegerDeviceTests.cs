using GraphCompiler.Generator.Tests.Targets;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Integers are computed as integers, exactly, on the device under test.</summary>
public class IntegerDeviceTests
{
    [Fact]
    public void Integers_are_computed_as_CSharp_computes_them()
    {
        using var device = DeviceUnderTest.Open();
        // Rows of whole groups of four are computed by fours, others one by one.
        IntegerCases.Check([196, 37], device);
    }

    [Fact]
    public void Integers_are_results_too()
    {
        using var device = DeviceUnderTest.Open();
        using var model = new CountedRows(seed: 1, device);
        int[] sums = new int[3];
        model.Sums([16777217, int.MaxValue, -5], [1, 1, 16777217], sums);
        Assert.Equal([16777220, int.MinValue + 2, 50331646], sums);
        Assert.Equal(16777219, model.First([3, 0, 0]));
    }
}

/// <summary>Integers of integers.</summary>
[Graph]
[Dim("n", Max = 100)]
public sealed partial class CountedRows
{
    public Tensor<int> Sums([Shape("n")] Tensor<int> a, [Shape("n")] Tensor<int> b) => a + b * 3;

    public Tensor<int> First([Shape(3)] Tensor<int> a) => a[0] + 16777216;
}
