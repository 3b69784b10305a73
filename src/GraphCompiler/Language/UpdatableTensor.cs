namespace GraphCompiler;

/// <summary>
/// A tensor that keeps its value between calls: <see cref="State"/> or <see cref="SessionState"/>. Read in a graph method
/// it is a tensor like another; after an update it is the new value.
/// </summary>
public abstract class UpdatableTensor : Tensor
{
    private protected UpdatableTensor(int[] shape, Initializer? initializer)
        : base([.. shape ?? throw new ArgumentNullException(nameof(shape))]) => _ = initializer;

    /// <summary>Gives it a new value.</summary>
    /// <param name="value">A tensor of its shape.</param>
    public void Set(Tensor value) => throw Symbolic.Executed();

    /// <summary>
    /// Replaces a part of one axis, in place: only what is written is touched, whatever the size of the rest.
    /// </summary>
    /// <param name="value">The new part: its shape, but for <paramref name="axis"/>, which may be shorter.</param>
    /// <param name="at">
    /// Where the part begins: one integer, an input of the graph method or computed, <c>position + 1</c>. The method that takes
    /// real data refuses a position from which the part would not fit.
    /// </param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    public void Write(Tensor value, Tensor<int> at, int axis = 0) => throw Symbolic.Executed();

    /// <inheritdoc cref="Write(Tensor, Tensor{int}, int)"/>
    /// <param name="value">The new part: its shape, but for <paramref name="axis"/>, which may be shorter.</param>
    /// <param name="at">Where the part begins: a constant, or a dimension.</param>
    /// <param name="axis">The axis; negative ones count from the last.</param>
    public void Write(Tensor value, int at, int axis = 0) => throw Symbolic.Executed();
}
