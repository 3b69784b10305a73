using GraphCompiler;

namespace GraphCompiler.LlamaComparison;

/// <summary>GPT-2 of 124 million parameters, whose first values the packed ones get.</summary>
[Graph, Dim("time", Max = Gpt2Sizes.Prompt)]
internal sealed partial class Gpt2OfFloats
{
    [Name("")]
    readonly Gpt2 network = new(new Gpt2Options());

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => network.Decode(text, position);
}

/// <summary>GPT-2 of 124 million parameters with weights of 8 bits, which goes on with a text.</summary>
[Graph(Weights = WeightFormat.Int8), Dim("time", Max = Gpt2Sizes.Prompt)]
internal sealed partial class Gpt2OfInt8
{
    [Name("")]
    readonly Gpt2 network = new(new Gpt2Options());

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => network.Decode(text, position);
}

/// <summary>The same with weights of 4 bits.</summary>
[Graph(Weights = WeightFormat.Int4), Dim("time", Max = Gpt2Sizes.Prompt)]
internal sealed partial class Gpt2OfInt4
{
    [Name("")]
    readonly Gpt2 network = new(new Gpt2Options());

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => network.Decode(text, position);
}

/// <summary>GPT-2's sizes, and that of the prompt.</summary>
internal static class Gpt2Sizes
{
    public const int Vocabulary = 50257, Context = 1024, Width = 768, Layers = 12, Heads = 12, Prompt = 64;
}
