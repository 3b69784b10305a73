    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Gelu(layer.Forward(x)) + y → [20, 40]
        //   x: input [20, 48]
        //   weight: layer.weight [40, 48]
        //   bias: layer.bias [40]
        //   y: input [20, 40]
        //   result: the caller's result [20, 40]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void MatMul_Add_Multiply_Erf_20x40x48<V>(Worker worker, float* x, float* weight, float* bias, float* y, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Multiply_Erf_20x40x48_Epilogue>(
                worker, 20, 40, 48, new(x, 48), new(weight, 48), new(bias, y, result));
        }

        readonly unsafe struct MatMul_Add_Multiply_Erf_20x40x48_Epilogue(float* bias, float* y, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.Load(bias + column);
                var multiply = add * V.Splat(0.70710677f);
                var erf = V.Erf(multiply);
                var add2 = erf + V.Splat(1f);
                var multiply2 = add2 * V.Splat(0.5f);
                var add3 = V.FusedMultiplyAdd(add, multiply2, V.Load(y + row * 40 + column));
                V.Store(result + row * 40 + column, add3);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.LoadPartial(bias + column, count);
                var multiply = add * V.Splat(0.70710677f);
                var erf = V.Erf(multiply);
                var add2 = erf + V.Splat(1f);
                var multiply2 = add2 * V.Splat(0.5f);
                var add3 = V.FusedMultiplyAdd(add, multiply2, V.LoadPartial(y + row * 40 + column, count));
                V.StorePartial(result + row * 40 + column, count, add3);
            }
        }
    }
}
