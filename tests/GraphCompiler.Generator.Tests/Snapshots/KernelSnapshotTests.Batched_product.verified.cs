    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // MatMul(queries, Transpose(keys)) * 0.25f → [6, 20, 24]
        //   queries: input [6, 20, 16]
        //   keys: input [6, 24, 16]
        //   result: the caller's result [6, 20, 24]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Multiply_6x20x24x16<V>(Worker worker, float* queries, float* keys, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.MultiplyBatched<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Multiply_6x20x24x16_Epilogue, MatMul_Multiply_6x20x24x16_Batch>(worker, 6, 20, 24, 16, new(queries, keys, result));
        }

        readonly unsafe struct MatMul_Multiply_6x20x24x16_Epilogue(float* result, int item) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var multiply = sum * V.Splat(0.25f);
                V.Store(result + item * 480 + row * 24 + column, multiply);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var multiply = sum * V.Splat(0.25f);
                V.StorePartial(result + item * 480 + row * 24 + column, count, multiply);
            }
        }

        readonly unsafe struct MatMul_Multiply_6x20x24x16_Batch(float* queries, float* keys, float* result) : IGemmBatch<RowMajorMatrix, ColumnMajorMatrix, MatMul_Multiply_6x20x24x16_Epilogue>
        {
            public RowMajorMatrix A(int item) => new(queries + item * 320, 16);
            public ColumnMajorMatrix B(int item) => new(keys + item * 384, 16);
            public MatMul_Multiply_6x20x24x16_Epilogue Epilogue(int item) => new(result, item);
        }
    }
}
