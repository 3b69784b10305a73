namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Methods take and give tensors of any type of elements on the device under test.</summary>
public class ElementTypeDeviceTests
{
    [Fact]
    public void Inputs_and_results_have_the_types_of_the_signature()
    {
        using var device = DeviceUnderTest.Open();
        using var model = new MixedElements(seed: 1, device);
        foreach (int rows in new[] { 1, 3 })
        {
            // Rows of whole groups of four are computed by fours, others one by one.
            Half[] halves = [.. Enumerable.Range(0, rows * 3).Select(i => (Half)(i * 0.37f))], turned = new Half[rows * 3];
            bool[] a = [.. Enumerable.Range(0, rows * 8).Select(i => i % 3 == 0)], both = new bool[rows * 8], tail = new bool[rows * 3];
            bool[] b = [true, true, false, true, true, true, false, true];
            model.Several(halves, a, b, turned, both, tail);
            Assert.Equal([.. Enumerable.Range(0, rows * 3).Select(i => halves[i % rows * 3 + i / rows])], turned);
            Assert.Equal([.. a.Select((value, i) => value & b[i % 8])], both);
            Assert.Equal([.. Enumerable.Range(0, rows * 3).Select(i => !a[i / 3 * 8 + 5 + i % 3])], tail);
        }
        Float8E4M3[] eighths = [.. Enumerable.Range(0, 24).Select(i => (Float8E4M3)(i % 7 * 0.37f - 1))], turnedEighths = new Float8E4M3[24];
        float[] numbers = [.. Enumerable.Range(0, 24).Select(i => (i - 11) * 1.37f)], product = new float[9];
        Float8E5M2[] rounded = new Float8E5M2[24];
        model.Eighths(eighths, numbers, turnedEighths, rounded, product);
        Assert.Equal([.. Enumerable.Range(0, 24).Select(i => eighths[i % 3 * 8 + i / 3])], turnedEighths);
        Assert.Equal([.. numbers.Select(x => (Float8E5M2)(2 * x))], rounded);
        for (int i = 0; i < 9; i++)
            Assert.Equal(Enumerable.Range(0, 8).Sum(k => eighths[i / 3 * 8 + k] * eighths[i % 3 * 8 + k]), product[i], 1e-5f);
        Assert.True(model.First([false, true, false]));
        Assert.False(model.First([true, false, true]));
    }
}

/// <summary>Several types of elements.</summary>
[Graph]
[Dim("rows", Max = 4)]
public sealed partial class MixedElements
{
    public (Tensor<Half> Turned, Tensor<bool> Both, Tensor<bool> Tail) Several(
        [Shape("rows", 3)] Tensor<Half> halves, [Shape("rows", 8)] Tensor<bool> a, [Shape(8)] Tensor<bool> b) =>
        (halves.Transpose(), a & b, !a[.., 5..]);

    public (Tensor<Float8E4M3> Turned, Tensor<Float8E5M2> Rounded, Tensor Product) Eighths([Shape(3, 8)] Tensor<Float8E4M3> x, [Shape(24)] Tensor y) =>
        (x.Transpose(), (2 * y).To<Float8E5M2>(), Ops.MatMul(x.To<float>(), x.To<float>().Transpose()));

    public Tensor<bool> First([Shape(3)] Tensor<bool> a) => a[1];
}
