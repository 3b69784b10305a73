using static GraphCompiler.Ops;

namespace GraphCompiler.Benchmarks.Models;

/// <summary>The sizes of the models below: GPT-2's vocabulary.</summary>
internal static class VocabularyLoss
{
    public const int Rows = 256, Width = 768, Classes = 50257;
}

[Graph]
internal sealed partial class PlainVocabularyLoss
{
    readonly Linear head = new(VocabularyLoss.Width, VocabularyLoss.Classes, bias: false);

    [Objective]
    public Tensor Loss([Shape(VocabularyLoss.Rows, VocabularyLoss.Width)] Tensor x, [Shape(VocabularyLoss.Rows)] Tensor<int> labels)
        => CrossEntropy(head.Forward(x), labels);
}

[Graph]
internal sealed partial class MaskedVocabularyLoss
{
    readonly Linear head = new(VocabularyLoss.Width, VocabularyLoss.Classes, bias: false);

    [Objective]
    public Tensor Loss([Shape(VocabularyLoss.Rows, VocabularyLoss.Width)] Tensor x, [Shape(VocabularyLoss.Rows)] Tensor<int> labels)
        => CrossEntropy(head.Forward(x), labels, ignoreIndex: -1);
}

[Graph]
internal sealed partial class WeightedVocabularyLoss
{
    readonly Linear head = new(VocabularyLoss.Width, VocabularyLoss.Classes, bias: false);

    [Objective]
    public Tensor Loss(
        [Shape(VocabularyLoss.Rows, VocabularyLoss.Width)] Tensor x, [Shape(VocabularyLoss.Rows)] Tensor<int> labels,
        [Shape(VocabularyLoss.Rows)] Tensor rowWeights, [Shape(VocabularyLoss.Classes)] Tensor classWeights)
        => CrossEntropy(head.Forward(x), labels, ignoreIndex: -1, classWeights: classWeights, weights: rowWeights);
}
