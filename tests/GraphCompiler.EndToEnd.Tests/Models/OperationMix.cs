using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>
/// What the other two models leave out: shapes, batched products, elementwise functions, the regression losses; its
/// twin is in tests/reference/models.py.
/// </summary>
[Graph]
public sealed partial class OperationMix
{
    public const int Batch = 3, Inputs = 8;

    readonly Linear left = new(Inputs, 6);
    readonly Linear right = new(Inputs, 6);
    readonly Parameter scale = new([4], Init.Ones);
    readonly Linear head = new(8, 4);

    public (Tensor Products, Tensor LogProbabilities, Tensor Prediction) Outputs([Shape(Batch, Inputs)] Tensor x)
    {
        Tensor leftPart = left.Forward(x), rightPart = right.Forward(x);
        Tensor table = Concat([leftPart, rightPart], axis: 1).Reshape(Batch, 3, 4);
        Tensor products = MatMul(table.Permute(0, 2, 1), table) * Rsqrt(Square(scale) + 1);
        Tensor peak = products.Max(axis: 2);
        Tensor spread = products.Mean([1, 2], keepDims: true);
        Tensor a = Sigmoid(peak) * Tanh(leftPart.Slice(axis: 1, start: 1, length: 4));
        Tensor b = Softplus(rightPart.Slice(axis: 1, start: 0, length: 4)) + 0.1;
        Tensor c = Maximum(Sqrt(b), Exp(-Abs(a)));
        Tensor d = Minimum(Pow(b, 1.5), Log(b + 1) / (c + 2));
        Tensor e = Select(a > d, a * d, a - d) + Clamp(3 * a, -1, 1);
        Tensor f = Sin(c) - Cos(d) + LeakyRelu(a, 0.2f);
        Tensor prediction = head.Forward(Concat([e, f], axis: 1));
        return (products, LogSoftmax(products + spread, axis: 1), prediction);
    }

    [Objective]
    public Tensor Loss([Shape(Batch, Inputs)] Tensor x, [Shape(Batch, 4)] Tensor y)
    {
        (_, Tensor logProbabilities, Tensor prediction) = Outputs(x);
        return Huber(prediction, y, delta: 0.5f)
            + 0.3 * L1(prediction, y)
            + 0.2 * MeanSquaredError(prediction, y)
            - 0.05 * logProbabilities.Mean()
            + 0.01 * logProbabilities.Min(axis: 2).Sum();
    }
}
