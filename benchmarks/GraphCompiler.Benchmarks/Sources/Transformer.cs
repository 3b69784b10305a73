using GraphCompiler;
using static GraphCompiler.Ops;

namespace Sources;

/// <summary>A character model of twelve blocks: 64 characters of context, 4 heads of 32.</summary>
[Graph]
public sealed partial class Transformer
{
    const int Batch = 4, Length = 64, Width = 128, Heads = 4, Characters = 96;

    readonly Embedding characters = new(Characters, Width);
    readonly Parameter places = new([Length, Width], Init.Normal(0, 0.02));
    readonly Block[] blocks = [.. Enumerable.Range(0, 12).Select(_ => new Block(Width, Heads))];
    readonly LayerNorm norm = new(Width);
    readonly Linear output = new(Width, Characters);

    public Tensor Logits([Shape(Batch, Length)] Tensor<int> text)
    {
        var x = characters.Forward(text) + places;
        foreach (var block in blocks)
            x = block.Forward(x);
        return output.Forward(norm.Forward(x));
    }

    [Objective]
    public Tensor Loss([Shape(Batch, Length)] Tensor<int> text, [Shape(Batch * Length)] Tensor<int> next)
        => CrossEntropy(Logits(text).Reshape(Batch * Length, Characters), next);
}

[Module]
public sealed class Block(int width, int heads)
{
    readonly LayerNorm beforeAttention = new(width), beforeMlp = new(width);
    readonly Attention attention = new(width, heads);
    readonly Mlp mlp = new(width, 4 * width);

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(beforeAttention.Forward(x));
        return x + mlp.Forward(beforeMlp.Forward(x));
    }
}

[Module]
public sealed class Attention(int width, int heads)
{
    readonly Linear query = new(width, width), key = new(width, width), value = new(width, width);
    readonly Linear project = new(width, width);

    public Tensor Forward(Tensor x)
    {
        Tensor q = InHeads(query.Forward(x)), k = InHeads(key.Forward(x)), v = InHeads(value.Forward(x));
        var weights = Softmax(MatMul(q, k.Transpose(2, 3)) * (1 / Math.Sqrt(width / heads)));
        return project.Forward(MatMul(weights, v).Permute(0, 2, 1, 3).Reshape(x.Shape));
    }

    Tensor InHeads(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], heads, width / heads).Permute(0, 2, 1, 3);
}
