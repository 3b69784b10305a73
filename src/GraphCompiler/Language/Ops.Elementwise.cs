namespace GraphCompiler;

/// <summary>Element-wise operations: every operand broadcasts as in NumPy.</summary>
public static partial class Ops
{
    /// <summary>x itself, which passes no gradient on: PyTorch's <c>detach</c>.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor StopGradient(Tensor x) => throw Symbolic.Executed();

    /// <summary>√x.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Sqrt(Tensor x) => throw Symbolic.Executed();

    /// <summary>1/√x.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Rsqrt(Tensor x) => throw Symbolic.Executed();

    /// <summary>x².</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Square(Tensor x) => throw Symbolic.Executed();

    /// <summary>eˣ.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Exp(Tensor x) => throw Symbolic.Executed();

    /// <summary>The natural logarithm of x.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Log(Tensor x) => throw Symbolic.Executed();

    /// <summary>The sine of x radians.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Sin(Tensor x) => throw Symbolic.Executed();

    /// <summary>The cosine of x radians.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Cos(Tensor x) => throw Symbolic.Executed();

    /// <summary>The error function, 2/√π ∫₀ˣ exp(−t²) dt.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Erf(Tensor x) => throw Symbolic.Executed();

    /// <summary>|x|; its derivative at 0 is 0, as PyTorch's.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Abs(Tensor x) => throw Symbolic.Executed();

    /// <summary>−1, 0 or 1 by the sign of x; its gradient is zero.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Sign(Tensor x) => throw Symbolic.Executed();

    /// <summary>The largest integer that is not above x; its gradient is zero.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Floor(Tensor x) => throw Symbolic.Executed();

    /// <summary>max(x, 0); its derivative at 0 is 0, as PyTorch's.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Relu(Tensor x) => throw Symbolic.Executed();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Sigmoid(Tensor x) => throw Symbolic.Executed();

    /// <summary>The hyperbolic tangent of x.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Tanh(Tensor x) => throw Symbolic.Executed();

    /// <summary>
    /// x · Φ(x) = x/2 · (1 + erf(x/√2)), with all digits on the left too; −0 at −∞.
    /// Hendrycks and Gimpel 2016; PyTorch's <c>gelu</c> with <c>approximate='none'</c>.
    /// </summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Gelu(Tensor x) => throw Symbolic.Executed();

    /// <summary>
    /// x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³))), with all digits on the left too; −0 at −∞.
    /// Hendrycks and Gimpel 2016; PyTorch's <c>gelu</c> with <c>approximate='tanh'</c>.
    /// </summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor GeluTanh(Tensor x) => throw Symbolic.Executed();

    /// <summary>x · sigmoid(x), also called swish; −0 at −∞. PyTorch's <c>silu</c>.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Silu(Tensor x) => throw Symbolic.Executed();

    /// <summary>log(1 + eˣ), computed without overflow. PyTorch's <c>softplus</c> with its default β = 1.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    public static Tensor Softplus(Tensor x) => throw Symbolic.Executed();

    /// <summary>x where it is positive, slope · x elsewhere. PyTorch's <c>leaky_relu</c>.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    /// <param name="slope">The slope below 0.</param>
    public static Tensor LeakyRelu(Tensor x, float slope = 0.01f) => throw Symbolic.Executed();

    /// <summary>aᵇ, element by element.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor Pow(Tensor a, Tensor b) => throw Symbolic.Executed();

    /// <summary>The larger of two elements; NaN if either is. At equality each gets half of the gradient, as in PyTorch.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor Maximum(Tensor a, Tensor b) => throw Symbolic.Executed();

    /// <summary>The smaller of two elements; NaN if either is. At equality each gets half of the gradient, as in PyTorch.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor Minimum(Tensor a, Tensor b) => throw Symbolic.Executed();

    /// <summary>x limited to [min, max]; the gradient passes where x lies inside, as in PyTorch.</summary>
    /// <param name="x">Any shape; the result has the same.</param>
    /// <param name="min">The lower limit.</param>
    /// <param name="max">The upper limit.</param>
    public static Tensor Clamp(Tensor x, float min = float.NegativeInfinity, float max = float.PositiveInfinity)
        => throw Symbolic.Executed();

    /// <summary>Where a = b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> Equal(Tensor a, Tensor b) => throw Symbolic.Executed();

    /// <summary>Where a ≠ b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> NotEqual(Tensor a, Tensor b) => throw Symbolic.Executed();

    /// <summary>Where a = b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> Equal(Tensor<int> a, Tensor<int> b) => throw Symbolic.Executed();

    /// <summary>Where a = b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<bool> Equal(Tensor<int> a, int b) => throw Symbolic.Executed();

    /// <summary>Where a ≠ b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> NotEqual(Tensor<int> a, Tensor<int> b) => throw Symbolic.Executed();

    /// <summary>Where a ≠ b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<bool> NotEqual(Tensor<int> a, int b) => throw Symbolic.Executed();

    /// <summary>Where a = b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> Equal(Tensor<long> a, Tensor<long> b) => throw Symbolic.Executed();

    /// <summary>Where a = b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<bool> Equal(Tensor<long> a, int b) => throw Symbolic.Executed();

    /// <summary>Where a ≠ b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> NotEqual(Tensor<long> a, Tensor<long> b) => throw Symbolic.Executed();

    /// <summary>Where a ≠ b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A constant.</param>
    public static Tensor<bool> NotEqual(Tensor<long> a, int b) => throw Symbolic.Executed();

    /// <summary>Where a = b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> Equal(Tensor<double> a, Tensor<double> b) => throw Symbolic.Executed();

    /// <summary>Where a ≠ b.</summary>
    /// <param name="a">Any shape.</param>
    /// <param name="b">A shape that broadcasts with that of <paramref name="a"/>.</param>
    public static Tensor<bool> NotEqual(Tensor<double> a, Tensor<double> b) => throw Symbolic.Executed();

    /// <summary>An element of one tensor where the condition holds, of the other elsewhere. PyTorch's <c>where</c>.</summary>
    /// <remarks>
    /// What is not taken gets no gradient, exactly, even where an operation on the way has an infinite or undefined value or
    /// slope: <c>Select(x &gt; 0, Sqrt(x), 0)</c> has the gradient 0 at 0, where PyTorch's is NaN. The same holds for what
    /// <c>Clamp</c>, <c>Relu</c>, <c>Maximum</c>, <c>Minimum</c>, <c>Max</c>, <c>Min</c>, slices and <c>Gather</c> leave out, and a
    /// selection that only bounds what it compares (<c>Select(y &gt; 0, y, 0)</c>), as far as elementwise operations with a pole
    /// are concerned (<c>Sqrt</c>, <c>Log</c>, <c>Exp</c>, a quotient, ...). A mask that is multiplied is a number like another:
    /// 0 · ∞ is NaN, as in PyTorch.
    /// </remarks>
    /// <param name="condition">Any shape.</param>
    /// <param name="whenTrue">Taken where the condition holds; the three shapes broadcast together.</param>
    /// <param name="whenFalse">Taken elsewhere.</param>
    public static Tensor Select(Tensor<bool> condition, Tensor whenTrue, Tensor whenFalse) => throw Symbolic.Executed();

    /// <inheritdoc cref="Select(Tensor{bool}, Tensor, Tensor)"/>
    /// <typeparam name="T">Any type of elements; both tensors are of one.</typeparam>
    public static Tensor<T> Select<T>(Tensor<bool> condition, Tensor<T> whenTrue, Tensor<T> whenFalse)
        where T : unmanaged => throw Symbolic.Executed();
}
