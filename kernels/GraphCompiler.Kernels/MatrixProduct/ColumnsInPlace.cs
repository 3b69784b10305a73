namespace GraphCompiler.Kernels;

/// <summary>Columns of B whose elements are neighbours, of whatever type, read where they lie; the default says that they cannot be.</summary>
internal readonly unsafe struct ColumnsInPlace
{
    readonly void* elements;
    readonly nint stride;
    readonly delegate*<float*, in TilePart, int, in LeftOperand, void*, nint, in Output, void> multiply;

    ColumnsInPlace(void* elements, nint stride, delegate*<float*, in TilePart, int, in LeftOperand, void*, nint, in Output, void> multiply)
    {
        this.elements = elements;
        this.stride = stride;
        this.multiply = multiply;
    }

    /// <summary>Whether there are any.</summary>
    public bool Exist => multiply != null;

    /// <summary>Columns so many elements apart.</summary>
    public static ColumnsInPlace Of<V, T>(T* elements, nint stride)
        where V : unmanaged, IVector<V>
        where T : unmanaged, IElement<T>
        => new(elements, stride, &DotProduct.Run<V, T>);

    /// <inheritdoc cref="DotProduct.Run{V, TB}"/>
    public void Multiply(float* scratch, in TilePart part, int k, in LeftOperand a, in Output output)
        => multiply(scratch, part, k, a, elements, stride, output);
}
