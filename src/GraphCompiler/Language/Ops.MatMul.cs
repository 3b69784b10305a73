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
}
