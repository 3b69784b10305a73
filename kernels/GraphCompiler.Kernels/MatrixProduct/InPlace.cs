using System.Runtime.CompilerServices;

namespace GraphCompiler.Kernels;

/// <summary>Addresses in plain operands; asked of them only.</summary>
internal static unsafe class InPlace
{
    /// <summary>Whether the operand is a plain matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is<T>() => typeof(T) == typeof(RowMajorMatrix) || typeof(T) == typeof(ColumnMajorMatrix);

    /// <summary>Where element (row, column) lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* Element<T>(T operand, int row, int column)
        where T : struct, IGemmOperand
    {
        Strides(operand, out nint rowStride, out nint columnStride);
        float* elements = typeof(T) == typeof(RowMajorMatrix) ? Unsafe.BitCast<T, RowMajorMatrix>(operand).Elements
            : typeof(T) == typeof(ColumnMajorMatrix) ? Unsafe.BitCast<T, ColumnMajorMatrix>(operand).Elements
            : null;
        return elements + (row * rowStride) + (column * columnStride);
    }

    /// <summary>Floats from a row to the next, and from a column to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Strides<T>(T operand, out nint rowStride, out nint columnStride)
        where T : struct, IGemmOperand
    {
        rowStride = typeof(T) == typeof(RowMajorMatrix) ? Unsafe.BitCast<T, RowMajorMatrix>(operand).Stride : 1;
        columnStride =
            typeof(T) == typeof(ColumnMajorMatrix) ? Unsafe.BitCast<T, ColumnMajorMatrix>(operand).Stride : 1;
    }
}
