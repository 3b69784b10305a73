using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>States of the model and of sessions of several types of elements.</summary>
[Graph]
[Dim("rows", Max = 4)]
public sealed partial class TypedStates
{
    public const int Places = 6, Width = 8;

    readonly State<long> seen = new([], Init.Constant(3));
    readonly State<BFloat16> mean = new([Width], Init.Constant(0.1));
    readonly State<Float8E4M3> largest = new([Width]);
    readonly State<bool> wasLarge = new([Width], Init.Ones);
    readonly SessionState<Half> keys = new([2, Places, Width], Init.Normal(0, 1));
    readonly SessionState<sbyte> steps = new([3], Init.Constant(126));
    readonly SessionState<long> count = new([]);
    readonly SessionState<bool> isSet = new([Places]);
    readonly SessionState<double> sum = new([]);
    readonly Linear output = new(Width, 4);

    public (Tensor<long> Seen, Tensor Centred) Look([Shape("rows", Width)] Tensor x) => (seen, x - mean.To<float>());

    [Objective]
    public Tensor Loss([Shape("rows", Width)] Tensor x, [Shape("rows")] Tensor<int> labels)
    {
        seen.Set(seen + x.Shape[0]);
        mean.Set((0.5 * (mean.To<float>() + x.Mean(0))).To<BFloat16>());
        largest.Set(x.Max(0).To<Float8E4M3>());
        wasLarge.Set(x.Max(0) > 0.5);
        return CrossEntropy(output.Forward(x - mean.To<float>()), labels);
    }

    /// <summary>Keeps rows at a position, and counts in integers that wrap and doubles that do not lose what floats would.</summary>
    public (Tensor<Half> Kept, Tensor<long> Count, Tensor<sbyte> Steps, Tensor<bool> IsSet, Tensor<double> Sum) Keep(
        [Shape(2, "rows", Width)] Tensor x, [Shape] Tensor<int> position, [Shape] Tensor<double> term)
    {
        keys.Write(x.To<Half>(), at: position, axis: 1);
        isSet.Write(x[0, .., 0] > -100, at: position);
        count.Set(count + x.Shape[1]);
        steps.Set((steps.To<int>() + 1).To<sbyte>());
        sum.Set(sum + term);
        return (keys, count, steps, isSet, sum);
    }
}
