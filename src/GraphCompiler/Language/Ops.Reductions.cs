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
    /// log Σ exp(x) of all elements, computed without overflow; −∞ where all of it is −∞, with the gradient 0 there. Its gradient is the
    /// softmax.
    /// </summary>
    /// <param name="x">Any shape; the result is a scalar.</param>
    public static Tensor LogSumExp(Tensor x) => throw Symbolic.Executed();

    /// <summary>
    /// log Σ exp(x) along one axis, computed without overflow; −∞ where all of it is −∞, with the gradient 0 there. Its gradient is the
    /// softmax.
    /// </summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    public static Tensor LogSumExp(Tensor x, int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>
    /// log Σ exp(x) over several axes, computed without overflow; −∞ where all of it is −∞, with the gradient 0 there. Its gradient is the
    /// softmax.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes, each once; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axes stay, with size 1.</param>
    public static Tensor LogSumExp(Tensor x, int[] axes, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>
    /// The variance of all elements: Σ (x − mean)² / (n − 1).
    /// It is the unbiased estimate; equal numbers give exactly 0.
    /// </summary>
    /// <param name="x">Any shape; the result is a scalar.</param>
    public static Tensor Var(Tensor x) => throw Symbolic.Executed();

    /// <summary>
    /// The variance along one axis: Σ (x − mean)² / (n − correction).
    /// With a correction of 1, the default and that of PyTorch, it is the unbiased estimate; equal numbers give exactly 0.
    /// </summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    /// <param name="correction">What the number of elements is lessened by; there must be more elements.</param>
    public static Tensor Var(Tensor x, int axis, bool keepDims = false, int correction = 1) => throw Symbolic.Executed();

    /// <summary>
    /// The variance over several axes: Σ (x − mean)² / (n − correction).
    /// With a correction of 1, the default and that of PyTorch, it is the unbiased estimate; equal numbers give exactly 0.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes, each once; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axes stay, with size 1.</param>
    /// <param name="correction">What the number of elements is lessened by; there must be more elements.</param>
    public static Tensor Var(Tensor x, int[] axes, bool keepDims = false, int correction = 1) => throw Symbolic.Executed();

    /// <summary>
    /// The standard deviation of all elements: the root of <see cref="Var(Tensor)"/>.
    /// It is the unbiased estimate; equal numbers give exactly 0, with the gradient 0.
    /// </summary>
    /// <param name="x">Any shape; the result is a scalar.</param>
    public static Tensor Std(Tensor x) => throw Symbolic.Executed();

    /// <summary>
    /// The standard deviation along one axis: the root of <see cref="Var(Tensor, int, bool, int)"/>.
    /// With a correction of 1, the default and that of PyTorch, it is the unbiased estimate; equal numbers give exactly 0, with the gradient 0.
    /// </summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    /// <param name="correction">What the number of elements is lessened by; there must be more elements.</param>
    public static Tensor Std(Tensor x, int axis, bool keepDims = false, int correction = 1) => throw Symbolic.Executed();

    /// <summary>
    /// The standard deviation over several axes: the root of <see cref="Var(Tensor, int[], bool, int)"/>.
    /// With a correction of 1, the default and that of PyTorch, it is the unbiased estimate; equal numbers give exactly 0, with the gradient 0.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">The axes, each once; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axes stay, with size 1.</param>
    /// <param name="correction">What the number of elements is lessened by; there must be more elements.</param>
    public static Tensor Std(Tensor x, int[] axes, bool keepDims = false, int correction = 1) => throw Symbolic.Executed();

    /// <summary>
    /// At each place of an axis the sum of the elements up to it. The gradient is the sum from the other end. It is computed in blocks,
    /// with an effort that grows as the axis does, and with the same bits on any number of threads.
    /// </summary>
    /// <param name="x">At least one axis; the result has the same shape.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="exclusive">Whether each sum leaves out the element at its own place: the first is 0.</param>
    /// <param name="reverse">Whether sums run from the last element to the first.</param>
    public static Tensor CumSum(Tensor x, int axis, bool exclusive = false, bool reverse = false) => throw Symbolic.Executed();

    /// <summary>The place of the largest element of all, in row-major order: the first of equal ones, and of a NaN where there is one.</summary>
    /// <param name="x">Any shape; the result is a scalar.</param>
    public static Tensor<int> ArgMax(Tensor x) => throw Symbolic.Executed();

    /// <summary>The place of the largest element along one axis: the first of equal ones, and of a NaN where there is one.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    public static Tensor<int> ArgMax(Tensor x, int axis, bool keepDims = false) => throw Symbolic.Executed();

    /// <summary>The place of the smallest element of all, in row-major order: the first of equal ones, and of a NaN where there is one.</summary>
    /// <param name="x">Any shape; the result is a scalar.</param>
    public static Tensor<int> ArgMin(Tensor x) => throw Symbolic.Executed();

    /// <summary>The place of the smallest element along one axis: the first of equal ones, and of a NaN where there is one.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="keepDims">Whether the axis stays, with size 1.</param>
    public static Tensor<int> ArgMin(Tensor x, int axis, bool keepDims = false) => throw Symbolic.Executed();

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
