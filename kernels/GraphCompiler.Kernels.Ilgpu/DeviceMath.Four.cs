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
}
