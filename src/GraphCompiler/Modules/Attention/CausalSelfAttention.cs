using System;

namespace GraphCompiler;

/// <summary>
/// The attention of a GPT: each position attends to itself and earlier ones; query, key and value come from one projection.
/// Names as in GPT-2 and nanoGPT: <c>c_attn</c> gives query, key and value, <c>c_proj</c> the result.
/// </summary>
[Module]
public sealed class CausalSelfAttention : ILayer
{
    [Name("c_attn")]
    readonly ILayer input;

    [Name("c_proj")]
    readonly ILayer output;

    readonly KeyValueCache? cache;
    readonly int width;
    readonly int heads;
    readonly int window;
    readonly float dropout;

    /// <summary>Declares the layer.</summary>
    /// <param name="width">The size of the last axis of input and output.</param>
    /// <param name="heads">The number of heads; it divides the width.</param>
    /// <param name="bias">Whether the projections have a bias.</param>
    /// <param name="dropout">The probability with which training drops attention weights, and elements of the result; 0 for none.</param>
    /// <param name="window">How many positions back, itself included, a position sees; 0 for all.</param>
    /// <param name="layout">How the weights are stored: <see cref="WeightLayout.InputsOutputs"/> for GPT-2's checkpoints.</param>
    /// <param name="context">The largest number of positions that <see cref="Decode"/> keeps; 0 where it is not used.</param>
    /// <param name="weightInitializer">The first values of the projection to query, key and value; the layer's own if left out.</param>
    /// <param name="outputInitializer">The first values of the projection to the result; the layer's own if left out.</param>
    /// <param name="cacheFormat">How the keys and values of a session lie in memory.</param>
    public CausalSelfAttention(
        int width, int heads, bool bias = true, float dropout = 0, int window = 0,
        WeightLayout layout = WeightLayout.OutputsInputs, int context = 0, Initializer? weightInitializer = null,
        Initializer? outputInitializer = null, CacheFormat cacheFormat = CacheFormat.Float32)
    {
        if (heads < 1 || width % heads != 0)
            throw new ArgumentException($"a width of {width} has no {heads} heads of equal size");
        this.width = width;
        this.heads = heads;
        this.window = window;
        this.dropout = dropout;
        input = Projection(width, 3 * width, bias, layout, weightInitializer);
        output = Projection(width, width, bias, layout, outputInitializer);
        cache = context > 0 ? new(context, heads, width / heads, cacheFormat) : null;
    }

    /// <summary>Applies the layer to whole sequences.</summary>
    /// <param name="x">[..., time, width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x)
    {
        var parts = Ops.Split(input.Forward(x), 3);
        var attended = Ops.Attention(
            AttentionHeads.Split(parts[0], heads), AttentionHeads.Split(parts[1], heads), AttentionHeads.Split(parts[2], heads),
            causal: true, window: window, dropout: dropout);
        var result = output.Forward(AttentionHeads.Join(attended));
        return dropout > 0 ? Ops.Dropout(result, dropout) : result;
    }

    /// <summary>
    /// Applies the layer to one sequence that comes in parts: the session keeps the keys and values of those before, so the
    /// results are those of <see cref="Forward"/> on the whole.
    /// </summary>
    /// <param name="x">[time, width], with leading axes of size 1 if any; the result has the same shape.</param>
    /// <param name="position">The number of positions before these, a scalar input of the graph method.</param>
    public Tensor Decode(Tensor x, Tensor<int> position)
    {
        if (cache is null)
            throw new InvalidOperationException("Decode keeps keys and values: state the context where the layer is declared");
        var parts = Ops.Split(input.Forward(x.Reshape(x.Shape[^2], width)), 3);
        var attended = cache.Attend(
            AttentionHeads.Split(parts[0], heads), AttentionHeads.Split(parts[1], heads), AttentionHeads.Split(parts[2], heads),
            position, window);
        return output.Forward(AttentionHeads.Join(attended)).Reshape(x.Shape);
    }

    static ILayer Projection(int inputs, int outputs, bool bias, WeightLayout layout, Initializer? initializer) =>
        layout == WeightLayout.InputsOutputs
            ? new TransposedLinear(inputs, outputs, bias, initializer)
            : new Linear(inputs, outputs, bias, initializer);
}
