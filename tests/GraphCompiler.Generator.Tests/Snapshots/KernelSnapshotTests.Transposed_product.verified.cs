    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // MatMul(Transpose(x), Transpose(y)) → [20, 40]
        //   x: input [48, 20]
        //   y: input [40, 48]
        //   result: the caller's result [20, 40]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_20x40x48<V>(Worker worker, float* x, float* y, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, ColumnMajorMatrix, ColumnMajorMatrix, StoreTo>(
                worker, 20, 40, 48, new(x, 20), new(y, 48), new(result, 40));
        }
    }
}
