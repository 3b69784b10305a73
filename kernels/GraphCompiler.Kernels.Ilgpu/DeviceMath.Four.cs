namespace GraphCompiler.Kernels.Ilgpu;

/// <content>The functions of four numbers: those of one, four times.</content>
public static partial class DeviceMath
{
    /// <summary>Magnitudes.</summary>
    public static Four Abs(Four x) => new() { X = MathF.Abs(x.X), Y = MathF.Abs(x.Y), Z = MathF.Abs(x.Z), W = MathF.Abs(x.W) };

    /// <summary>Square roots.</summary>
    public static Four Sqrt(Four x) => new() { X = MathF.Sqrt(x.X), Y = MathF.Sqrt(x.Y), Z = MathF.Sqrt(x.Z), W = MathF.Sqrt(x.W) };

    /// <summary>The largest integers that are not larger.</summary>
    public static Four Floor(Four x) => new() { X = MathF.Floor(x.X), Y = MathF.Floor(x.Y), Z = MathF.Floor(x.Z), W = MathF.Floor(x.W) };

    /// <summary>Of each pair the larger number; NaN if either is.</summary>
    public static Four Max(Four a, Four b) => new() { X = Max(a.X, b.X), Y = Max(a.Y, b.Y), Z = Max(a.Z, b.Z), W = Max(a.W, b.W) };

    /// <summary>Of each pair the smaller number; NaN if either is.</summary>
    public static Four Min(Four a, Four b) => new() { X = Min(a.X, b.X), Y = Min(a.Y, b.Y), Z = Min(a.Z, b.Z), W = Min(a.W, b.W) };

    /// <summary>value^exponent.</summary>
    public static Four Power(Four value, Four exponent) => new()
    {
        X = Power(value.X, exponent.X),
        Y = Power(value.Y, exponent.Y),
        Z = Power(value.Z, exponent.Z),
        W = Power(value.W, exponent.W),
    };

    /// <summary>The numbers if positive, else 0; NaN stays NaN.</summary>
    public static Four Relu(Four x) => new() { X = Relu(x.X), Y = Relu(x.Y), Z = Relu(x.Z), W = Relu(x.W) };

    /// <summary>1, -1, or what neither is: zeros and NaN.</summary>
    public static Four Sign(Four x) => new() { X = Sign(x.X), Y = Sign(x.Y), Z = Sign(x.Z), W = Sign(x.W) };

    /// <summary>e^x.</summary>
    public static Four Exp(Four x) => new() { X = Exp(x.X), Y = Exp(x.Y), Z = Exp(x.Z), W = Exp(x.W) };

    /// <summary>Natural logarithms.</summary>
    public static Four Log(Four x) => new() { X = Log(x.X), Y = Log(x.Y), Z = Log(x.Z), W = Log(x.W) };

    /// <summary>1 / (1 + e^-x).</summary>
    public static Four Sigmoid(Four x) => new() { X = Sigmoid(x.X), Y = Sigmoid(x.Y), Z = Sigmoid(x.Z), W = Sigmoid(x.W) };

    /// <summary>Hyperbolic tangents.</summary>
    public static Four Tanh(Four x) => new() { X = Tanh(x.X), Y = Tanh(x.Y), Z = Tanh(x.Z), W = Tanh(x.W) };

    /// <summary>The error function.</summary>
    public static Four Erf(Four x) => new() { X = Erf(x.X), Y = Erf(x.Y), Z = Erf(x.Z), W = Erf(x.W) };

    /// <summary>log(1 + e^x) without overflow.</summary>
    public static Four Softplus(Four x) => new() { X = Softplus(x.X), Y = Softplus(x.Y), Z = Softplus(x.Z), W = Softplus(x.W) };

    /// <summary>x Φ(x).</summary>
    public static Four Gelu(Four x) => new() { X = Gelu(x.X), Y = Gelu(x.Y), Z = Gelu(x.Z), W = Gelu(x.W) };

    /// <summary>The derivatives of <see cref="Gelu(Four)"/>.</summary>
    public static Four GeluSlope(Four x) => new() { X = GeluSlope(x.X), Y = GeluSlope(x.Y), Z = GeluSlope(x.Z), W = GeluSlope(x.W) };

    /// <summary>x (1 + tanh(sqrt(2/π) (x + 0.044715 x³))) / 2.</summary>
    public static Four GeluTanh(Four x) => new() { X = GeluTanh(x.X), Y = GeluTanh(x.Y), Z = GeluTanh(x.Z), W = GeluTanh(x.W) };

    /// <summary>The derivatives of <see cref="GeluTanh(Four)"/>.</summary>
    public static Four GeluTanhSlope(Four x) => new() { X = GeluTanhSlope(x.X), Y = GeluTanhSlope(x.Y), Z = GeluTanhSlope(x.Z), W = GeluTanhSlope(x.W) };

    /// <summary>x / (1 + e^-x).</summary>
    public static Four Silu(Four x) => new() { X = Silu(x.X), Y = Silu(x.Y), Z = Silu(x.Z), W = Silu(x.W) };

    /// <summary>The derivatives of <see cref="Silu(Four)"/>.</summary>
    public static Four SiluSlope(Four x) => new() { X = SiluSlope(x.X), Y = SiluSlope(x.Y), Z = SiluSlope(x.Z), W = SiluSlope(x.W) };

    /// <summary>What means are measured from: the numbers, or 0 where they are not finite.</summary>
    public static Four Origin(Four x) => new() { X = Origin(x.X), Y = Origin(x.Y), Z = Origin(x.Z), W = Origin(x.W) };

    /// <summary>Means, from their origins and half their distances from there.</summary>
    public static Four Mean(Four origin, Four halfDistance) => origin + halfDistance + halfDistance;

    /// <summary>Sines of angles in radians.</summary>
    public static Four Sin(Four x) => new() { X = Sin(x.X), Y = Sin(x.Y), Z = Sin(x.Z), W = Sin(x.W) };

    /// <summary>Cosines of angles in radians.</summary>
    public static Four Cos(Four x) => new() { X = Cos(x.X), Y = Cos(x.Y), Z = Cos(x.Z), W = Cos(x.W) };
}
