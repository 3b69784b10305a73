using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>A model whose loss is over so many words that the logits of all rows are never held.</summary>
[Graph, Dim("rows", Max = MostRows)]
public sealed partial class Vocabulary
{
    public const int MostRows = 1100, Words = 1024;
    const int Width = 4;

    readonly Embedding words = new(Words, Width);
    readonly Linear output = new(Width, Words);

    [Objective]
    public Tensor Loss([Shape("rows")] Tensor<int> text, [Shape("rows")] Tensor<int> next) => CrossEntropy(output.Forward(words.Forward(text)), next);
}
