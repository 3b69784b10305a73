namespace GraphCompiler;

/// <summary>What the blocks of a stack have in common; <c>with</c> changes single facts.</summary>
/// <param name="Width">The size of the last axis of inputs and outputs.</param>
/// <param name="Heads">The number of heads; it divides the width.</param>
/// <param name="Layers">The number of blocks.</param>
/// <param name="Hidden">The size inside the feed-forward blocks; 4 · width if 0.</param>
/// <param name="Activation">What is applied inside the feed-forward blocks.</param>
/// <param name="NormFirst">Whether norms come before attention and feed-forward (and once more at the end) or after the residuals.</param>
/// <param name="Dropout">The probability with which training drops attention weights and elements; 0 for none.</param>
/// <param name="Bias">Whether the linear layers and the norms have a bias.</param>
/// <param name="Epsilon">Added to the norms' variance.</param>
/// <param name="Context">The largest number of positions that a causal stack's Decode keeps; 0 where it is not used.</param>
public sealed record TransformerOptions(
    int Width, int Heads, int Layers, int Hidden = 0, Activation Activation = Activation.Gelu, bool NormFirst = true,
    float Dropout = 0, bool Bias = true, float Epsilon = 1e-5f, int Context = 0);

/// <summary>
/// Blocks of self-attention one after another, and a norm at the end if they are pre-norm: PyTorch's
/// <c>nn.TransformerEncoder</c> with its names, <c>layers.0</c> and so on, and <c>norm</c>. Causal, it is the stack of a GPT.
/// </summary>
[Module]
public sealed class TransformerEncoder : ILayer
{
    readonly TransformerBlock[] layers;
    readonly LayerNorm? norm;

    /// <summary>Declares the stack.</summary>
    /// <param name="options">Its sizes.</param>
    /// <param name="causal">Whether a position sees only itself and earlier ones.</param>
    public TransformerEncoder(TransformerOptions options, bool causal = false)
    {
        layers = new TransformerBlock[options.Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = new(
                options.Width, options.Heads, options.Hidden, options.Activation, options.NormFirst, options.Dropout, causal,
                options.Bias, options.Epsilon, options.Context);
        }
        norm = options.NormFirst ? new(options.Width, options.Bias, options.Epsilon) : null;
    }

    /// <summary>Applies the blocks in order.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x) => Forward(x, keyMask: null);

    /// <summary>Applies the blocks in order to sequences of which some positions are padding.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    /// <param name="keyMask">[..., time]: which positions may be attended to; all if null.</param>
    public Tensor Forward(Tensor x, Tensor<bool>? keyMask)
    {
        foreach (var layer in layers)
            x = layer.Forward(x, keyMask);
        return norm is null ? x : norm.Forward(x);
    }

    /// <summary>
    /// Applies causal blocks to one sequence that comes in parts: the session keeps the keys and values of those before.
    /// </summary>
    /// <param name="x">[time, width], with leading axes of size 1 if any; the result has the same shape.</param>
    /// <param name="position">The number of positions before these, a scalar input of the graph method.</param>
    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        foreach (var layer in layers)
            x = layer.Decode(x, position);
        return norm is null ? x : norm.Forward(x);
    }
}

/// <summary>
/// Blocks of causal self-attention and attention to an encoder's output, and a norm at the end if they are pre-norm:
/// PyTorch's <c>nn.TransformerDecoder</c> with its names, <c>layers.0</c> and so on, and <c>norm</c>.
/// </summary>
[Module]
public sealed class TransformerDecoder
{
    readonly TransformerDecoderBlock[] layers;
    readonly LayerNorm? norm;

    /// <summary>Declares the stack.</summary>
    /// <param name="options">Its sizes.</param>
    public TransformerDecoder(TransformerOptions options)
    {
        layers = new TransformerDecoderBlock[options.Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = new(
                options.Width, options.Heads, options.Hidden, options.Activation, options.NormFirst, options.Dropout,
                options.Bias, options.Epsilon, options.Context);
        }
        norm = options.NormFirst ? new(options.Width, options.Bias, options.Epsilon) : null;
    }

    /// <summary>Applies the blocks in order.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    /// <param name="memory">The encoder's output, [..., memoryTime, width].</param>
    /// <param name="keyMask">[..., time]: which positions of x may be attended to; all if left out.</param>
    /// <param name="memoryMask">[..., memoryTime]: which positions of the memory may be attended to; all if left out.</param>
    public Tensor Forward(Tensor x, Tensor memory, Tensor<bool>? keyMask = null, Tensor<bool>? memoryMask = null)
    {
        foreach (var layer in layers)
            x = layer.Forward(x, memory, keyMask, memoryMask);
        return norm is null ? x : norm.Forward(x);
    }

    /// <summary>
    /// Applies the blocks to one sequence that comes in parts: the session keeps the keys and values of those before.
    /// </summary>
    /// <param name="x">[time, width], with leading axes of size 1 if any; the result has the same shape.</param>
    /// <param name="memory">The encoder's output, [memoryTime, width], with as many leading axes.</param>
    /// <param name="position">The number of positions before these, a scalar input of the graph method.</param>
    /// <param name="memoryMask">[..., memoryTime]: which positions of the memory may be attended to; all if left out.</param>
    public Tensor Decode(Tensor x, Tensor memory, Tensor<int> position, Tensor<bool>? memoryMask = null)
    {
        foreach (var layer in layers)
            x = layer.Decode(x, memory, position, memoryMask);
        return norm is null ? x : norm.Forward(x);
    }
}
