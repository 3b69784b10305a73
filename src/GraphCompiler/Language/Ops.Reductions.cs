namespace GraphCompiler;

/// <summary>Reductions, and the normalisations made of them.</summary>
public static partial class Ops
{
    /// <summary>The sum of all elements.</summary>
    /// <param name="x">Any shape; the result is a scalar.</param>
    public static Tensor Sum(Tensor x) => throw Symbolic.Executed();

    /// <summary>The sum along one axis.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    public static Tensor Sum(Tensor x, int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>The sum over several axes.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes, each once; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axes stay, with size 1.</param>
    public static Tensor Sum(Tensor x, int[] axes, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>The arithmetic mean of all elements. The mean of equal numbers is that number, whatever it is.</summary>
    /// <param name="x">Any shape; the result is a scalar.</param>
    public static Tensor Mean(Tensor x) => throw Symbolic.Executed();

    /// <summary>The arithmetic mean along one axis. The mean of equal numbers is that number, whatever it is.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    public static Tensor Mean(Tensor x, int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>The arithmetic mean over several axes. The mean of equal numbers is that number, whatever it is.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes, each once; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axes stay, with size 1.</param>
    public static Tensor Mean(Tensor x, int[] axes, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>The largest element of all elements. Equal extremes share the gradient evenly, as PyTorch's <c>amax</c>.</summary>
    /// <param name="x">Any shape; the result is a scalar.</param>
    public static Tensor Max(Tensor x) => throw Symbolic.Executed();

    /// <summary>The largest element along one axis. Equal extremes share the gradient evenly, as PyTorch's <c>amax</c>.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    public static Tensor Max(Tensor x, int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>The largest element over several axes. Equal extremes share the gradient evenly, as PyTorch's <c>amax</c>.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes, each once; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axes stay, with size 1.</param>
    public static Tensor Max(Tensor x, int[] axes, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>The smallest element of all elements. Equal extremes share the gradient evenly, as PyTorch's <c>amax</c>.</summary>
    /// <param name="x">Any shape; the result is a scalar.</param>
    public static Tensor Min(Tensor x) => throw Symbolic.Executed();

    /// <summary>The smallest element along one axis. Equal extremes share the gradient evenly, as PyTorch's <c>amax</c>.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    public static Tensor Min(Tensor x, int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>The smallest element over several axes. Equal extremes share the gradient evenly, as PyTorch's <c>amax</c>.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes, each once; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axes stay, with size 1.</param>
    public static Tensor Min(Tensor x, int[] axes, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>
    /// exp(x) / Σ exp(x) along one axis, computed without overflow. Where all of it is −∞, as for a query whose keys are all
    /// masked, the result is 0 everywhere (PyTorch's is NaN), and so is the gradient.
    /// </summary>
    /// <remarks>
    /// A mask is <c>Select(mask, x, float.NegativeInfinity)</c>. A constant of −10,000 or less (after constant factors) that is
    /// selected instead, or added where a condition holds and 0 elsewhere, counts as −∞: such masks only differ in rows that are
    /// masked altogether, and give zeros there too.
    /// </remarks>
    /// <param name="x">At least one axis; the result has the same shape.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    public static Tensor Softmax(Tensor x, int axis = -1) => throw Symbolic.Executed();

    /// <summary>x − log Σ exp(x) along one axis, computed without overflow.</summary>
    /// <param name="x">At least one axis; the result has the same shape.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    public static Tensor LogSoftmax(Tensor x, int axis = -1) => throw Symbolic.Executed();

    /// <summary>
    /// (x − mean) / √(variance + epsilon) · weight + bias over the last axis, with the biased variance. Ba, Kiros and
    /// Hinton 2016; PyTorch's <c>layer_norm</c>.
    /// </summary>
    /// <remarks>
    /// Equal numbers give exactly the bias, and rows that lie far from zero keep the digits of their differences. The variance is a
    /// float: where the sum of the squared differences from the mean exceeds 3.4e38 (one of 1.8e19 does) it is infinite, and the
    /// result is the bias. <see cref="RmsNorm"/> has no such limit.
    /// </remarks>
    /// <param name="x">[..., width]; the result has the same shape.</param>
    /// <param name="weight">[width], or null for 1.</param>
    /// <param name="bias">[width], or null for 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor LayerNorm(Tensor x, Tensor? weight = null, Tensor? bias = null, float epsilon = 1e-5f)
        => throw Symbolic.Executed();

    /// <summary>
    /// x / √(mean(x²) + epsilon) · weight over the last axis. Zhang and Sennrich 2019; PyTorch's <c>rms_norm</c>, whose
    /// epsilon is the distance from 1 to the next float.
    /// </summary>
    /// <remarks>Squares may exceed what a float holds: rows of any finite numbers are right.</remarks>
    /// <param name="x">[..., width]; the result has the same shape.</param>
    /// <param name="weight">[width], or null for 1.</param>
    /// <param name="epsilon">Added to the mean of squares.</param>
    public static Tensor RmsNorm(Tensor x, Tensor? weight = null, float epsilon = 1.1920929e-07f)
        => throw Symbolic.Executed();
}
