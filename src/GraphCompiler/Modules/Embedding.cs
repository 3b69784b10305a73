namespace GraphCompiler;

/// <summary>A table of vectors looked up by number. PyTorch's <c>nn.Embedding</c>: weight normal with deviation 1.</summary>
/// <param name="rows">The number of vectors.</param>
/// <param name="width">The size of a vector.</param>
/// <param name="initializer">The first values; PyTorch's if left out.</param>
[Module]
public sealed class Embedding(int rows, int width, Initializer? initializer = null)
{
    readonly Parameter weight = new([rows, width], initializer ?? Init.Normal(0, 1));

    /// <summary>The table, [rows, width]; an output layer may share it.</summary>
    public Parameter Weight => weight;

    /// <summary>Looks up vectors.</summary>
    /// <param name="indices">Any shape [...], numbers from 0 to rows − 1; the result is [..., width].</param>
    public Tensor Forward(Tensor<int> indices) => Ops.Gather(weight, indices);
}
