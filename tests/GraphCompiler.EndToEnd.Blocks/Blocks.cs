using GraphCompiler;
using static GraphCompiler.Ops;

// The tests compile this file once more, into the project of the graphs, and compare.
#if IN_THE_PROJECT_OF_THE_GRAPHS
namespace GraphCompiler.EndToEnd.OwnBlocks;
#else
namespace GraphCompiler.EndToEnd.Blocks;
#endif

/// <summary>What a residual block is made of.</summary>
public sealed record ResidualOptions(int Width, int Factor = 2)
{
    public float Dropout { get; init; } = 0.1f;

    public Func<Tensor, Tensor> Activation { get; init; } = Ops.Gelu;
}

/// <summary>x + f(norm(x)).</summary>
public abstract class ResidualLayer(int width) : ILayer
{
    readonly LayerNorm norm = new(width);

    public Tensor Forward(Tensor x) => x + Change(norm.Forward(x)) * Scales.Residual;

    protected abstract Tensor Change(Tensor x);
}

/// <summary>A residual block of two linear maps.</summary>
[Module]
public sealed class Residual(ResidualOptions options) : ResidualLayer(options.Width)
{
    readonly Linear expand = new(options.Width, options.Factor * options.Width);
    readonly Linear project = new(options.Factor * options.Width, options.Width, bias: false);

    protected override Tensor Change(Tensor x) => project.Forward(Dropout(options.Activation(expand.Forward(x)), options.Dropout));
}

/// <summary>Several blocks, one after the other.</summary>
[Module]
public sealed class Tower<T>(int depth, Func<int, T> make)
    where T : ILayer
{
    readonly T[] layers = [.. Enumerable.Range(0, depth).Select(make)];

    public Tensor Forward(Tensor x) => layers.Aggregate(x, (value, layer) => layer.Forward(value));
}

/// <summary>Losses.</summary>
public static class Losses
{
    /// <summary>Cross-entropy, and a penalty for large logits.</summary>
    public static Tensor Calibrated(Tensor logits, Tensor<int> labels) => CrossEntropy(logits, labels) + logits.Energy() * Scales.Penalty;
}
