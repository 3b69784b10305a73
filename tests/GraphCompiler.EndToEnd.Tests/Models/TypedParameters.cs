using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Parameters of several types of elements, of which training changes the floats alone.</summary>
[Graph]
[Dim("rows", Max = 9)]
public sealed partial class TypedParameters
{
    [Frozen]
    readonly Parameter<BFloat16> features = new([12, 8], Init.Normal(0, 0.5));
    [Frozen]
    readonly Parameter<Float8E4M3> scale = new([8], Init.Constant(1.5));
    readonly Parameter<bool> isUsed = new([8], Init.Ones);
    readonly Parameter<sbyte> shifts = new([3, 5], Init.Constant(-2));
    readonly Parameter<long> step = new([], Init.Constant(5));
    readonly Linear output = new(8, 4);

    public Tensor Features([Shape("rows", 12)] Tensor x) => Select(isUsed.BroadcastTo(x.Shape[0], 8), MatMul(x, features.To<float>()) * scale.To<float>(), 0);

    public (Tensor<long> Sum, Tensor<int> Shifted, Tensor<sbyte> Rows, Tensor<BFloat16> Same) Moved([Shape(3, 5)] Tensor<int> x) =>
        (step + x.To<long>() * 2, x + shifts.To<int>(), shifts[1..], features);

    [Objective]
    public Tensor Loss([Shape("rows", 12)] Tensor x, [Shape("rows")] Tensor<int> labels) => CrossEntropy(output.Forward(Features(x)), labels);
}

/// <summary>The same names, as far as they are floating-point numbers, of floats.</summary>
[Graph]
[Dim("rows", Max = 9)]
public sealed partial class FloatParameters
{
    readonly Parameter features = new([12, 8], Init.Normal(0, 0.5)), scale = new([8], Init.Constant(1.5));
    readonly Linear output = new(8, 4);

    public Tensor Forward([Shape("rows", 12)] Tensor x) => output.Forward(MatMul(x, features) * scale);
}

/// <summary>Four numbers in every floating-point type, as far as files have them.</summary>
[Graph]
public sealed partial class FloatingPointParameters
{
    readonly Parameter<double> wide = new([4]);
    readonly Parameter whole = new([4]);
    readonly Parameter<Half> half = new([4]);
    readonly Parameter<BFloat16> brain = new([4]);
    readonly Parameter<Float8E4M3> eighth = new([4]);

    public Tensor Sum() => wide.To<float>() + whole + half.To<float>() + brain.To<float>() + eighth.To<float>();
}
