using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A post-norm encoder with token types, a padding mask, a head for masked words and one for whole texts.</summary>
[Graph, Dim("batch", Max = 8), Dim("time", Max = Context)]
public sealed partial class TinyBert
{
    public const int Context = 10, Vocabulary = 13, Types = 2, Classes = 3, Width = 8;
    const float Epsilon = 1e-12f;

    readonly Embedding words = new(Vocabulary, Width), types = new(Types, Width);
    readonly LearnedPositions positions = new(Context, Width);
    readonly LayerNorm norm = new(Width, epsilon: Epsilon);
    readonly TransformerEncoder encoder = new(new(Width, Heads: 2, Layers: 2, Hidden: 12, NormFirst: false, Epsilon: Epsilon));
    readonly Linear transform = new(Width, Width), pooler = new(Width, Width), classifier = new(Width, Classes);
    readonly LayerNorm transformNorm = new(Width, epsilon: Epsilon);
    readonly Parameter wordBias = new([Vocabulary]);

    public (Tensor Logits, Tensor Scores) Outputs(
        [Shape("batch", "time")] Tensor<int> ids, [Shape("batch", "time")] Tensor<int> kinds, [Shape("batch", "time")] Tensor<int> mask)
    {
        Tensor x = norm.Forward(words.Forward(ids) + positions.Forward(ids.Shape[1]) + types.Forward(kinds));
        x = encoder.Forward(x, NotEqual(mask, 0));
        Tensor transformed = transformNorm.Forward(Gelu(transform.Forward(x)));
        Tensor logits = new Linear(words.Weight, wordBias).Forward(transformed);
        return (logits, classifier.Forward(Tanh(pooler.Forward(x[.., 0]))));
    }

    [Objective]
    public Tensor Loss(
        [Shape("batch", "time")] Tensor<int> ids, [Shape("batch", "time")] Tensor<int> kinds, [Shape("batch", "time")] Tensor<int> mask,
        [Shape("batch", "time")] Tensor<int> labels, [Shape("batch")] Tensor<int> classes)
    {
        var (logits, scores) = Outputs(ids, kinds, mask);
        return CrossEntropy(logits, labels) + CrossEntropy(scores, classes);
    }
}
