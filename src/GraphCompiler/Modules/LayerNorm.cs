namespace GraphCompiler;

/// <summary>
/// Normalises the last axis to mean 0 and variance 1, then scales and shifts. PyTorch's <c>nn.LayerNorm</c>: weight
/// ones, bias zeros, the biased variance.
/// </summary>
[Module]
public sealed class LayerNorm : ILayer
{
    readonly Parameter weight;
    readonly Parameter? bias;
    readonly float epsilon;

    /// <summary>Declares the layer.</summary>
    /// <param name="width">The size of the last axis.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(int width, bool bias = true, float epsilon = 1e-5f)
    {
        weight = new([width], Init.Ones);
        this.bias = bias ? new([width], Init.Zeros) : null;
        this.epsilon = epsilon;
    }

    /// <summary>Applies the layer to the last axis.</summary>
    /// <param name="x">[..., width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x) => Ops.LayerNorm(x, weight, bias, epsilon);
}
