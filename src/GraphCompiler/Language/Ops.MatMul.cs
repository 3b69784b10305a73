namespace GraphCompiler;

/// <summary>
/// The operations of a graph, read by the compiler at build time; executed, they throw.
/// <c>using static GraphCompiler.Ops;</c> brings them into scope.
/// </summary>
public static partial class Ops
{
    /// <summary>
    /// The matrix product over the last two axes; the axes before them broadcast. PyTorch's <c>matmul</c>, vectors
    /// included: a vector on the left counts as a row, on the right as a column, and that axis is dropped again.
    /// </summary>
    /// <param name="a">[..., m, k].</param>
    /// <param name="b">[..., k, n]; the result is [..., m, n].</param>
    public static Tensor MatMul(Tensor a, Tensor b) => throw Symbolic.Executed();

    /// <summary>
    /// Sums of products by Einstein's convention: <c>Einsum("bij,bjk-&gt;bik", a, b)</c>. PyTorch's <c>einsum</c>. It is read when the model is
    /// compiled and becomes permutations, sums and matrix products; of several operands the two whose product is the least work are
    /// multiplied first.
    /// </summary>
    /// <param name="equation">
    /// A letter an axis and a comma between operands, then "-&gt;" and the axes of the result. Axes of one letter have one size, or 1, which
    /// broadcasts; what the result lacks is summed over; a letter twice in an operand is its diagonal; "..." stands for axes that
    /// broadcast. Without "-&gt;" the result has the axes of "...", then the letters that occur once, in order.
    /// </param>
    /// <param name="operands">The tensors.</param>
    public static Tensor Einsum(string equation, params Tensor[] operands) => throw Symbolic.Executed();
}
