namespace GraphCompiler;

/// <summary>
/// Zeroes elements at random in training and scales up the others; the identity in inference. PyTorch's
/// <c>nn.Dropout</c>.
/// </summary>
/// <param name="p">The probability of zero, at least 0 and below 1.</param>
[Module]
public sealed class Dropout(float p = 0.5f) : ILayer
{
    /// <summary>Applies the layer.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public Tensor Forward(Tensor x) => Ops.Dropout(x, p);
}
