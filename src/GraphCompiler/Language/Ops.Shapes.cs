namespace GraphCompiler;

/// <summary>Operations that move elements without computing.</summary>
public static partial class Ops
{
    /// <summary>The same elements, in row-major order, in another shape.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="shape">The new shape, of as many elements; one dimension may be -1 and is then worked out.</param>
    public static Tensor Reshape(Tensor x, params int[] shape) => throw Symbolic.Executed();

    /// <summary>Joins the axes from <paramref name="startAxis"/> on into one.</summary>
    /// <param name="x">At least <paramref name="startAxis"/> + 1 axes.</param>
    /// <param name="startAxis">The first axis to join; 1 keeps the batch.</param>
    public static Tensor Flatten(Tensor x, int startAxis = 1) => throw Symbolic.Executed();

    /// <summary>Drops an axis of size 1.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    public static Tensor Squeeze(Tensor x, int axis) => throw Symbolic.Executed();

    /// <summary>Inserts an axis of size 1.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">Its place in the result; negative ones count from the last, which is -1.</param>
    public static Tensor Unsqueeze(Tensor x, int axis) => throw Symbolic.Executed();

    /// <summary>Swaps the last two axes.</summary>
    /// <param name="x">At least two axes.</param>
    public static Tensor Transpose(Tensor x) => throw Symbolic.Executed();

    /// <summary>Swaps two axes.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="first">One axis; negative ones count from the last, which is -1.</param>
    /// <param name="second">The other axis.</param>
    public static Tensor Transpose(Tensor x, int first, int second) => throw Symbolic.Executed();

    /// <summary>Reorders the axes: axis i of the result is axis <c>axes[i]</c> of x.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axes">Each axis once.</param>
    public static Tensor Permute(Tensor x, params int[] axes) => throw Symbolic.Executed();

    /// <summary>Repeats axes of size 1, and new leading axes, up to a shape.</summary>
    /// <param name="x">A shape that broadcasts to the other one.</param>
    /// <param name="shape">The new shape.</param>
    public static Tensor BroadcastTo(Tensor x, params int[] shape) => throw Symbolic.Executed();

    /// <summary>Every <paramref name="step"/>-th position of one axis.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    /// <param name="start">The first position; it may be a dimension.</param>
    /// <param name="length">The number of positions in the result; it may be a dimension.</param>
    /// <param name="step">The distance of neighbouring positions, at least 1.</param>
    public static Tensor Slice(Tensor x, int axis, int start, int length, int step = 1) => throw Symbolic.Executed();

    /// <summary>One axis in the opposite order.</summary>
    /// <param name="x">At least one axis; the result has the same shape.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    public static Tensor Flip(Tensor x, int axis) => throw Symbolic.Executed();

    /// <summary>An axis with positions of one value on either side.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="axis">The axis, of constant size, or padded by none; negative ones count from the last, which is -1.</param>
    /// <param name="before">How many positions come before it, at least 0.</param>
    /// <param name="after">How many come after it, at least 0.</param>
    /// <param name="value">What they hold.</param>
    public static Tensor Pad(Tensor x, int axis, int before, int after, float value = 0) => throw Symbolic.Executed();

    /// <summary>The last axes with positions of one value on either side. PyTorch's <c>F.pad</c>, with its order.</summary>
    /// <param name="x">At least half as many axes as there are numbers in <paramref name="padding"/>.</param>
    /// <param name="padding">How many positions before and after: two numbers for the last axis, then two for the one before it, and so on; each at least 0.</param>
    /// <param name="value">What they hold.</param>
    public static Tensor Pad(Tensor x, int[] padding, float value = 0) => throw Symbolic.Executed();

    /// <summary>Equal consecutive parts of one axis. PyTorch's <c>chunk</c>.</summary>
    /// <param name="x">At least one axis.</param>
    /// <param name="parts">The number of parts; it divides the axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    public static Tensor[] Split(Tensor x, int parts, int axis = -1) => throw Symbolic.Executed();

    /// <summary>Joins tensors along one axis.</summary>
    /// <param name="tensors">At least one; equal shapes but for that axis.</param>
    /// <param name="axis">The axis; negative ones count from the last, which is -1.</param>
    public static Tensor Concat(Tensor[] tensors, int axis = 0) => throw Symbolic.Executed();

    /// <summary>Joins tensors along a new axis.</summary>
    /// <param name="tensors">At least one; equal shapes.</param>
    /// <param name="axis">The new axis' place in the result; negative ones count from the last, which is -1.</param>
    public static Tensor Stack(Tensor[] tensors, int axis = 0) => throw Symbolic.Executed();

    /// <summary>Rows of a table by number: the embedding lookup. The gradient adds up where a row is used twice.</summary>
    /// <param name="table">[rows, ...rest].</param>
    /// <param name="indices">
    /// Any shape; numbers from 0 to rows − 1. The result is [...shape of indices, ...rest]. The numbers, computed ones too, are
    /// exact, and a call with one out of range throws <see cref="System.ArgumentOutOfRangeException"/> before anything runs.
    /// </param>
    public static Tensor Gather(Tensor table, Tensor<int> indices) => throw Symbolic.Executed();

    /// <inheritdoc cref="Gather(Tensor, Tensor{int})"/>
    public static Tensor Gather(Tensor table, Tensor<long> indices) => throw Symbolic.Executed();

    /// <summary>1 at the place that each number says and 0 elsewhere, on a new last axis. It is not stored where it is only computed with.</summary>
    /// <param name="indices">Any shape. A number outside 0 to classes − 1 gives zeros.</param>
    /// <param name="classes">The size of the new axis; it may be a dimension.</param>
    public static Tensor OneHot(Tensor<int> indices, int classes) => throw Symbolic.Executed();

    /// <inheritdoc cref="OneHot(Tensor{int}, int)"/>
    public static Tensor OneHot(Tensor<long> indices, int classes) => throw Symbolic.Executed();

    /// <summary>The integers 0, 1, …, count − 1. PyTorch's <c>arange</c>.</summary>
    /// <param name="count">How many, at least 1; it may be a dimension, <c>x.Shape[1]</c>. The result is [count].</param>
    public static Tensor<int> Arange(int count) => throw Symbolic.Executed();

    /// <summary>
    /// A constant tensor of an array's numbers as floats. Where a tensor is expected, an array of floats or doubles is one without this:
    /// <c>x - Mean</c>.
    /// </summary>
    /// <param name="values">Numbers known when the class is compiled, of any type: an array of one axis or several, or of arrays of one length. The result has its shape.</param>
    public static Tensor Constant(Array values) => throw Symbolic.Executed();

    /// <summary>A constant tensor of zeros.</summary>
    /// <param name="shape">Its shape.</param>
    public static Tensor Zeros(params int[] shape) => throw Symbolic.Executed();

    /// <summary>A constant tensor of ones.</summary>
    /// <param name="shape">Its shape.</param>
    public static Tensor Ones(params int[] shape) => throw Symbolic.Executed();

    /// <summary>A constant tensor of one value.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="value">The value.</param>
    public static Tensor Full(int[] shape, float value) => throw Symbolic.Executed();
}
