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
        long[] x = [long.MaxValue, long.MinValue, 0, -1, 9007199254740993, -9007199254740993, 1L << 40, (1L << 32) + 5], sum = new long[8], chosen = new long[8];
        int[] lower = new int[8];
        float[] nearest = new float[8], picked = new float[3];
        model.Longs(x, [2, 0, 2], sum, chosen, lower, nearest, picked);
        Assert.Equal([.. x.Select(a => unchecked(a * 3 - 1))], sum);
        Assert.Equal([.. x.Select(a => a < 5 ? unchecked(a * a) : (long)(float)unchecked((int)a))], chosen);
        Assert.Equal([.. x.Select(a => unchecked((int)a))], lower);
        Assert.Equal([.. x.Select(a => (float)a)], nearest);
        Assert.Equal([nearest[2], nearest[0], nearest[2]], picked);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Longs(x, [2, 1L << 32, 2], sum, chosen, lower, nearest, picked));
        double[] doubles = [0.1, -1e300, 16777217.25, Math.PI, 3e9, 2.9, -2.9, -1e19], quotient = new double[8];
        int[] whole = new int[8];
        model.Doubles(doubles, quotient, nearest, whole, sum);
        Assert.Equal([.. doubles.Select(a => a < 3 ? 0.1 * a / 7.3 : (float)a)], quotient);
        Assert.Equal([.. doubles.Select(a => (float)a)], nearest);
        Assert.Equal([.. doubles.Select(a => (int)a)], whole);
        Assert.Equal([.. doubles.Select(a => (long)a)], sum);
        double[] ofParts = new double[8], inverse = new double[8];
        model.Functions(doubles, ofParts, inverse, quotient);
        Assert.Equal([.. doubles.Select(a => Math.Max(Math.Sqrt(Math.Abs(a)) + Math.Sign(a), Math.Floor(a)))], ofParts);
        Assert.Equal([.. doubles.Select(a => 1 / Math.Sqrt(a * a + 1))], inverse);
        Assert.Equal([.. doubles.Select(a => Math.Min(Math.Max(a, 0), 2.5))], quotient);
        float[] scaled = new float[8];
        model.Parameters[0].ValuesAs<BFloat16>()[3] = (BFloat16)(-7);
        model.Parameters[1].ValuesAs<long>()[0] = 1L << 40;
        model.Kept(x, numbers.AsSpan(0, 8), sum, scaled);
        Assert.Equal([.. x.Select(a => unchecked(a + (1L << 40)))], sum);
        Assert.Equal([.. Enumerable.Range(0, 8).Select(i => numbers[i] * (i == 3 ? -7 : 2))], scaled);
        Assert.True(model.First([false, true, false]));
        Assert.False(model.First([true, false, true]));
    }
}

/// <summary>Several types of elements.</summary>
[Graph]
[Dim("rows", Max = 4)]
public sealed partial class MixedElements
{
    readonly Parameter<BFloat16> factors = new([8], Init.Constant(2));
    readonly Parameter<long> step = new([], Init.Constant(5));

    public (Tensor<long> Sum, Tensor Scaled) Kept([Shape(8)] Tensor<long> x, [Shape(8)] Tensor y) => (x + step, y * factors.To<float>());

    public (Tensor<Half> Turned, Tensor<bool> Both, Tensor<bool> Tail) Several(
        [Shape("rows", 3)] Tensor<Half> halves, [Shape("rows", 8)] Tensor<bool> a, [Shape(8)] Tensor<bool> b) =>
        (halves.Transpose(), a & b, !a[.., 5..]);

    public (Tensor<Float8E4M3> Turned, Tensor<Float8E5M2> Rounded, Tensor Product) Eighths([Shape(3, 8)] Tensor<Float8E4M3> x, [Shape(24)] Tensor y) =>
        (x.Transpose(), (2 * y).To<Float8E5M2>(), Ops.MatMul(x.To<float>(), x.To<float>().Transpose()));

    public (Tensor<long> Sum, Tensor<long> Chosen, Tensor<int> Lower, Tensor Nearest, Tensor Picked) Longs([Shape(8)] Tensor<long> x, [Shape(3)] Tensor<long> at) =>
        (x * 3 - 1, Ops.Select(x < 5, x * x, x.To<int>().To<float>().To<long>()), x.To<int>(), x.To<float>(), Ops.Gather(x.To<float>(), at));

    public (Tensor<double> Quotient, Tensor Nearest, Tensor<int> Whole, Tensor<long> Long) Doubles([Shape(8)] Tensor<double> x) =>
        (Ops.Select(x < 3, 0.1 * x / 7.3, x.To<float>().To<double>()), x.To<float>(), x.To<int>(), x.To<long>());

    public (Tensor<double> OfParts, Tensor<double> Inverse, Tensor<double> Limited) Functions([Shape(8)] Tensor<double> x) =>
        (Ops.Maximum(Ops.Sqrt(Ops.Abs(x)) + Ops.Sign(x), Ops.Floor(x)), Ops.Rsqrt(Ops.Square(x) + 1), Ops.Minimum(Ops.Relu(x), 2.5));

    public Tensor<bool> First([Shape(3)] Tensor<bool> a) => a[1];
}
