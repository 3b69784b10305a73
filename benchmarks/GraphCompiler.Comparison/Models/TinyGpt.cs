namespace GraphCompiler.Comparison.Models;

/// <summary>nanoGPT's small model of characters: 4 layers, 4 heads, width 128, no biases, 0.8 M parameters.</summary>
[Graph]
public sealed partial class TinyGpt
{
    public const int Batch = 12, Time = 64, Vocabulary = 65;

    readonly Gpt gpt = new(Vocabulary, Time, layers: 4, heads: 4, width: 128, bias: false);

    [Objective]
    public Tensor Loss([Shape(Batch, Time)] Tensor<int> tokens, [Shape(Batch, Time)] Tensor<int> next) => gpt.Loss(tokens, next);
}
