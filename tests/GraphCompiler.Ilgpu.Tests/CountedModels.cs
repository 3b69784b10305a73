using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>A GPT-2's feed-forward layers: products of real size, whose epilogues add biases and compute activations and their gradients.</summary>
[Module]
public sealed class FeedForward
{
    public const int Rows = 1024, Width = 768;

    readonly Linear expand = new(Width, 4 * Width), project = new(4 * Width, Width);

    public Tensor Forward(Tensor x) => x + project.Forward(Gelu(expand.Forward(x)));

    public Tensor Loss(Tensor x)
    {
        var y = Forward(x);
        return Mean(y * y);
    }
}

/// <summary>Its products multiply floats.</summary>
[Graph]
public sealed partial class FeedForwardOfFloats
{
    readonly FeedForward feedForward = new();

    [Objective]
    public Tensor Loss([Shape(FeedForward.Rows, FeedForward.Width)] Tensor x) => feedForward.Loss(x);

    public Tensor Next([Shape(1, FeedForward.Width)] Tensor x) => feedForward.Forward(x);
}

/// <summary>Its products multiply numbers of bfloat16.</summary>
[Graph(MatMulPrecision = MatMulPrecision.BFloat16)]
public sealed partial class FeedForwardOfBFloat16
{
    readonly FeedForward feedForward = new();

    [Objective]
    public Tensor Loss([Shape(FeedForward.Rows, FeedForward.Width)] Tensor x) => feedForward.Loss(x);

    public Tensor Next([Shape(1, FeedForward.Width)] Tensor x) => feedForward.Forward(x);
}
