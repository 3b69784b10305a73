namespace GraphCompiler.GpuCheck.Measuring;

/// <summary>What bounds a work from below.</summary>
internal enum Bound
{
    /// <summary>The bytes that it must move through the device's memory.</summary>
    Bandwidth,

    /// <summary>The operations that it must do.</summary>
    Arithmetic,

    /// <summary>Neither: launches and waits.</summary>
    Latency,
}

/// <summary>A work that both sides know by its name: what it does, its sizes, its precision.</summary>
/// <param name="Name">As in the protocol, such as <c>matmul 4096 bf16</c>.</param>
/// <param name="Label">As in the table.</param>
/// <param name="Bound">What bounds it.</param>
/// <param name="Amount">The fewest bytes, or the operations, of a call.</param>
internal sealed record Work(string Name, string Label, Bound Bound = Bound.Latency, double Amount = 0)
{
    /// <summary>The precision that its products are computed in: fp32, tf32, bf16 or fp16.</summary>
    public string Precision => Name.Split(' ')[^1];

    /// <summary>The least ratio of PyTorch eager's time and ours that is expected; null if none is.</summary>
    public double? Expected { get; init; }

    /// <summary>Whether torch.compile makes something else of it than eager.</summary>
    public bool Compiles { get; init; } = true;

    /// <summary>Whether its numbers are compared with PyTorch's.</summary>
    public bool IsChecked { get; init; } = true;
}

/// <summary>The works of the check, and the small ones that only try it out.</summary>
internal static class Works
{
    /// <summary>What measures the card: PyTorch's best rates. The names are those of the works that use them.</summary>
    public static IEnumerable<Work> Peaks(bool isSmall)
    {
        int size = isSmall ? 64 : 8192;
        foreach (string precision in new[] { "fp32", "tf32", "bf16", "fp16" })
            yield return new($"matmul {size} {precision}", $"{precision.ToUpperInvariant()} product {size}³", Bound.Arithmetic, Product(size));
    }

    public static IEnumerable<Work> All(bool isSmall) => isSmall ? Small : Full;

    static IEnumerable<Work> Full =>
    [
        new("scale 16384x4096 fp32", "copy with a factor, 16384×4096", Bound.Bandwidth, 8.0 * 16384 * 4096),
        Matmul(1024, "fp32"),
        Matmul(2048, "fp32"),
        Matmul(4096, "fp32") with { Expected = 0.7 },
        Matmul(4096, "tf32"),
        Matmul(4096, "bf16") with { Expected = 0.5 },
        Matmul(4096, "fp16") with { Expected = 0.5 },
        Chain(4096),
        new("softmax 16384x4096 fp32", "softmax 16384×4096", Bound.Bandwidth, 8.0 * 16384 * 4096),
        new("layernorm 16384x4096 fp32", "LayerNorm 16384×4096", Bound.Bandwidth, 8.0 * 16384 * 4096),
        new("gelu 16384x4096 fp32", "GELU (tanh) 16384×4096", Bound.Bandwidth, 8.0 * 16384 * 4096),
        new("adamw 8192x8192 fp32", "AdamW step of 67 M numbers", Bound.Bandwidth, 36.0 * 8192 * 8192) { Compiles = false },
        Attention(4, 12, 1024, 64, "fp32", backward: false),
        Attention(4, 12, 1024, 64, "fp32", backward: true),
        Attention(4, 12, 1024, 64, "bf16", backward: false) with { Expected = 0.5 },
        Attention(4, 12, 1024, 64, "bf16", backward: true) with { Expected = 0.5 },
        Attention(1, 12, 8192, 64, "bf16", backward: false) with { Expected = 0.5 },
        Attention(1, 12, 8192, 64, "bf16", backward: true) with { Expected = 0.5 },
        new("gpt tiny 12x64 fp32", "FP32 TinyGpt step, 12×64", Bound.Arithmetic, Gpt(815_000, 4, 128, 12, 64)),
        Gpt2(4, 64, "fp32"),
        Gpt2(4, 64, "tf32"),
        Gpt2(4, 64, "bf16"),
        Gpt2(8, 1024, "fp32"),
        Gpt2(8, 1024, "tf32"),
        Gpt2(8, 1024, "bf16"),
        new("decode gpt2 fp32", "FP32 GPT-2 124M, a token with cached keys and values", Bound.Bandwidth, 4 * Gpt2Parameters) { Compiles = false },
        new("decode gpt2 bf16", "BF16 GPT-2 124M, a token with cached keys and values", Bound.Bandwidth, 4 * Gpt2Parameters) { Compiles = false },
    ];

