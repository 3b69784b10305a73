    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // MatMul(Abs(x) * 2f, y) → [20, 40]
        //   x: input [20, 48]
        //   y: input [48, 40]
        //   result: the caller's result [20, 40]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_20x40x48<V>(Worker worker, float* x, float* y, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, MatMul_20x40x48_Left, RowMajorMatrix, StoreTo>(
                worker, 20, 40, 48, new(x), new(y, 40), new(result, 40));
        }

        readonly unsafe struct MatMul_20x40x48_Left(float* x) : IGemmOperand
        {
            public static bool IsRowMajor => true;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public V Load<V>(int row, int column)
                where V : unmanaged, IVector<V>
            {
                var abs = V.Abs(V.Load(x + row * 48 + column));
                var multiply = abs * V.Splat(2f);
                return multiply;
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public V LoadPartial<V>(int row, int column, int count)
                where V : unmanaged, IVector<V>
            {
                var abs = V.Abs(V.LoadPartial(x + row * 48 + column, count));
                var multiply = abs * V.Splat(2f);
                return multiply;
            }
        }
    }
}
