using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Inputs and results of every type of elements.</summary>
[Graph]
[Dim("rows", Max = 9)]
public sealed partial class MixedTypes
{
    readonly Parameter weight = new([5], Init.Ones);

    public Tensor<Half> Turned([Shape(3, 5)] Tensor<Half> x) => x.Transpose();

    public Tensor<BFloat16> Part([Shape("rows", 7)] Tensor<BFloat16> x) => x[.., 1..4];

    public Tensor<Half> Last([Shape(2, 3)] Tensor<Half> x) => x[1, 2];

    public Tensor<BFloat16> Middle([Shape(3)] Tensor<BFloat16> x) => x[1];

    public (Tensor<Float8E4M3> Part, Tensor<Float8E5M2> Turned) Eighths([Shape("rows", 5)] Tensor<Float8E4M3> x, [Shape("rows", 3)] Tensor<Float8E5M2> y) =>
        (x[.., 1..3], y.Transpose());

    /// <summary>Numbers of double precision, computed and moved.</summary>
    public (Tensor<double> Mixed, Tensor<double> Quotient, Tensor<double> Chosen, Tensor<double> Part) Doubles([Shape("rows", 7)] Tensor<double> x, [Shape(7)] Tensor<double> y) =>
        (0.1 * x + y * 3 - x * y / 7.3, -x / (y - 0.3), Ops.Select(x < y, x, y - 1), (2.5 - x)[.., 2..5].Transpose());

    public (Tensor<double> Root, Tensor<double> Inverse, Tensor<double> Size, Tensor<double> Sign, Tensor<double> Floor, Tensor<double> Positive, Tensor<double> Square) Functions(
        [Shape("rows", 7)] Tensor<double> x) =>
        (Sqrt(x), Rsqrt(x), Abs(x), Sign(x), Floor(x), Relu(x), Square(x));

    public (Tensor<double> Larger, Tensor<double> Smaller, Tensor<double> AtLeast) Extrema([Shape("rows", 7)] Tensor<double> x, [Shape(7)] Tensor<double> y) =>
        (Maximum(x, y), Minimum(x, y), Maximum(x, 0.1));

    public (Tensor<long> Larger, Tensor<long> Smaller, Tensor<int> AtMost) ExtremaOfIntegers(
        [Shape("rows", 7)] Tensor<long> x, [Shape(7)] Tensor<long> y, [Shape(3)] Tensor<int> z) =>
        (Maximum(x, y), Minimum(x, y), Minimum(z, 16777217));

    public (Tensor<bool> Equal, Tensor<bool> AtLeast, Tensor<int> Whole, Tensor<long> Long, Tensor Nearest) ComparedDoubles(
        [Shape("rows", 7)] Tensor<double> x, [Shape(7)] Tensor<double> y) =>
        (Ops.Equal(x, y), x >= y & x > 0.25, x.To<int>(), x.To<long>(), x.To<float>());

    public (Tensor<double> OfInts, Tensor<double> OfFloats, Tensor<double> OfLongs, Tensor<double> OfTruths) ToDoubles(
        [Shape("rows", 7)] Tensor<int> x, [Shape("rows", 7)] Tensor y, [Shape("rows", 7)] Tensor<long> z) => (x.To<double>(), y.To<double>(), z.To<double>(), (x > 3).To<double>());

    /// <summary>Constants that only double precision has.</summary>
    public Tensor<double> Weighted([Shape(3)] Tensor<double> x)
    {
        Tensor<double> weights = new[] { 0.1, 1e-300, 16777217.3 };
        return x * weights;
    }

    public Tensor<long> Shifted([Shape(3)] Tensor<long> x)
    {
        Tensor<long> offsets = new[] { 4294967296L, -1L, 9007199254740991L };
        return x + offsets;
    }

    public Tensor<double> LastDouble([Shape(3)] Tensor<double> x) => x[2] / 3;

    /// <summary>Integers of 64 bits, computed and moved.</summary>
    public (Tensor<long> Sum, Tensor<long> Product, Tensor<long> Chosen, Tensor<long> Part) Longs([Shape("rows", 7)] Tensor<long> x, [Shape(7)] Tensor<long> y) =>
        (x + y, -(x * y - 3), Ops.Select(x < y, x, y + 1), (10 + x)[.., 2..5].Transpose());

