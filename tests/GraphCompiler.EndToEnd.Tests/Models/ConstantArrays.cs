using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Arrays where tensors are needed.</summary>
[Graph]
[Dim("batch", Max = 16)]
public sealed partial class ConstantArrays
{
    public static readonly float[] Mean = [0.485f, 0.456f, 0.406f];

    public static readonly double[] Deviation = [0.229, 0.224, 0.225];

    public static readonly float[,] Mix = { { 1, 2, 3 }, { 0.5f, -1, 0 }, { 0, 4, 0.25f } };

    static readonly int[] Order = [2, 0, 1, 2];

    static readonly bool[] IsKept = [true, false, true];

    readonly float[] window = Window(20);

    readonly Linear layer = new(3, 3);

    readonly Shifted[] shifts = [new([1, 2, 3]), new([4, 5, 6]), new([7, 8, 9]), new([10, 11, 12])];

    /// <summary>Computed at build time, longer than a register.</summary>
    public static float[] Window(int length) => [.. Enumerable.Range(0, length).Select(i => 0.5f - (0.5f * MathF.Cos(2 * MathF.PI * i / length)))];

    public Tensor Normalize([Shape("batch", 3)] Tensor x) => (x - Mean) / Deviation;

    public Tensor Mixed([Shape("batch", 3)] Tensor x) => MatMul(x, Mix);

    public Tensor Windowed([Shape("batch", 20)] Tensor x) => x * window;

    public Tensor Kept([Shape("batch", 3)] Tensor x) => Select(IsKept, x, 0) + Constant(new[] { 1, 2, 3 });

    public Tensor Chosen([Shape(3, 5)] Tensor x) => Gather(x, Order) * new float[] { 1, 2, 3, 4, 5 };

    public Tensor<int> Counted([Shape("batch", 4)] Tensor<int> x) => x * 2 + Order;

    public Tensor<double> Precise([Shape("batch", 3)] Tensor<double> x) => x * Deviation;

    /// <summary>Layers that differ in their array.</summary>
    public Tensor Through([Shape("batch", 3)] Tensor x)
    {
        foreach (var shift in shifts)
            x = Softmax(shift.Forward(x)) * x;
        return x;
    }

    [Objective]
    public Tensor Loss([Shape("batch", 3)] Tensor x) => MeanSquaredError(layer.Forward(x - Mean), x * Mean);

    sealed class Shifted(float[] by)
    {
        public Tensor Forward(Tensor x) => x * by;
    }
}
