using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>One parameter of a model: its name, its shape and its values.</summary>
public sealed unsafe class ModelParameter
{
    readonly GraphModel model;
    readonly ParameterLayout layout;

    internal ModelParameter(GraphModel model, ParameterLayout layout)
    {
        this.model = model;
        this.layout = layout;
    }

    /// <summary>The path of the parameter, in PyTorch's form: <c>hidden1.weight</c>.</summary>
    public string Name => layout.Name;

    /// <summary>The lengths of the axes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape => layout.Shape;

    /// <summary>The number of axes.</summary>
    public int Rank => layout.Shape.Count;

    /// <summary>The number of values: the product of <see cref="Shape"/>.</summary>
    public long Count => layout.Count;

    /// <summary>
    /// The values themselves, row-major, not a copy: what is written here is what the model computes with. The span must
    /// not be used after the model is disposed; on a device, not after the next call either: ask for it again.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="OverflowException">The parameter has more values than a span can hold.</exception>
    public Span<float> Values
    {
        get
        {
            model.ThrowIfDisposed();
            model.Remote?.Fetch();
            model.Remote?.HostChanged();
            return new Span<float>(model.ParameterPointer + layout.Offset, checked((int)layout.Count));
        }
    }

    /// <summary>The name and the shape.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
