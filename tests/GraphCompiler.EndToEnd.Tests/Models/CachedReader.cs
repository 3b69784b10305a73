using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Causal attention that keeps keys and values of the positions before, written out by hand or as one operation.</summary>
[Module]
public sealed class CachedAttention(int width, int heads, int context, bool isFused)
{
    readonly Linear input = new(width, 3 * width), output = new(width, width);
    readonly SessionState keys = new([context, heads, width / heads]), values = new([context, heads, width / heads]);

    /// <summary>Whole sequences, [time, width].</summary>
    public Tensor Forward(Tensor x)
    {
        Tensor[] parts = Split(input.Forward(x), 3);
        return Attend(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), Arange(x.Shape[0]), null);
    }

    /// <summary>The positions from one on: those before it are kept.</summary>
    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        Tensor[] parts = Split(input.Forward(x), 3);
        keys.Write(Heads(parts[1]), at: position);
        values.Write(Heads(parts[2]), at: position);
        return Attend(Heads(parts[0]), keys, values, Arange(x.Shape[0]) + position, position + x.Shape[0]);
    }

    Tensor Heads(Tensor x) => x.Reshape(x.Shape[0], heads, width / heads);

    /// <summary>Query, key and value are [time, heads, size].</summary>
    Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor<int> positions, Tensor<int>? count)
    {
        query = query.Transpose(0, 1);
        key = key.Transpose(0, 1);
        value = value.Transpose(0, 1);
        Tensor attended;
        if (isFused)
        {
            attended = Attention(query, key, value, causal: true, keyCount: count);
        }
        else
        {
            Tensor scores = MatMul(query, Transpose(key)) / MathF.Sqrt(width / heads);
            Tensor<bool> isSeen = Arange(key.Shape[1]).Unsqueeze(0) <= positions.Unsqueeze(1);
            attended = MatMul(Softmax(Select(isSeen, scores, -1e9f)), value);
        }

        return output.Forward(attended.Transpose(0, 1).Reshape(attended.Shape[1], width));
    }
}

/// <summary>A block of a small GPT.</summary>
[Module]
public sealed class CachedBlock(int width, int heads, int context, bool isFused)
{
    readonly LayerNorm beforeAttention = new(width), beforeMlp = new(width);
    readonly CachedAttention attention = new(width, heads, context, isFused);
    readonly Mlp mlp = new(width, 4 * width);

    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(beforeAttention.Forward(x));
        return x + mlp.Forward(beforeMlp.Forward(x));
    }

    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        x += attention.Decode(beforeAttention.Forward(x), position);
        return x + mlp.Forward(beforeMlp.Forward(x));
    }
}

/// <summary>The network of a small GPT.</summary>
[Module]
public sealed class CachedNetwork
{
    readonly Embedding tokens, positions;
    readonly CachedBlock[] blocks;
    readonly LayerNorm norm;

    public CachedNetwork(int vocabulary, int width, int heads, int context, bool isFused)
    {
        tokens = new(vocabulary, width);
        positions = new(context, width);
        blocks = [new(width, heads, context, isFused), new(width, heads, context, isFused)];
        norm = new(width);
    }

    public Tensor Logits(Tensor<int> ids)
    {
        Tensor x = tokens.Forward(ids) + positions.Forward(Arange(ids.Shape[0]));
        foreach (CachedBlock block in blocks)
            x = block.Forward(x);
        return MatMul(norm.Forward(x), Transpose(tokens.Weight));
    }

    public Tensor Next(Tensor<int> ids, Tensor<int> position)
    {
        Tensor x = tokens.Forward(ids) + positions.Forward(Arange(ids.Shape[0]) + position);
        foreach (CachedBlock block in blocks)
            x = block.Decode(x, position);
        return MatMul(norm.Forward(x[^1..]), Transpose(tokens.Weight))[0];
    }
}

/// <summary>Odd sizes, attention by hand.</summary>
[Graph]
[Dim("time", Max = Context)]
public sealed partial class SmallCachedReader
{
    public const int Vocabulary = 17, Context = 23;

    readonly CachedNetwork network = new(Vocabulary, 15, 3, Context, isFused: false);

    public Tensor Logits([Shape("time")] Tensor<int> tokens) => network.Logits(tokens);

    public Tensor Next([Shape("time")] Tensor<int> tokens, [Shape] Tensor<int> position) => network.Next(tokens, position);
}

/// <summary>Large enough that a team shares its kernels, attention as one operation.</summary>
[Graph]
[Dim("time", Max = Context)]
public sealed partial class CachedReader
{
    public const int Vocabulary = 120, Context = 96;

    readonly CachedNetwork network = new(Vocabulary, 128, 4, Context, isFused: true);

    public Tensor Logits([Shape("time")] Tensor<int> tokens) => network.Logits(tokens);

    public Tensor Next([Shape("time")] Tensor<int> tokens, [Shape] Tensor<int> position) => network.Next(tokens, position);
}
