using GraphCompiler.Contracts;

namespace GraphCompiler;

/// <summary>
/// What activations of the forward pass are kept in while they wait for the backward pass, in training. In a format of 8 bits each tensor has a
/// scale: its largest number becomes the format's largest. The forward pass goes on with what it computed; the gradients are computed of the
/// numbers that were kept.
/// </summary>
public enum SavedActivations
{
    /// <summary>As they were computed: in what <see cref="Precision"/> says.</summary>
    AsComputed = SavedContract.AsComputed,

    /// <summary>4 bits of exponent and 3 of mantissa: a relative error of 2⁻⁴ in numbers down to a 28,672nd of the tensor's largest.</summary>
    Float8E4M3 = SavedContract.Float8E4M3,

    /// <summary>5 bits of exponent and 2 of mantissa: a relative error of 2⁻³, and a range 2¹⁶ times as large.</summary>
    Float8E5M2 = SavedContract.Float8E5M2,
}
