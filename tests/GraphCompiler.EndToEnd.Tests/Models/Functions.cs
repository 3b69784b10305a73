using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Every activation and every loss.</summary>
[Graph]
public sealed partial class Functions
{
    public const int Rows = 3, Columns = 11;

    readonly Parameter scale = new([Columns], Init.Ones);

    public (Tensor Relu, Tensor Sigmoid, Tensor Tanh, Tensor Gelu, Tensor GeluTanh, Tensor Silu, Tensor Softplus, Tensor LeakyRelu)
        Activations([Shape(Rows, Columns)] Tensor x)
        => (Ops.Relu(x), Ops.Sigmoid(x), Ops.Tanh(x), Ops.Gelu(x), Ops.GeluTanh(x), Ops.Silu(x), Ops.Softplus(x), Ops.LeakyRelu(x, 0.2f));

    public (Tensor Softmax, Tensor LogSoftmax, Tensor LayerNorm, Tensor RmsNorm) Rows_([Shape(Rows, Columns)] Tensor x)
        => (Ops.Softmax(x, axis: 0), Ops.LogSoftmax(x), Ops.LayerNorm(x), Ops.RmsNorm(x, epsilon: 1e-5f));

    public (Tensor Squared, Tensor Absolute, Tensor Huber, Tensor Binary) Losses(
        [Shape(Rows, Columns)] Tensor x, [Shape(Rows, Columns)] Tensor y)
        => (MeanSquaredError(x, y), L1(x, y), Ops.Huber(x, y, 0.5f), BinaryCrossEntropyWithLogits(x, y));

    public Tensor Absolute([Shape(Rows, Columns)] Tensor x, [Shape(Rows, Columns)] Tensor y) => L1(x * scale, y);

    [Objective]
    public Tensor Classes([Shape(Rows, Columns)] Tensor x, [Shape(Rows)] Tensor<int> classes) => CrossEntropy(x * scale, classes);
}

/// <summary>Dropout of a scaled input, whose gradient shows what was kept.</summary>
[Graph]
public sealed partial class Drops
{
    public const int Size = 10_000;

    readonly Parameter scale = new([Size], Init.Ones);

    public Tensor Kept([Shape(Size)] Tensor x) => Dropout(x * scale, 0.25f);

    [Objective]
    public Tensor Loss([Shape(Size)] Tensor x) => Kept(x).Sum();
}
