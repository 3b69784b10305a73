    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Gelu(layer.Forward(x)) + y → [20, 40]
        //   x: input [20, 48]
        //   weight: layer.weight [40, 48]
        //   y: input [20, 40]
        //   bias: layer.bias [40]
        //   result: the caller's result [20, 40]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Gelu_20x40x48<V>(Worker worker, float* x, float* weight, float* y, float* bias, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Gelu_20x40x48_Epilogue>(
                worker, 20, 40, 48, new(x, 48), new(weight, 48), new(y, bias, result));
        }

        readonly unsafe struct MatMul_Add_Gelu_20x40x48_Epilogue(float* y, float* bias, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.Load(bias + column);
                var gelu = V.Gelu(add);
                var add2 = V.Load(y + row * 40 + column) + gelu;
                V.Store(result + row * 40 + column, add2);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.LoadPartial(bias + column, count);
                var gelu = V.Gelu(add);
                var add2 = V.LoadPartial(y + row * 40 + column, count) + gelu;
                V.StorePartial(result + row * 40 + column, count, add2);
            }
        }
    }
}
