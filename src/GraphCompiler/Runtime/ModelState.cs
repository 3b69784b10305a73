using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>One state of a model, a tensor that training steps update: its name, its shape and its values.</summary>
public sealed unsafe class ModelState
{
    readonly GraphModel model;
    readonly ParameterLayout layout;

    internal ModelState(GraphModel model, ParameterLayout layout)
    {
        this.model = model;
        this.layout = layout;
    }

    /// <summary>The path of the state, in PyTorch's form: <c>norm1.running_mean</c>.</summary>
    public string Name => layout.Name;

    /// <summary>The lengths of the axes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape => layout.Shape;

    /// <summary>The number of values: the product of <see cref="Shape"/>.</summary>
    public long Count => layout.Count;

    /// <summary>
    /// The values themselves, row-major, not a copy. The span must not be used after the model is disposed; on a device, not
    /// after the next call either: ask for it again.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public Span<float> Values
    {
        get
        {
            model.ThrowIfDisposed();
            model.Remote?.Fetch();
            model.Remote?.HostChanged();
            return new Span<float>(model.StatePointer + layout.Offset, checked((int)layout.Count));
        }
    }

    /// <summary>The name and the shape.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}
