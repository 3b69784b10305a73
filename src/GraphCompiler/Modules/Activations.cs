namespace GraphCompiler;

/// <summary><see cref="Ops.Relu(Tensor)"/> as a layer.</summary>
[Module]
public sealed class Relu : ILayer
{
    /// <summary>Applies the function to every element.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public Tensor Forward(Tensor x) => Ops.Relu(x);
}

/// <summary><see cref="Ops.Gelu"/> as a layer.</summary>
[Module]
public sealed class Gelu : ILayer
{
    /// <summary>Applies the function to every element.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public Tensor Forward(Tensor x) => Ops.Gelu(x);
}

/// <summary><see cref="Ops.GeluTanh"/> as a layer.</summary>
[Module]
public sealed class GeluTanh : ILayer
{
    /// <summary>Applies the function to every element.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public Tensor Forward(Tensor x) => Ops.GeluTanh(x);
}

/// <summary><see cref="Ops.Silu"/> as a layer.</summary>
[Module]
public sealed class Silu : ILayer
{
    /// <summary>Applies the function to every element.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public Tensor Forward(Tensor x) => Ops.Silu(x);
}

/// <summary><see cref="Ops.Sigmoid"/> as a layer.</summary>
[Module]
public sealed class Sigmoid : ILayer
{
    /// <summary>Applies the function to every element.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public Tensor Forward(Tensor x) => Ops.Sigmoid(x);
}

/// <summary><see cref="Ops.Tanh"/> as a layer.</summary>
[Module]
public sealed class Tanh : ILayer
{
    /// <summary>Applies the function to every element.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public Tensor Forward(Tensor x) => Ops.Tanh(x);
}

/// <summary><see cref="Ops.Softplus"/> as a layer.</summary>
[Module]
public sealed class Softplus : ILayer
{
    /// <summary>Applies the function to every element.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public Tensor Forward(Tensor x) => Ops.Softplus(x);
}

/// <summary><see cref="Ops.Softmax"/> as a layer.</summary>
/// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
[Module]
public sealed class Softmax(int axis = -1) : ILayer
{
    /// <summary>Applies the function along the axis.</summary>
    /// <param name="x">At least one axis; the result has the same shape.</param>
    public Tensor Forward(Tensor x) => Ops.Softmax(x, axis);
}

/// <summary><see cref="Ops.LogSoftmax"/> as a layer.</summary>
/// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
[Module]
public sealed class LogSoftmax(int axis = -1) : ILayer
{
    /// <summary>Applies the function along the axis.</summary>
    /// <param name="x">At least one axis; the result has the same shape.</param>
    public Tensor Forward(Tensor x) => Ops.LogSoftmax(x, axis);
}

/// <summary><see cref="Ops.Flatten"/> as a layer.</summary>
/// <param name="startAxis">The first axis to join; 1 keeps the batch.</param>
[Module]
public sealed class Flatten(int startAxis = 1) : ILayer
{
    /// <summary>Joins the axes into one.</summary>
    /// <param name="x">At least <c>startAxis + 1</c> axes.</param>
    public Tensor Forward(Tensor x) => Ops.Flatten(x, startAxis);
}