    static IEnumerable<Work> Small =>
    [
        new("scale 8x64 fp32", "copy with a factor, 8×64", Bound.Bandwidth, 8.0 * 8 * 64),
        Matmul(64, "fp32"),
        Matmul(64, "tf32"),
        Matmul(64, "bf16"),
        Matmul(64, "fp16"),
        Chain(64),
        new("softmax 8x64 fp32", "softmax 8×64", Bound.Bandwidth, 8.0 * 8 * 64),
        new("layernorm 8x64 fp32", "LayerNorm 8×64", Bound.Bandwidth, 8.0 * 8 * 64),
        new("gelu 8x64 fp32", "GELU (tanh) 8×64", Bound.Bandwidth, 8.0 * 8 * 64),
        new("adamw 64x64 fp32", "AdamW step of 4096 numbers", Bound.Bandwidth, 36.0 * 64 * 64) { Compiles = false },
        Attention(1, 2, 32, 16, "fp32", backward: false),
        Attention(1, 2, 32, 16, "fp32", backward: true),
        Attention(1, 2, 32, 16, "bf16", backward: false),
        Attention(1, 2, 32, 16, "bf16", backward: true),
        new("gpt small 2x8 fp32", "FP32 small GPT step, 2×8", Bound.Arithmetic, Gpt(7_000, 2, 16, 2, 8)),
        new("gpt small 2x8 bf16", "BF16 small GPT step, 2×8", Bound.Arithmetic, Gpt(7_000, 2, 16, 2, 8)),
        new("decode small fp32", "FP32 small GPT, a token with cached keys and values", Bound.Bandwidth, 4 * 7_000) { Compiles = false },
        new("decode small bf16", "BF16 small GPT, a token with cached keys and values", Bound.Bandwidth, 4 * 7_000) { Compiles = false },
    ];

    const double Gpt2Parameters = 124_439_808;

    static double Product(int size) => 2.0 * size * size * size;

    static Work Matmul(int size, string precision)
        => new($"matmul {size} {precision}", $"{precision.ToUpperInvariant()} product {size}³", Bound.Arithmetic, Product(size)) { Compiles = false };

    static Work Chain(int size)
        => new($"chain {size} bf16", $"BF16 product {size}³ within a chain of {DeviceWorks.ProductsOfChain}", Bound.Arithmetic, Product(size)) { Compiles = false };

    /// <summary>Two products forward and five backward, each of which the causal mask halves.</summary>
    static Work Attention(int batch, int heads, int time, int size, string precision, bool backward) => new(
        $"{(backward ? "attention-backward" : "attention")} {batch}x{heads}x{time}x{size} {precision}",
        $"{precision.ToUpperInvariant()} causal attention {batch}×{heads}×{time}×{size}{(backward ? ", forward and backward" : "")}",
        Bound.Arithmetic, (backward ? 7.0 : 2.0) * batch * heads * time * time * size)
    { Compiles = false };

    static Work Gpt2(int batch, int time, string precision) => new(
        $"gpt gpt2 {batch}x{time} {precision}", $"{precision.ToUpperInvariant()} GPT-2 124M step, {batch}×{time}", Bound.Arithmetic, Gpt(Gpt2Parameters, 12, 768, batch, time))
    { Expected = 1 };

    /// <summary>Forward 2 operations a parameter and token, backward twice that; attention's products likewise, halved by the mask.</summary>
    static double Gpt(double parameters, int layers, int width, int batch, int time) => batch * (double)time * (6 * parameters + 6.0 * layers * time * width);
}
