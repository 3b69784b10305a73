using System;

namespace GraphCompiler;

/// <summary>The sizes of a GPT-2; those left out are of the smallest published one, with 124 million parameters.</summary>
/// <param name="Vocabulary">The number of tokens.</param>
/// <param name="Context">The largest number of positions.</param>
/// <param name="Width">The size of a position's vector.</param>
/// <param name="Layers">The number of blocks.</param>
/// <param name="Heads">The number of heads; it divides the width.</param>
/// <param name="Dropout">The probability with which training drops elements and attention weights; 0 for none.</param>
/// <param name="Epsilon">Added to the norms' variance.</param>
/// <param name="CacheFormat">How the keys and values of a session lie in memory.</param>
public sealed record Gpt2Options(
    int Vocabulary = 50257, int Context = 1024, int Width = 768, int Layers = 12, int Heads = 12, float Dropout = 0,
    float Epsilon = 1e-5f, CacheFormat CacheFormat = CacheFormat.Float32);

/// <summary>
/// GPT-2 (Radford et al. 2019) with the names and layouts of Hugging Face's checkpoints: <c>wte.weight</c>,
/// <c>wpe.weight</c>, <c>h.0.ln_1.weight</c>, <c>h.0.attn.c_attn.weight</c>, <c>h.0.attn.c_proj.bias</c>,
/// <c>h.0.mlp.c_fc.weight</c>, <c>ln_f.weight</c>. Hold it in a field marked <c>[Name("")]</c> to get just these names; files
/// that put <c>transformer.</c> before them, or hold causal masks as <c>h.0.attn.bias</c>, load with
/// <see cref="LoadOptions"/>. The output layer is the embedding's weight. Initialisation as in the paper: normal with
/// deviation 0.02, and 0.02/√(2·layers) where a block adds to the residual.
/// </summary>
[Module]
public sealed class Gpt2
{
    [Name("wte")]
    readonly Embedding tokens;

    [Name("wpe")]
    readonly LearnedPositions positions;

    [Name("h")]
    readonly Gpt2Block[] blocks;

    [Name("ln_f")]
    readonly LayerNorm norm;

    readonly TiedOutput output;
    readonly float dropout;

    /// <summary>Declares the network.</summary>
    /// <param name="options">Its sizes.</param>
    public Gpt2(Gpt2Options options)
    {
        tokens = new(options.Vocabulary, options.Width, Init.Normal(0, 0.02));
        positions = new(options.Context, options.Width);
        blocks = new Gpt2Block[options.Layers];
        for (int i = 0; i < blocks.Length; i++)
            blocks[i] = new(options);
        norm = new(options.Width, epsilon: options.Epsilon);
        output = new(tokens);
        dropout = options.Dropout;
    }

    /// <summary>The vectors after the last block and norm.</summary>
    /// <param name="ids">Token numbers [..., time], time at most the context; the result is [..., time, width].</param>
    public Tensor Hidden(Tensor<int> ids)
    {
        var x = tokens.Forward(ids) + positions.Forward(ids.Shape[^1]);
        if (dropout > 0)
            x = Ops.Dropout(x, dropout);
        foreach (var block in blocks)
            x = block.Forward(x);
        return norm.Forward(x);
    }

    /// <summary>The scores of every token to come next, at each position.</summary>
    /// <param name="ids">Token numbers [..., time], time at most the context; the result is [..., time, vocabulary].</param>
    public Tensor Forward(Tensor<int> ids) => output.Forward(Hidden(ids));

    /// <summary>
    /// The scores of every token to come after these, which go on a text that the session has begun: its keys and values
    /// are kept.
    /// </summary>
    /// <param name="ids">Token numbers [time]; the result is [vocabulary].</param>
    /// <param name="position">The number of tokens before these, a scalar input of the graph method.</param>
    public Tensor Decode(Tensor<int> ids, Tensor<int> position)
    {
        var x = tokens.Forward(ids) + positions.Forward(Ops.Arange(ids.Shape[0]) + position);
        foreach (var block in blocks)
            x = block.Decode(x, position);
        return output.Forward(norm.Forward(x[^1]));
    }
}

/// <summary>A block of GPT-2: <c>ln_1</c>, <c>attn</c>, <c>ln_2</c>, <c>mlp</c>.</summary>
[Module]
public sealed class Gpt2Block : ILayer
{
    [Name("ln_1")]
    readonly LayerNorm beforeAttention;

    [Name("attn")]
    readonly CausalSelfAttention attention;

    [Name("ln_2")]
    readonly LayerNorm beforeMlp;

    readonly Gpt2Mlp mlp;

    /// <summary>Declares the block.</summary>
    /// <param name="options">The network's sizes.</param>
    public Gpt2Block(Gpt2Options options)
    {
        var residual = Init.Normal(0, 0.02 / Math.Sqrt(2 * options.Layers));
        beforeAttention = new(options.Width, epsilon: options.Epsilon);
        attention = new(
            options.Width, options.Heads, dropout: options.Dropout, layout: WeightLayout.InputsOutputs, context: options.Context,
            outputInitializer: residual, cacheFormat: options.CacheFormat);
        beforeMlp = new(options.Width, epsilon: options.Epsilon);
        mlp = new(options.Width, options.Dropout, residual);
    }

    /// <summary>Applies the block.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x)
    {
        x += attention.Forward(beforeAttention.Forward(x));
        return x + mlp.Forward(beforeMlp.Forward(x));
    }

    /// <summary>Applies the block to one sequence that comes in parts: the session keeps keys and values.</summary>
    /// <param name="x">[time, width]; the result has the same shape.</param>
    /// <param name="position">The number of positions before these, a scalar input of the graph method.</param>
    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        x += attention.Decode(beforeAttention.Forward(x), position);
        return x + mlp.Forward(beforeMlp.Forward(x));
    }
}

/// <summary>The feed-forward block of GPT-2: <c>c_fc</c>, GELU by its tanh formula, <c>c_proj</c>.</summary>
/// <param name="width">The size of the last axis of input and output.</param>
/// <param name="dropout">The probability with which training drops elements of the result; 0 for none.</param>
/// <param name="outputInitializer">The first values of the second projection.</param>
[Module]
public sealed class Gpt2Mlp(int width, float dropout, Initializer outputInitializer) : ILayer
{
    [Name("c_fc")]
    readonly TransposedLinear expand = new(width, 4 * width);

    [Name("c_proj")]
    readonly TransposedLinear project = new(4 * width, width, weightInitializer: outputInitializer);

    /// <summary>Applies the block to the last axis.</summary>
    /// <param name="x">[..., width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x)
    {
        var result = project.Forward(Ops.GeluTanh(expand.Forward(x)));
        return dropout > 0 ? Ops.Dropout(result, dropout) : result;
    }
}
