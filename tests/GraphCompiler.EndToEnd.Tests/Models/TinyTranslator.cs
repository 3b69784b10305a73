using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A pre-norm encoder and decoder with cross-attention; the source has padding and another length than the target.</summary>
[Graph, Dim("batch", Max = 4), Dim("sourceTime", Max = 9), Dim("time", Max = 8)]
public sealed partial class TinyTranslator
{
    public const int Vocabulary = 11, Width = 8;
    static readonly TransformerOptions Sizes = new(Width, Heads: 2, Layers: 2, Hidden: 12, Activation.Relu, Context: 8);

    readonly Embedding embedding = new(Vocabulary, Width);
    readonly SinusoidalPositions positions = new(Width);
    readonly TransformerEncoder encoder = new(Sizes);
    readonly TransformerDecoder decoder = new(Sizes);
    readonly Linear output = new(Width, Vocabulary);

    public Tensor Logits(
        [Shape("batch", "sourceTime")] Tensor<int> source, [Shape("batch", "sourceTime")] Tensor<int> mask,
        [Shape("batch", "time")] Tensor<int> target)
    {
        Tensor<bool> isWord = NotEqual(mask, 0);
        Tensor memory = encoder.Forward(Embed(source), isWord);
        return output.Forward(decoder.Forward(Embed(target), memory, memoryMask: isWord));
    }

    public Tensor Memory([Shape("sourceTime")] Tensor<int> source) => encoder.Forward(Embed(source.Unsqueeze(0))).Squeeze(0);

    public Tensor Next([Shape("sourceTime", Width)] Tensor memory, [Shape("time")] Tensor<int> target, [Shape] Tensor<int> position)
    {
        Tensor x = embedding.Forward(target) + positions.Forward(Arange(target.Shape[0]) + position);
        return output.Forward(decoder.Decode(x, memory, position)[^1]);
    }

    Tensor Embed(Tensor<int> ids) => embedding.Forward(ids) + positions.Forward(ids.Shape[1]);

    [Objective]
    public Tensor Loss(
        [Shape("batch", "sourceTime")] Tensor<int> source, [Shape("batch", "sourceTime")] Tensor<int> mask,
        [Shape("batch", "time")] Tensor<int> target, [Shape("batch", "time")] Tensor<int> labels)
        => CrossEntropy(Logits(source, mask, target), labels);
}
