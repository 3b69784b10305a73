using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Normalises, mixes the tokens by attention, and thinks about each of them, adding every time.</summary>
[Module]
public sealed class ReaderBlock(int width)
{
    readonly LayerNorm beforeMixing = new(width), beforeMlp = new(width);
    readonly Linear queries = new(width, width), keys = new(width, width), values = new(width, width);
    readonly Mlp mlp = new(width, 4 * width, dropout: 0.1f);

    public Tensor Forward(Tensor x)
    {
        Tensor normal = beforeMixing.Forward(x);
        Tensor scores = MatMul(queries.Forward(normal), Transpose(keys.Forward(normal))) / MathF.Sqrt(width);
        x += Dropout(MatMul(Softmax(scores), values.Forward(normal)), 0.1f);
        return x + mlp.Forward(beforeMlp.Forward(x));
    }
}

/// <summary>Embedding, LayerNorm, softmax, MLP and dropout, large enough that a team shares its kernels.</summary>
[Graph]
public sealed partial class TokenReader
{
    public const int Batch = 8, Tokens = 24, Vocabulary = 50, Width = 64;

    readonly Embedding embedding = new(Vocabulary, Width);
    readonly Parameter positions = new([Tokens, Width], Init.Normal(0, 0.02));
    readonly ReaderBlock[] blocks = [new(Width), new(Width)];
    readonly LayerNorm norm = new(Width);

    public Tensor Logits([Shape(Batch, Tokens)] Tensor<int> tokens)
    {
        Tensor x = embedding.Forward(tokens) + positions;
        foreach (ReaderBlock block in blocks)
            x = block.Forward(x);
        return MatMul(norm.Forward(x), Transpose(embedding.Weight));
    }

    [Objective]
    public Tensor Loss([Shape(Batch, Tokens)] Tensor<int> tokens, [Shape(Batch, Tokens)] Tensor<int> next)
        => CrossEntropy(Logits(tokens).Reshape(Batch * Tokens, Vocabulary), next.Reshape(Batch * Tokens));
}
