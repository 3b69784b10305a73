using System;

namespace GraphCompiler;

/// <summary>
/// x · weightᵀ + bias. PyTorch's <c>nn.Linear</c>, with its layout and its initialisation: weight and bias uniform in
/// ±1/√inputs.
/// </summary>
[Module]
public sealed class Linear : ILayer
{
    readonly Parameter weight;
    readonly Parameter? bias;

    /// <summary>Declares the layer.</summary>
    /// <param name="inputs">The size of the last axis of its input.</param>
    /// <param name="outputs">The size of the last axis of its output.</param>
    /// <param name="bias">Whether a bias is added.</param>
    public Linear(int inputs, int outputs, bool bias = true)
    {
        weight = new([outputs, inputs], Init.KaimingUniform(Math.Sqrt(5)));
        var bound = 1 / Math.Sqrt(inputs);
        this.bias = bias ? new([outputs], Init.Uniform(-bound, bound)) : null;
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
        return bias is null ? product : product + bias;
    }
}
