namespace GraphCompiler.Ilgpu;

/// <summary>What a device is allowed to do; given to <see cref="IlgpuDevice"/> when it is opened.</summary>
public sealed record class IlgpuOptions
{
    /// <summary>
    /// Allows matrix products of float32 tensors to round their inputs to TF32 (8 bits of exponent, 10 of mantissa: a
    /// relative error of 2⁻¹¹ an input), which tensor cores multiply several times faster; sums stay float32. It takes effect on CUDA
    /// devices of compute capability 8.0 or more, and nowhere else. PyTorch's torch.backends.cuda.matmul.allow_tf32. Off by default.
    /// </summary>
    public bool AllowTf32 { get; init; }

    /// <summary>Records the launches of a step once and replays them as one CUDA graph, which saves their overhead. On by default.</summary>
    public bool CaptureGraphs { get; init; } = true;

    /// <summary>
    /// Compiles the kernels of a CUDA device on several threads, and loads and launches them by calls of the driver. On by default; where it is off
    /// ILGPU does all of it, one kernel after another, as it does on other devices.
    /// </summary>
    public bool LoadThroughDriver { get; init; } = true;

    /// <summary>
    /// Says in the PTX of kernels that it is for compute capability 9.0, where a CUDA device has that or more; ILGPU says 8.0 of all that is
    /// newer, for which the driver assembles it too. Without <see cref="LoadThroughDriver"/> it does nothing. Off by default.
    /// </summary>
    public bool TargetSm90 { get; init; }
}
