namespace GraphCompiler;

/// <summary>Which activation function a module applies.</summary>
public enum Activation
{
    /// <summary><see cref="Ops.Gelu"/>.</summary>
    Gelu,

    /// <summary><see cref="Ops.GeluTanh"/>.</summary>
    GeluTanh,

    /// <summary><see cref="Ops.Relu(Tensor)"/>.</summary>
    Relu,

    /// <summary><see cref="Ops.Silu"/>.</summary>
    Silu,

    /// <summary><see cref="Ops.Sigmoid"/>.</summary>
    Sigmoid,

    /// <summary><see cref="Ops.Tanh"/>.</summary>
    Tanh,
}

/// <summary>Applies what an <see cref="Activation"/> names.</summary>
internal static class Activations
{
    public static Tensor Apply(this Activation activation, Tensor x) => activation switch
    {
        Activation.Gelu => Ops.Gelu(x),
        Activation.GeluTanh => Ops.GeluTanh(x),
        Activation.Relu => Ops.Relu(x),
        Activation.Silu => Ops.Silu(x),
        Activation.Sigmoid => Ops.Sigmoid(x),
        _ => Ops.Tanh(x),
    };
}
