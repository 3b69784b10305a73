namespace GraphCompiler;

/// <summary>A row for each head of each position that a session has seen, in one of the <see cref="CacheFormat"/>s.</summary>
internal interface ICachedRows
{
    /// <summary>Keeps the rows of consecutive positions, and gives all.</summary>
    /// <param name="rows">[time, heads, size].</param>
    /// <param name="position">The first of the positions.</param>
    /// <returns>[context, heads, size].</returns>
    Tensor Keep(Tensor rows, Tensor<int> position);

    /// <summary>What attention multiplies with these rows, as exact as the format is that it reads them in.</summary>
    /// <param name="x">Any shape.</param>
    Tensor Rounded(Tensor x);
}

/// <summary>Rows of floats.</summary>
/// <param name="shape">[context, heads, size].</param>
[Module]
internal sealed class FloatRows(int[] shape) : ICachedRows
{
    readonly SessionState kept = new(shape);

    /// <inheritdoc/>
    public Tensor Keep(Tensor rows, Tensor<int> position)
    {
        kept.Write(rows, position);
        return kept;
    }

    /// <inheritdoc/>
    public Tensor Rounded(Tensor x) => x;
}

/// <summary>Rows of bfloat16.</summary>
/// <param name="shape">[context, heads, size].</param>
[Module]
internal sealed class BFloat16Rows(int[] shape) : ICachedRows
{
    readonly SessionState<BFloat16> kept = new(shape);

    /// <inheritdoc/>
    public Tensor Keep(Tensor rows, Tensor<int> position)
    {
        kept.Write(rows.To<BFloat16>(), position);
        return kept.To<float>();
    }

    /// <inheritdoc/>
    public Tensor Rounded(Tensor x) => x.To<BFloat16>().To<float>();
}

/// <summary>Rows of binary16.</summary>
/// <param name="shape">[context, heads, size].</param>
[Module]
internal sealed class HalfRows(int[] shape) : ICachedRows
{
    readonly SessionState<Half> kept = new(shape);

    /// <inheritdoc/>
    public Tensor Keep(Tensor rows, Tensor<int> position)
    {
        kept.Write(rows.To<Half>(), position);
        return kept.To<float>();
    }

    /// <inheritdoc/>
    public Tensor Rounded(Tensor x) => x.To<Half>().To<float>();
}

/// <summary>Rows of integers from −127 to 127, times the largest number of the row over 127.</summary>
/// <param name="shape">[context, heads, size].</param>
[Module]
internal sealed class Int8Rows(int[] shape) : ICachedRows
{
    const float Largest = 127;

    readonly SessionState<sbyte> kept = new(shape);
    readonly SessionState scales = new([shape[0], shape[1], 1]);

    /// <inheritdoc/>
    public Tensor Keep(Tensor rows, Tensor<int> position)
    {
        // A row of zeros has a scale of zero, and nothing is divided by it.
        Tensor scale = Ops.Max(Ops.Abs(rows), 2, keepDims: true) / Largest;
        Tensor numbers = rows / Ops.Maximum(scale, 1e-30f);
        kept.Write(Ops.Floor(numbers + 0.5f).To<sbyte>(), position);
        scales.Write(scale, position);
        return kept.To<float>() * scales;
    }

    /// <inheritdoc/>
    public Tensor Rounded(Tensor x) => x;
}
