using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Causal stacks of the built-in blocks, pre- and post-norm, over the same embedding; fixed and learned positions.</summary>
[Graph, Dim("time", Max = Context)]
public sealed partial class CausalStacks
{
    public const int Context = 20, Vocabulary = 15, Width = 24;
    static readonly TransformerOptions Sizes = new(Width, Heads: 3, Layers: 2, Context: Context);

    readonly Embedding tokens = new(Vocabulary, Width);
    readonly SinusoidalPositions fixedPositions = new(Width);
    readonly LearnedPositions learnedPositions = new(Context, Width, Init.Normal());
    readonly TransformerEncoder preNorm = new(Sizes, causal: true);
    readonly TransformerEncoder postNorm = new(Sizes with { NormFirst = false, Activation = Activation.Relu }, causal: true);

    public (Tensor PreNorm, Tensor PostNorm) Scores([Shape("time")] Tensor<int> ids)
    {
        Tensor x = tokens.Forward(ids);
        return (
            Score(preNorm.Forward(x + fixedPositions.Forward(ids.Shape[0]))),
            Score(postNorm.Forward(x + learnedPositions.Forward(ids.Shape[0]))));
    }

    public (Tensor PreNorm, Tensor PostNorm) Next([Shape("time")] Tensor<int> ids, [Shape] Tensor<int> position)
    {
        Tensor x = tokens.Forward(ids);
        Tensor<int> positions = Arange(ids.Shape[0]) + position;
        return (
            Score(preNorm.Decode(x + fixedPositions.Forward(positions), position))[^1],
            Score(postNorm.Decode((x + learnedPositions.Forward(positions)).Unsqueeze(0), position)[0, ^1]));
    }

    Tensor Score(Tensor x) => MatMul(x, tokens.Weight.Transpose());
}
