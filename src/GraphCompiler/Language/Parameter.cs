namespace GraphCompiler;

/// <summary>
/// A tensor that training changes, unless it is frozen (<see cref="FrozenAttribute"/>). It is declared as a field of a model or module; its name in checkpoints is the path
/// of fields to it: <c>hidden1.weight</c>, <c>blocks.0.attention.bias</c>.
/// </summary>
public sealed class Parameter : Tensor
{
    /// <summary>Declares a parameter.</summary>
    /// <param name="shape">Its dimensions, outermost first, all positive; empty for a scalar.</param>
    /// <param name="initializer">Its first values, one of <see cref="Init"/>; zeros if left out.</param>
    public Parameter(int[] shape, Initializer? initializer = null)
        : base([.. shape ?? throw new ArgumentNullException(nameof(shape))]) => _ = initializer;
}
