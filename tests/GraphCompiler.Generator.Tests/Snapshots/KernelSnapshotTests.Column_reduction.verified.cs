    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Square(x).Mean(0) → [1, 100]
        //   result: the caller's result [1, 100]
        //   x: input [500, 100]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Multiply_ColumnMean_500x100<V>(Worker worker, float* result, float* x)
            where V : unmanaged, IVector<V>
        {
            worker.Share(100, 64, out int start, out int end);
            float* totals = result;
            float* origins = worker.Scratch(100);
            // The first row: what the means are measured from.
            {
                const int r = 0;
                float* xRow = x + r * 100;
                int c = start;
                for (; c <= end - V.Count; c += V.Count)
                {
                    var multiply = V.Load(xRow + c) * V.Load(xRow + c);
                    V.Store(origins + c, V.Origin(multiply));
                }
                if (c < end)
                {
                    int rest = end - c;
                    var multiply = V.LoadPartial(xRow + c, rest) * V.LoadPartial(xRow + c, rest);
                    V.StorePartial(origins + c, rest, V.Origin(multiply));
                }
            }
            var share = V.Splat(1f / 500);
            for (int r = 0; r < 500; r++)
            {
                float* xRow2 = x + r * 100;
                int c = start;
                for (; c <= end - V.Count; c += V.Count)
                {
                    var multiply = V.Load(xRow2 + c) * V.Load(xRow2 + c);
                    V.Store(totals + c, V.FusedMultiplyAdd(V.HalfDistance(multiply, V.Load(origins + c) * V.Splat(-0.5f)), share, r == 0 ? V.Splat(0f) : V.Load(totals + c)));
                }
                if (c < end)
                {
                    int rest = end - c;
                    var multiply = V.LoadPartial(xRow2 + c, rest) * V.LoadPartial(xRow2 + c, rest);
                    V.StorePartial(totals + c, rest, V.FusedMultiplyAdd(V.HalfDistance(multiply, V.LoadPartial(origins + c, rest) * V.Splat(-0.5f)), share, r == 0 ? V.Splat(0f) : V.LoadPartial(totals + c, rest)));
                }
            }
            // From the totals to the means.
            {
                int c = start;
                for (; c <= end - V.Count; c += V.Count)
                {
                    V.Store(totals + c, V.Mean(V.Load(origins + c), V.Load(totals + c)));
                }
                if (c < end)
                {
                    int rest = end - c;
                    V.StorePartial(totals + c, rest, V.Mean(V.LoadPartial(origins + c, rest), V.LoadPartial(totals + c, rest)));
                }
            }
        }
    }
}
