namespace GraphCompiler;

/// <summary>How a projection's weight lies in memory and in checkpoints.</summary>
public enum WeightLayout
{
    /// <summary>[outputs, inputs], as in <see cref="Linear"/>.</summary>
    OutputsInputs,

    /// <summary>[inputs, outputs], as in <see cref="TransposedLinear"/>.</summary>
    InputsOutputs,
}

/// <summary>
/// x · weight + bias, with the weight stored [inputs, outputs]: the projection of GPT-2, which Hugging Face's library calls
/// <c>Conv1D</c>. It computes what <see cref="Linear"/> does; the layout is for its checkpoints.
/// </summary>
/// <param name="inputs">The size of the last axis of its input.</param>
/// <param name="outputs">The size of the last axis of its output.</param>
/// <param name="bias">Whether a bias is added; it begins with zeros.</param>
/// <param name="weightInitializer">The first values of the weight; normal with deviation 0.02, as GPT-2's, if left out.</param>
[Module]
public sealed class TransposedLinear(int inputs, int outputs, bool bias = true, Initializer? weightInitializer = null) : ILayer, ILoraTarget
{
    readonly Parameter weight = new([inputs, outputs], weightInitializer ?? Init.Normal(0, 0.02));
    readonly Parameter? bias = bias ? new([outputs], Init.Zeros) : null;

    [Name("")]
    LoraAdapter? lora;

    /// <summary>Applies the layer to the last axis.</summary>
    /// <param name="x">[..., inputs]; the result is [..., outputs].</param>
    public Tensor Forward(Tensor x)
    {
        var product = Ops.MatMul(x, weight);
        var result = bias is null ? product : product + bias;
        return lora is null ? result : result + lora.Forward(x);
    }

    /// <inheritdoc/>
    public void AddLora(int rank, float scale, float dropout) => lora = new(inputs, outputs, rank, scale, dropout, WeightLayout.InputsOutputs);
}
