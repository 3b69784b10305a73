using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>A loss over so many words that the logits of all rows are never held, which leaves rows out; and a product by Einsum.</summary>
[Graph, Dim("rows", Max = Vocabulary.MostRows)]
public sealed partial class MaskedVocabulary
{
    const int Width = 4;

    readonly Embedding words = new(Vocabulary.Words, Width), mix = new(3, Width);
    readonly Linear output = new(Width, Vocabulary.Words);

    [Objective]
    public Tensor Loss([Shape("rows")] Tensor<int> text, [Shape("rows")] Tensor<int> next)
    {
        var mixed = Einsum("rd,kd,ke->re", words.Forward(text), mix.Weight, mix.Weight);
        return CrossEntropy(output.Forward(mixed), next, ignoreIndex: -100);
    }
}
