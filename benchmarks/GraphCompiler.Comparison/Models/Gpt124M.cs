namespace GraphCompiler.Comparison.Models;

/// <summary>GPT-2's smallest size: 12 layers, 12 heads, width 768, 124 M parameters.</summary>
[Graph]
public sealed partial class Gpt124M
{
    public const int Batch = 4, Time = 64, Context = 1024, Vocabulary = 50257;

    readonly Gpt gpt = new(Vocabulary, Context, layers: 12, heads: 12, width: 768, bias: true);

    [Objective]
    public Tensor Loss([Shape(Batch, Time)] Tensor<int> tokens, [Shape(Batch, Time)] Tensor<int> next) => gpt.Loss(tokens, next);
}
