using GraphCompiler;
using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A small GPT with a cache of keys and values, for models that differ in their precision.</summary>
[Module]
public sealed class PlannedGpt
{
    public const int Batch = 4, Context = 16, Vocabulary = 40;
    const int Width = 32;

    readonly Embedding tokens = new(Vocabulary, Width);
    readonly LayerNorm before = new(Width), after = new(Width);
    readonly CausalSelfAttention attention = new(Width, heads: 2, context: Context);
    readonly Mlp mlp = new(Width, 4 * Width);

    public Tensor Loss(Tensor<int> text, Tensor<int> next)
    {
        var x = tokens.Forward(text);
        x += attention.Forward(before.Forward(x));
        return CrossEntropy(Logits(x + mlp.Forward(after.Forward(x))), next);
    }

    public Tensor Next(Tensor<int> text, Tensor<int> position)
    {
        var x = tokens.Forward(text);
        x += attention.Decode(before.Forward(x), position);
        return Logits((x + mlp.Forward(after.Forward(x)))[^1]);
    }

    Tensor Logits(Tensor x) => MatMul(x, Transpose(tokens.Weight));
}

[Graph, PlanEveryPrecision, Dim("time", Max = PlannedGpt.Context)]
public sealed partial class GptOfSingles
{
    readonly PlannedGpt gpt = new();

    [Objective]
    public Tensor Loss([Shape(PlannedGpt.Batch, PlannedGpt.Context)] Tensor<int> text, [Shape(PlannedGpt.Batch, PlannedGpt.Context)] Tensor<int> next) => gpt.Loss(text, next);

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => gpt.Next(text, position);
}

[Graph(Precision = Precision.BFloat16), Dim("time", Max = PlannedGpt.Context)]
public sealed partial class GptOfBFloats
{
    readonly PlannedGpt gpt = new();

    [Objective]
    public Tensor Loss([Shape(PlannedGpt.Batch, PlannedGpt.Context)] Tensor<int> text, [Shape(PlannedGpt.Batch, PlannedGpt.Context)] Tensor<int> next) => gpt.Loss(text, next);

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => gpt.Next(text, position);
}

[Graph(Precision = Precision.Float16), PlanEveryPrecision, Dim("time", Max = PlannedGpt.Context)]
public sealed partial class GptOfHalves
{
    readonly PlannedGpt gpt = new();

    [Objective]
    public Tensor Loss([Shape(PlannedGpt.Batch, PlannedGpt.Context)] Tensor<int> text, [Shape(PlannedGpt.Batch, PlannedGpt.Context)] Tensor<int> next) => gpt.Loss(text, next);

    public Tensor Next([Shape("time")] Tensor<int> text, [Shape] Tensor<int> position) => gpt.Next(text, position);
}
