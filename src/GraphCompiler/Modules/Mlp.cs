namespace GraphCompiler;

/// <summary>Two linear layers with an activation between them: the block of a transformer after attention.</summary>
/// <param name="width">The size of the last axis of input and output.</param>
/// <param name="hidden">The size between the layers.</param>
/// <param name="activation">What is applied between the layers.</param>
/// <param name="bias">Whether the layers have a bias.</param>
/// <param name="dropout">The probability of zero after the second layer; 0 for none.</param>
[Module]
public sealed class Mlp(
    int width, int hidden, Activation activation = Activation.Gelu, bool bias = true, float dropout = 0) : ILayer
{
    readonly Linear expand = new(width, hidden, bias);
    readonly Linear project = new(hidden, width, bias);

    /// <summary>Applies the block to the last axis.</summary>
    /// <param name="x">[..., width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x)
    {
        var result = project.Forward(activation.Apply(expand.Forward(x)));
        return dropout > 0 ? Ops.Dropout(result, dropout) : result;
    }
}
