using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>What the two classes below share.</summary>
[Module]
public sealed class TinyNetwork
{
    public const int Pixels = 6, Classes = 10;

    readonly Linear hidden = new(Pixels, 9);
    readonly Linear output = new(9, Classes);

    public Tensor Forward(Tensor x) => output.Forward(Tanh(hidden.Forward(x)));
}

/// <summary>A constant batch that padding fills up: rows without a label are no part of the loss.</summary>
[Graph]
public sealed partial class MaskedClassifier
{
    public const int Batch = 4;

    readonly TinyNetwork network = new();

    [Objective]
    public Tensor Loss([Shape(Batch, TinyNetwork.Pixels)] Tensor images, [Shape(Batch)] Tensor<int> labels)
    {
        Tensor hits = Equal(labels.Unsqueeze(1), Arange(TinyNetwork.Classes)).To<float>();
        return -Sum(hits * LogSoftmax(network.Forward(images))) / Sum(hits);
    }
}

/// <summary>A batch of any size, with the loss that looks its class up.</summary>
[Graph, Dim("batch", Max = MaskedClassifier.Batch)]
public sealed partial class UnmaskedClassifier
{
    readonly TinyNetwork network = new();

    [Objective]
    public Tensor Loss([Shape("batch", TinyNetwork.Pixels)] Tensor images, [Shape("batch")] Tensor<int> labels)
        => CrossEntropy(network.Forward(images), labels);
}

/// <summary>A constant batch whose loss leaves out the rows without a label.</summary>
[Graph]
public sealed partial class IgnoringClassifier
{
    readonly TinyNetwork network = new();

    [Objective]
    public Tensor Loss([Shape(MaskedClassifier.Batch, TinyNetwork.Pixels)] Tensor images, [Shape(MaskedClassifier.Batch)] Tensor<int> labels)
        => CrossEntropy(network.Forward(images), labels, ignoreIndex: Data.ImageBatch.NoLabel);
}

/// <summary>A vocabulary whose logits are never held whole; next words are numbered from 1, and 0 is left out.</summary>
[Graph, Dim("time", Max = 64)]
public sealed partial class WeightedVocabulary
{
    public const int Words = 22_500, Width = 4;

    readonly Embedding words = new(Words, Width);
    readonly Linear output = new(Width, Words);

    [Objective]
    public Tensor Loss([Shape("time")] Tensor<int> text, [Shape("time")] Tensor<int> next, [Shape("time")] Tensor weights, [Shape(Words)] Tensor classWeights)
        => CrossEntropy(output.Forward(words.Forward(text)), next - 1, ignoreIndex: -1, classWeights, weights);
}
