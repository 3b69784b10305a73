namespace GraphCompiler;

/// <summary>
/// Divides the last axis by its root mean square, then scales. PyTorch's <c>nn.RMSNorm</c>: weight ones, epsilon the
/// distance from 1 to the next float.
/// </summary>
[Module]
public sealed class RmsNorm : ILayer
{
    readonly Parameter weight;
    readonly float epsilon;

    /// <summary>Declares the layer.</summary>
    /// <param name="width">The size of the last axis.</param>
    /// <param name="epsilon">Added to the mean of squares.</param>
    public RmsNorm(int width, float epsilon = 1.1920929e-07f)
    {
        weight = new([width], Init.Ones);
        this.epsilon = epsilon;
    }

    /// <summary>Applies the layer to the last axis.</summary>
    /// <param name="x">[..., width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x) => Ops.RmsNorm(x, weight, epsilon);
}
