    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Square(x).Mean(0) → [1, 100]
        //   result: ReduceSum [1, 100]
        //   x: input [500, 100]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Multiply_ColumnSum_500x100<V>(Worker worker, float* result, float* x)
            where V : unmanaged, IVector<V>
        {
            worker.Share(100, 64, out int start, out int end);
            float* totals = result;
            for (int r = 0; r < 500; r++)
            {
                float* xRow = x + r * 100;
                int c = start;
                for (; c <= end - V.Count; c += V.Count)
                {
                    var multiply = V.Load(xRow + c) * V.Load(xRow + c);
                    V.Store(totals + c, (r == 0 ? V.Splat(0f) : V.Load(totals + c)) + multiply);
                }
                if (c < end)
                {
                    int rest = end - c;
                    var multiply = V.LoadPartial(xRow + c, rest) * V.LoadPartial(xRow + c, rest);
                    V.StorePartial(totals + c, rest, (r == 0 ? V.Splat(0f) : V.LoadPartial(totals + c, rest)) + multiply);
                }
            }
        }

        // Square(x).Mean(0) → [100]
        //   operand: ReduceSum [1, 100]
        //   result: the caller's result [100]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void Multiply_100<V>(Worker worker, float* operand, float* result)
            where V : unmanaged, IVector<V>
        {
            worker.Share(100, 1024, out int start, out int end);
            int c = start;
            for (; c <= end - V.Count; c += V.Count)
            {
                var multiply = V.Load(operand + c) * V.Splat(0.002f);
                V.Store(result + c, multiply);
            }
            if (c < end)
            {
                int rest = end - c;
                var multiply = V.LoadPartial(operand + c, rest) * V.Splat(0.002f);
                V.StorePartial(result + c, rest, multiply);
            }
        }
    }
}
