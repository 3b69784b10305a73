namespace GraphCompiler.Kernels;

/// <summary>
/// Where the operands and the result of each product of a batch lie. Any arithmetic on the item's number will do: an
/// offset an item, none for an operand that all items share, or batch and head taken apart for [batch, time, head,
/// width].
/// </summary>
/// <typeparam name="TA">How A is read.</typeparam>
/// <typeparam name="TB">How B is read.</typeparam>
/// <typeparam name="TEpilogue">What becomes of the sums.</typeparam>
public interface IGemmBatch<TA, TB, TEpilogue>
    where TA : struct, IGemmOperand
    where TB : struct, IGemmOperand
    where TEpilogue : struct, IGemmEpilogue
{
    /// <summary>A of one item.</summary>
    TA A(int item);

    /// <summary>B of one item.</summary>
    TB B(int item);

    /// <summary>The epilogue of one item.</summary>
    TEpilogue Epilogue(int item);
}
