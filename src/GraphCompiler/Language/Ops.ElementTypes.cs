using System.Runtime.CompilerServices;

namespace GraphCompiler;

// Where an array of doubles is an operand, the method of Tensor is meant: it had the array before there were others of its name.
public static partial class Ops
{
    /// <inheritdoc cref="Sqrt(Tensor)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Sqrt(Tensor<double> x) => throw Symbolic.Executed();

    /// <inheritdoc cref="Rsqrt(Tensor)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Rsqrt(Tensor<double> x) => throw Symbolic.Executed();

    /// <inheritdoc cref="Square(Tensor)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Square(Tensor<double> x) => throw Symbolic.Executed();

    /// <inheritdoc cref="Abs(Tensor)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Abs(Tensor<double> x) => throw Symbolic.Executed();

    /// <inheritdoc cref="Sign(Tensor)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Sign(Tensor<double> x) => throw Symbolic.Executed();

    /// <inheritdoc cref="Floor(Tensor)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Floor(Tensor<double> x) => throw Symbolic.Executed();

    /// <inheritdoc cref="Relu(Tensor)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Relu(Tensor<double> x) => throw Symbolic.Executed();

    /// <inheritdoc cref="Maximum(Tensor, Tensor)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Maximum(Tensor<double> a, Tensor<double> b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Maximum(Tensor, Tensor)"/>
    /// <param name="a">Any shape; the result has the same.</param>
    /// <param name="b">A constant.</param>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Maximum(Tensor<double> a, double b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Maximum(Tensor, Tensor)"/>
    public static Tensor<long> Maximum(Tensor<long> a, Tensor<long> b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Maximum(Tensor, Tensor)"/>
    /// <param name="a">Any shape; the result has the same.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<long> Maximum(Tensor<long> a, int b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Maximum(Tensor, Tensor)"/>
    public static Tensor<int> Maximum(Tensor<int> a, Tensor<int> b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Maximum(Tensor, Tensor)"/>
    /// <param name="a">Any shape; the result has the same.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<int> Maximum(Tensor<int> a, int b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Minimum(Tensor, Tensor)"/>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Minimum(Tensor<double> a, Tensor<double> b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Minimum(Tensor, Tensor)"/>
    /// <param name="a">Any shape; the result has the same.</param>
    /// <param name="b">A constant.</param>
    [OverloadResolutionPriority(-1)]
    public static Tensor<double> Minimum(Tensor<double> a, double b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Minimum(Tensor, Tensor)"/>
    public static Tensor<long> Minimum(Tensor<long> a, Tensor<long> b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Minimum(Tensor, Tensor)"/>
    /// <param name="a">Any shape; the result has the same.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<long> Minimum(Tensor<long> a, int b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Minimum(Tensor, Tensor)"/>
    public static Tensor<int> Minimum(Tensor<int> a, Tensor<int> b) => throw Symbolic.Executed();

    /// <inheritdoc cref="Minimum(Tensor, Tensor)"/>
    /// <param name="a">Any shape; the result has the same.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<int> Minimum(Tensor<int> a, int b) => throw Symbolic.Executed();
}
