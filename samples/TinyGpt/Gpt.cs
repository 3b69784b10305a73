using GraphCompiler;
using static GraphCompiler.Ops;

namespace TinyGpt;

/// <summary>A GPT over characters, with the first values of GPT-2: 4 blocks of 4 heads, 128 wide, 64 characters of context.</summary>
[Graph]
public sealed partial class Gpt
{
    public const int Batch = 12, Context = 64, Vocabulary = 128;
    const int Layers = 4, Heads = 4, Width = 128;
    const double Deviation = 0.02;

    readonly Embedding characters = new(Vocabulary, Width, Init.Normal(0, Deviation));
    readonly Embedding places = new(Context, Width, Init.Normal(0, Deviation));
    readonly Block[] blocks = [.. Enumerable.Range(0, Layers).Select(_ => new Block(Width, Heads, Layers))];
    readonly LayerNorm norm = new(Width, bias: false);

    public Tensor Next([Shape(1, Context)] Tensor<int> text) => Logits(text);

    [Objective]
    public Tensor Loss([Shape(Batch, Context)] Tensor<int> text, [Shape(Batch, Context)] Tensor<int> next)
        => CrossEntropy(Logits(text), next);

    Tensor Logits(Tensor<int> text)
    {
        var x = characters.Forward(text) + places.Weight;
        foreach (var block in blocks)
            x = block.Forward(x);
        return MatMul(norm.Forward(x), Transpose(characters.Weight));
    }
}

[Module]
public sealed class Block(int width, int heads, int layers)
{
    readonly LayerNorm norm1 = new(width, bias: false), norm2 = new(width, bias: false);
    readonly Parameter attention = new([3 * width, width], Init.Normal(0, 0.02));
    readonly Parameter attentionOut = new([width, width], Init.Normal(0, 0.02 / Math.Sqrt(2 * layers)));
    readonly Parameter expand = new([4 * width, width], Init.Normal(0, 0.02));
    readonly Parameter project = new([width, 4 * width], Init.Normal(0, 0.02 / Math.Sqrt(2 * layers)));

    public Tensor Forward(Tensor x)
    {
        x += Attend(norm1.Forward(x));
        return x + MatMul(Gelu(MatMul(norm2.Forward(x), Transpose(expand))), Transpose(project));
    }

    Tensor Attend(Tensor x)
    {
        var parts = Split(MatMul(x, Transpose(attention)), 3);
        Tensor q = InHeads(parts[0]), k = InHeads(parts[1]), v = InHeads(parts[2]);
        var scores = MatMul(q, k.Transpose(2, 3)) * (1 / Math.Sqrt(width / heads)) + Mask(x.Shape[1]);
        return MatMul(MatMul(Softmax(scores), v).Permute(0, 2, 1, 3).Reshape(x.Shape), Transpose(attentionOut));
    }

    Tensor InHeads(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], heads, width / heads).Permute(0, 2, 1, 3);

    Tensor Mask(int length)
    {
        var rows = new Tensor[length];
        for (var i = 0; i < length; i++)
            rows[i] = i + 1 < length ? Concat([Zeros(i + 1), Full([length - 1 - i], -1e9f)]) : Zeros(length);
        return Stack(rows);
    }
}
