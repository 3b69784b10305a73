namespace GraphCompiler;

/// <summary>A table of vectors looked up by number. PyTorch's <c>nn.Embedding</c>: weight normal with deviation 1.</summary>
/// <param name="rows">The number of vectors.</param>
/// <param name="width">The size of a vector.</param>
/// <param name="initializer">The first values; PyTorch's if left out.</param>
/// <param name="paddingIndex">
/// The row of what pads, which begins with zeros and gets no gradient when it is looked up; negative ones count from the last, which is
/// −1. PyTorch's <c>padding_idx</c>.
/// </param>
[Module]
public sealed class Embedding(int rows, int width, Initializer? initializer = null, int? paddingIndex = null)
{
    readonly int? padding = paddingIndex < 0 ? rows + paddingIndex : paddingIndex;
    readonly Parameter weight = new([rows, width], FirstValues(initializer ?? Init.Normal(0, 1), rows, paddingIndex));

    /// <summary>The table, [rows, width]; an output layer may share it.</summary>
    public Parameter Weight => weight;

    /// <summary>Looks up vectors.</summary>
    /// <param name="indices">Any shape [...], numbers from 0 to rows − 1; the result is [..., width].</param>
    public Tensor Forward(Tensor<int> indices)
    {
        var vectors = Ops.Gather(weight, indices);
        return padding is { } row ? WithoutGradient(vectors, Ops.Equal(indices, row)) : vectors;
    }

    /// <inheritdoc cref="Forward(Tensor{int})"/>
    public Tensor Forward(Tensor<long> indices)
    {
        var vectors = Ops.Gather(weight, indices);
        return padding is { } row ? WithoutGradient(vectors, Ops.Equal(indices, row)) : vectors;
    }

    static Tensor WithoutGradient(Tensor vectors, Tensor<bool> isPadding) => Ops.Select(isPadding.Unsqueeze(-1), Ops.StopGradient(vectors), vectors);

    static Initializer FirstValues(Initializer others, int rows, int? paddingIndex)
    {
        if (paddingIndex is not { } row)
            return others;
        if (row < -rows || row >= rows)
            throw new System.ArgumentOutOfRangeException(nameof(paddingIndex), $"a table of {rows} rows has no row {row} to pad with");
        return Init.ZeroRow(others, row < 0 ? rows + row : row);
    }
}
