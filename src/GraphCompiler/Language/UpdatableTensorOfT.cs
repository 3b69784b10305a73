namespace GraphCompiler;

/// <summary>
/// A tensor of other elements than floats that keeps its value between calls: <see cref="State{T}"/> or <see cref="SessionState{T}"/>. Read in a
/// graph method it is a tensor like another; after an update it is the new value.
/// </summary>
/// <typeparam name="T">A type of elements that <see cref="Tensor{T}"/> has.</typeparam>
public abstract class UpdatableTensor<T> : Tensor<T>
    where T : unmanaged
{
    private protected UpdatableTensor(int[] shape, Initializer? initializer)
        : base([.. shape ?? throw new ArgumentNullException(nameof(shape))]) => _ = initializer;

    /// <inheritdoc cref="UpdatableTensor.Set(Tensor)"/>
    public void Set(Tensor<T> value) => throw Symbolic.Executed();

    /// <inheritdoc cref="UpdatableTensor.Write(Tensor, Tensor{int}, int)"/>
    public void Write(Tensor<T> value, Tensor<int> at, int axis = 0) => throw Symbolic.Executed();

    /// <inheritdoc cref="UpdatableTensor.Write(Tensor, int, int)"/>
    public void Write(Tensor<T> value, int at, int axis = 0) => throw Symbolic.Executed();
}
