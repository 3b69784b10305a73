using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// The values that an update computes anew: floats, behind them numbers of bfloat16, behind these numbers of binary16, which are read as floats and
/// stored as the nearest of their type. Each kind is a multiple of four.
/// </summary>
public struct UpdatedValues : INumberView
{
    /// <summary>The floats.</summary>
    public ArrayView<float> Floats;

    /// <summary>The numbers of bfloat16.</summary>
    public BFloat16View BFloat16s;

    /// <summary>The numbers of binary16.</summary>
    public Float16View Float16s;

    /// <summary>Floats alone.</summary>
    public static implicit operator UpdatedValues(ArrayView<float> floats) => new() { Floats = floats };

    /// <summary>How many there are.</summary>
    public readonly int IntLength => FirstFloat16 + Float16s.Bits.IntLength;

    readonly int FirstFloat16 => Floats.IntLength + BFloat16s.Bits.IntLength;

    /// <inheritdoc/>
    public readonly float this[int index] => index < Floats.IntLength ? Floats[index]
        : index < FirstFloat16 ? BFloat16s[index - Floats.IntLength]
        : Float16s[index - FirstFloat16];

    /// <inheritdoc/>
    public readonly Four LoadFour(int index) => index < Floats.IntLength ? Four.Load(Floats, index)
        : index < FirstFloat16 ? BFloat16s.LoadFour(index - Floats.IntLength)
        : Float16s.LoadFour(index - FirstFloat16);

    /// <inheritdoc/>
    public readonly void Store(int index, float value)
    {
        if (index < Floats.IntLength)
            Floats[index] = value;
        else if (index < FirstFloat16)
            BFloat16s.Store(index - Floats.IntLength, BFloat16View.Narrow(value));
        else
            Float16s.Store(index - FirstFloat16, Float16View.Narrow(value));
    }

    /// <inheritdoc/>
    public readonly void StoreFour(int index, Four values)
    {
        if (index < Floats.IntLength)
            Four.Store(Floats, index, values);
        else if (index < FirstFloat16)
            BFloat16s.StoreFour(index - Floats.IntLength, BFloat16View.Narrow(values));
        else
            Float16s.StoreFour(index - FirstFloat16, Float16View.Narrow(values));
    }

    /// <inheritdoc/>
    public readonly Four Rounded(Four values) => values;

    /// <inheritdoc/>
    public readonly nuint Address(int index) => TensorMemory.Address(ref Floats[index]);
}
