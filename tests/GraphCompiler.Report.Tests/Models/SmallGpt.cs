using static GraphCompiler.Ops;

namespace GraphCompiler.Report.Tests;

/// <summary>Two blocks, so that loops of kernels and a team of workers are in its report, and a vocabulary whose loss works in memory of its own.</summary>
[Graph]
public sealed partial class SmallGpt
{
    public const int Batch = 4, Context = 32, Vocabulary = 300, Width = 64;

    readonly Embedding tokens = new(Vocabulary, Width);
    readonly Embedding positions = new(Context, Width);
    readonly TransformerBlock[] blocks = [new(Width, heads: 4, causal: true), new(Width, heads: 4, causal: true)];
    readonly LayerNorm norm = new(Width);

    [Objective]
    public Tensor Loss([Shape(Batch, Context)] Tensor<int> text, [Shape(Batch, Context)] Tensor<int> next)
    {
        var x = tokens.Forward(text) + positions.Weight;
        foreach (var block in blocks)
            x = block.Forward(x);
        return CrossEntropy(MatMul(norm.Forward(x), Transpose(tokens.Weight)), next);
    }
}
