using GraphCompiler;
using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A GPT over characters whose products multiply numbers of bfloat16, and whose activations lie in memory as such.</summary>
[Graph(Precision = Precision.BFloat16), Dim("batch", Max = 4), Dim("time", Max = Context)]
public sealed partial class NarrowGpt
{
    public const int Vocabulary = 65, Context = 40, Width = 64, Heads = 2;

    readonly Embedding tokens = new(Vocabulary, Width, Init.Normal(0, 0.02));
    readonly LearnedPositions positions = new(Context, Width);
    readonly Block first = new(Width, Heads), second = new(Width, Heads);
    readonly LayerNorm norm = new(Width);

    public Tensor Logits([Shape("batch", "time")] Tensor<int> ids)
    {
        var x = second.Forward(first.Forward(tokens.Forward(ids) + positions.Forward(ids.Shape[1])));
        return MatMul(norm.Forward(x), tokens.Weight.Transpose());
    }

    [Objective]
    public Tensor Loss([Shape("batch", "time")] Tensor<int> ids, [Shape("batch", "time")] Tensor<int> next)
        => CrossEntropy(Logits(ids), next);
}
