using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>One parameter of a model: its name, its shape and its values.</summary>
public sealed unsafe class ModelParameter : ModelTensor
{
    internal ModelParameter(GraphModel model, ParameterLayout layout)
        : base(model, layout)
    {
    }

    /// <summary>Whether training leaves it as it is: it was frozen when the model was compiled.</summary>
    public bool IsFrozen => Layout.IsFrozen;

    /// <summary>How its values are packed; <see cref="WeightFormat.Float32"/> where they lie as <see cref="ModelTensor.DataType"/> says.</summary>
    public WeightFormat Format => Layout.Packed?.Format ?? WeightFormat.Float32;

    /// <summary>Copies the values, row-major; of packed weights those that the model computes with.</summary>
    /// <param name="values">Receives <see cref="ModelTensor.Count"/> values.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public void Unpack(Span<float> values)
    {
        if (values.Length != Count)
            throw new ArgumentException($"'{Name}' has {Count} values, the span room for {values.Length}.", nameof(values));
        if (Layout.Packed is not { } packed)
        {
            Values.CopyTo(values);
            return;
        }
        Owner.ThrowIfDisposed();
        fixed (float* destination = values)
            packed.Unpack(Block(Owner) + Layout.Offset, Shape, destination);
    }

    private protected override byte* Block(GraphModel model) => model.ParameterPointer;
}