    public (Tensor<bool> Equal, Tensor<bool> AtLeast, Tensor<int> Lower, Tensor Nearest) ComparedLongs([Shape("rows", 7)] Tensor<long> x, [Shape(7)] Tensor<long> y) =>
        (Ops.Equal(x, y), x >= y & x > 2, x.To<int>(), x.To<float>());

    public (Tensor<long> OfInts, Tensor<long> OfFloats, Tensor<long> OfTruths) ToLongs(
        [Shape("rows", 7)] Tensor<int> x, [Shape("rows", 7)] Tensor y, [Shape("rows", 7)] Tensor<bool> z) => (x.To<long>(), y.To<long>(), z.To<long>());

    public Tensor<long> LastLong([Shape(3)] Tensor<long> x) => x[2] + 1;

    /// <summary>Rows by numbers of 64 bits, and by what is computed of them.</summary>
    public (Tensor Rows, Tensor Next) Looked([Shape("rows")] Tensor<long> at) => (Gather(weight, at), Gather(weight, at * 1000000 * 1000000 - at * 1000000 * 1000000 + at + 1));

    /// <summary>A product of what lies in 8 bits.</summary>
    public Tensor Product([Shape("rows", 12)] Tensor<Float8E4M3> x, [Shape(12, 8)] Tensor<Float8E4M3> y) => MatMul(x.To<float>(), y.To<float>());

    public (Tensor<byte> Bytes, Tensor<sbyte> Signed, Tensor<short> Shorts) Narrow(
        [Shape("rows", 3)] Tensor<byte> bytes, [Shape("rows", 3)] Tensor<sbyte> signed, [Shape("rows", 3)] Tensor<short> shorts) =>
        (bytes[.., 1..], signed.Transpose(), (shorts.To<int>() + 1).To<short>());

    public Tensor<byte> Second([Shape(3)] Tensor<byte> bytes) => bytes[1];

    public Tensor<bool> Below([Shape("rows", 5)] Tensor x, [Shape] Tensor limit) => x < limit;

    public Tensor<bool> Only([Shape(2, 3, 2, 3)] Tensor<bool> a, [Shape(3, 1, 3)] Tensor<bool> b) => a & !b;

    public Tensor<bool> Both([Shape] Tensor<bool> a, [Shape(17)] Tensor<bool> b) => a & b[16];

    public (Tensor<bool> Kept, Tensor<int> Next, Tensor Values, Tensor<Half> Same) Several(
        [Shape("rows", 5)] Tensor<bool> kept, [Shape("rows")] Tensor<int> numbers, [Shape(37)] Tensor<Half> halves) =>
        (!kept, numbers + 1, Ops.Select(kept, weight, numbers.To<float>().Unsqueeze(1)), halves);

    [Objective]
    public Tensor Loss([Shape("rows", 5)] Tensor x, [Shape("rows", 5)] Tensor<bool> kept, [Shape(5)] Tensor<Half> factor) =>
        Ops.Select(kept, x * weight * factor.To<float>(), 0).Sum();
}

/// <summary>Differences of large numbers, which single precision does not have, on the way to a loss.</summary>
[Graph]
public sealed partial class DoubleDifferences
{
    readonly Parameter weight = new([4], Init.Constant(0.5));

    [Objective]
    public Tensor Loss([Shape(4)] Tensor<double> x, [Shape(4)] Tensor<double> y, [Shape(4)] Tensor<bool> kept)
    {
        var wide = weight.To<double>();
        var scaled = wide * (x - y) + Ops.Select(kept, wide / (1 + wide * wide), y - y);
        return (scaled * scaled).To<float>().Sum();
    }
}

/// <summary>The functions that double precision has, on the way to a loss.</summary>
[Graph]
public sealed partial class DoubleFunctions
{
    readonly Parameter weight = new([4], Init.Constant(0.5));

    [Objective]
    public Tensor Loss([Shape(4)] Tensor<double> x)
    {
        var wide = weight.To<double>() * x;
        return (Sqrt(wide * wide + 1) + Rsqrt(Abs(wide) + 2) + Relu(wide) + Maximum(wide, 0.25 * x) - Minimum(wide, 1.0)).To<float>().Sum();
    }
}
