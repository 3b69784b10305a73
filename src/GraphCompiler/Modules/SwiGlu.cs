namespace GraphCompiler;

/// <summary>
/// A gated block, down(silu(gate(x)) · up(x)) (Shazeer 2020, "GLU variants improve transformer"): the block after attention
/// in LLaMA, with its names <c>gate_proj</c>, <c>up_proj</c>, <c>down_proj</c>.
/// </summary>
/// <param name="width">The size of the last axis of input and output.</param>
/// <param name="hidden">The size of the gated product; LLaMA takes about 8/3 of the width.</param>
/// <param name="bias">Whether the layers have a bias.</param>
/// <param name="dropout">The probability of zero after the last layer; 0 for none.</param>
[Module]
public sealed class SwiGlu(int width, int hidden, bool bias = false, float dropout = 0) : ILayer
{
    [Name("gate_proj")]
    readonly Linear gate = new(width, hidden, bias);

    [Name("up_proj")]
    readonly Linear up = new(width, hidden, bias);

    [Name("down_proj")]
    readonly Linear down = new(hidden, width, bias);

    /// <summary>Applies the block to the last axis.</summary>
    /// <param name="x">[..., width]; the result has the same shape.</param>
    public Tensor Forward(Tensor x)
    {
        var result = down.Forward(Ops.Silu(gate.Forward(x)) * up.Forward(x));
        return dropout > 0 ? Ops.Dropout(result, dropout) : result;
    }
}
