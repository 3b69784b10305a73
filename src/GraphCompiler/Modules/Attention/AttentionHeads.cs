namespace GraphCompiler;

/// <summary>How attention modules cut the width into heads.</summary>
internal static class AttentionHeads
{
    /// <summary>[..., time, heads · size] as [..., heads, time, size].</summary>
    public static Tensor Split(Tensor x, int heads) =>
        x.Reshape([.. x.Shape[..^1], heads, x.Shape[^1] / heads]).Transpose(-3, -2);

    /// <summary>[..., heads, time, size] as [..., time, heads · size].</summary>
    public static Tensor Join(Tensor x) =>
        x.Transpose(-3, -2).Reshape([.. x.Shape[..^3], x.Shape[^2], x.Shape[^3] * x.Shape[^1]]);
}
