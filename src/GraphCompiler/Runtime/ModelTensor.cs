using GraphCompiler.Checkpoints;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>A named tensor that a model owns, a <see cref="ModelParameter"/> or a <see cref="ModelState"/>.</summary>
public abstract unsafe class ModelTensor
{
    private protected ModelTensor(GraphModel model, ParameterLayout layout)
    {
        Owner = model;
        Layout = layout;
    }

    private protected GraphModel Owner { get; }

    private protected ParameterLayout Layout { get; }

    /// <summary>The path of the tensor, in PyTorch's form: <c>hidden1.weight</c>, <c>norm1.running_mean</c>.</summary>
    public string Name => Layout.Name;

    /// <summary>The lengths of the axes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape => Layout.Shape;

    /// <summary>The number of axes.</summary>
    public int Rank => Layout.Shape.Count;

    /// <summary>The number of values: the product of <see cref="Shape"/>.</summary>
    public long Count => Layout.Count;

    /// <summary>The type of the values; of packed weights that which they are unpacked to.</summary>
    public SafetensorsDataType DataType => Layout.DataType;

    /// <summary>
    /// The values themselves, row-major, not a copy: what is written here is what the model computes with. The span must
    /// not be used after the model is disposed; on a device, not after the next call either: ask for it again.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InvalidOperationException">
    /// The values are packed weights, which <see cref="ModelParameter.Unpack"/> gives, or of another type: <see cref="ValuesAs"/> has them.
    /// </exception>
    /// <exception cref="OverflowException">The tensor has more values than a span can hold.</exception>
    public Span<float> Values => ValuesAs<float>();

    /// <inheritdoc cref="Values"/>
    /// <typeparam name="T">The C# type of the elements: <see cref="float"/>, <see cref="BFloat16"/>, <see cref="int"/>, ...</typeparam>
    /// <exception cref="InvalidOperationException">The values are packed weights, or of another type.</exception>
    public Span<T> ValuesAs<T>()
        where T : unmanaged
    {
        Owner.ThrowIfDisposed();
        if (Layout.Packed is { } packed)
            throw new InvalidOperationException($"'{Name}' is packed as {packed.Format}, so its values are no floats: {nameof(ModelParameter.Unpack)} gives them.");
        if (DataTypeTable.Find(typeof(T)) != DataType)
            throw new InvalidOperationException($"'{Name}' has values of the type {DataType.Name()}, not of {typeof(T).Name}.");
        Owner.Remote?.Fetch();
        Owner.Remote?.HostChanged();
        return new Span<T>(Block(Owner) + Layout.Offset, checked((int)Layout.Count));
    }

    /// <summary>The name and the shape.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";

    /// <summary>The contiguous block of the model that holds all tensors of this kind.</summary>
    private protected abstract byte* Block(GraphModel model);
}
