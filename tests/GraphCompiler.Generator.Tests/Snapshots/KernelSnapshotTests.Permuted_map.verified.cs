    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // x.Transpose(0, 1) - Exp(y) → [8, 4, 20]
        //   result: the caller's result [8, 4, 20]
        //   y: input [8, 4, 20]
        //   x: input [4, 8, 20]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Exp_Subtract_8x4x20<V>(Worker worker, float* result, float* y, float* x)
            where V : unmanaged, IVector<V>
        {
            worker.Share(32, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* yRow = y + r * 20;
                float* xRow = x + (r % 4) * 160 + (r / 4) * 20;
                float* resultRow = result + r * 20;
                int c = 0;
                for (; c <= 20 - V.Count; c += V.Count)
                {
                    var exp = V.Exp(V.Load(yRow + c));
                    var subtract = V.Load(xRow + c) - exp;
                    V.Store(resultRow + c, subtract);
                }
                if (c < 20)
                {
                    int rest = 20 - c;
                    var exp = V.Exp(V.LoadPartial(yRow + c, rest));
                    var subtract = V.LoadPartial(xRow + c, rest) - exp;
                    V.StorePartial(resultRow + c, rest, subtract);
                }
            }
        }
    }
}
