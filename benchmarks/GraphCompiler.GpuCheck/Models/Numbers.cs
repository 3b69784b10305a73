namespace GraphCompiler.GpuCheck.Models;

/// <summary>Parameters whose gradient costs next to nothing, so that a step is an update.</summary>
[Graph]
public sealed partial class Numbers64M
{
    readonly Parameter x = new([8192, 8192], Init.Normal());

    [Objective]
    public Tensor Sum([Shape] Tensor factor) => x.Sum() * factor;
}

/// <inheritdoc cref="Numbers64M"/>
[Graph]
public sealed partial class Numbers4K
{
    readonly Parameter x = new([64, 64], Init.Normal());

    [Objective]
    public Tensor Sum([Shape] Tensor factor) => x.Sum() * factor;
}
