using System;

namespace GraphCompiler;

/// <summary>
/// x · weightᵀ + bias. PyTorch's <c>nn.Linear</c>, with its layout and its initialisation: weight and bias uniform in
/// ±1/√inputs.
/// </summary>
[Module]
public sealed class Linear : ILayer, ILoraTarget
{
    readonly Parameter weight;
    readonly Parameter? bias;

    [Name("")]
    LoraAdapter? lora;

    /// <summary>Declares the layer.</summary>
    /// <param name="inputs">The size of the last axis of its input.</param>
    /// <param name="outputs">The size of the last axis of its output.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="weightInitializer">The first values of the weight; PyTorch's if left out.</param>
    /// <param name="biasInitializer">The first values of the bias; PyTorch's if left out.</param>
    public Linear(
        int inputs, int outputs, bool bias = true, Initializer? weightInitializer = null, Initializer? biasInitializer = null)
    {
        weight = new([outputs, inputs], weightInitializer ?? Init.KaimingUniform(Math.Sqrt(5)));
        var bound = 1 / Math.Sqrt(inputs);
        this.bias = bias ? new([outputs], biasInitializer ?? Init.Uniform(-bound, bound)) : null;
    }

    /// <summary>
    /// Declares a layer that shares its parameters with another module, as an output layer shares its weight with the
    /// embedding. A shared parameter is one parameter: it keeps the name of the field that comes first, its gradient is the
    /// sum over its uses, and it lies in a checkpoint once.
    /// </summary>
    /// <param name="weight">The other module's weight, [outputs, inputs].</param>
    /// <param name="bias">A bias, [outputs], or none.</param>
    public Linear(Parameter weight, Parameter? bias = null)
    {
        this.weight = weight;
        this.bias = bias;
    }

    /// <summary>The weight, [outputs, inputs].</summary>
    public Parameter Weight => weight;

    /// <summary>The bias, [outputs], if there is one.</summary>
    public Parameter? Bias => bias;

    /// <summary>Applies the layer to the last axis.</summary>
    /// <param name="x">[..., inputs]; the result is [..., outputs].</param>
    public Tensor Forward(Tensor x)
    {
        var product = Ops.MatMul(x, Ops.Transpose(weight));
        var result = bias is null ? product : product + bias;
        return lora is null ? result : result + lora.Forward(x);
    }

    /// <inheritdoc/>
    public void AddLora(int rank, float scale, float dropout) =>
        lora = new(weight.Shape[1], weight.Shape[0], rank, scale, dropout, WeightLayout.OutputsInputs);
}
