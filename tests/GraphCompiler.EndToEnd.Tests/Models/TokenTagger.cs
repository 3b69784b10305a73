using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>
/// Embedding, both norms, GELU in both forms, SiLU, softmax over an inner axis, dropout, binary cross-entropy; its twin
/// is in tests/reference/models.py.
/// </summary>
[Graph]
public sealed partial class TokenTagger
{
    public const int Batch = 4, Tokens = 5, Vocabulary = 11, Width = 6, Hidden = 7, Tags = 3;

    readonly Embedding embedding = new(Vocabulary, Width);
    readonly LayerNorm norm = new(Width);
    readonly Linear expand = new(Width, Hidden);
    readonly RmsNorm rms = new(Hidden, 1e-5f);
    readonly Linear gate = new(Hidden, Hidden, bias: false);
    readonly Linear score = new(Hidden, 1, bias: false);
    readonly Linear output = new(Hidden, Tags);

    // Used by inference alone, where it is off.
    readonly Dropout dropout = new(0.3f);

    public (Tensor Weights, Tensor Logits, Tensor Probabilities) Outputs([Shape(Batch, Tokens)] Tensor<int> tokens)
    {
        Tensor x = Features(tokens);
        Tensor weights = Weights(x);
        Tensor logits = Read(dropout.Forward(x), weights);
        return (weights, logits, Sigmoid(logits));
    }

    [Objective]
    public Tensor Loss([Shape(Batch, Tokens)] Tensor<int> tokens, [Shape(Batch, Tags)] Tensor tags)
    {
        Tensor x = Features(tokens);
        return BinaryCrossEntropyWithLogits(Read(x, Weights(x)), tags);
    }

    Tensor Features(Tensor<int> tokens)
    {
        Tensor x = GeluTanh(expand.Forward(norm.Forward(embedding.Forward(tokens))));
        return x + Silu(gate.Forward(rms.Forward(x))) * Gelu(x);
    }

    Tensor Weights(Tensor x) => Softmax(score.Forward(x), axis: 1);

    Tensor Read(Tensor x, Tensor weights) => output.Forward(Tanh((weights * x).Sum(axis: 1)));
}
