namespace GraphCompiler;

/// <summary>
/// Layers applied one after another. PyTorch's <c>nn.Sequential</c>, with its names: the weight of the first layer of a
/// field <c>net</c> is <c>net.0.weight</c>.
/// </summary>
/// <param name="layers">The layers, first to last.</param>
[Module]
public sealed class Sequential(params ILayer[] layers) : ILayer
{
    [Name("")]
    readonly ILayer[] layers = layers;

    /// <summary>Applies the layers in order.</summary>
    /// <param name="x">What the first layer takes; the result is what the last one gives.</param>
    public Tensor Forward(Tensor x)
    {
        foreach (var layer in layers)
            x = layer.Forward(x);
        return x;
    }
}
