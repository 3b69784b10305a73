    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // x.Max(1) → [9, 1, 12]
        //   result: the caller's result [9, 1, 12]
        //   x: input [9, 50, 12]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void ColumnMax_9x50x12<V>(Worker worker, float* result, float* x)
            where V : unmanaged, IVector<V>
        {
            worker.Share(9, 1, out int start, out int end);
            for (int o = start; o < end; o++)
            {
                float* totals = result + o * 12;
                if (V.Count >= 12)
                {
                    var total = V.Splat(float.NegativeInfinity);
                    for (int k = 0; k < 50; k++)
                    {
                        int r = o * 50 + k;
                        float* xRow = x + r * 12;
                        total = V.Max(total, V.LoadPartial(xRow, 12));
                    }
                    V.StorePartial(totals, 12, total);
                }
                else
                {
                    for (int k = 0; k < 50; k++)
                    {
                        int r = o * 50 + k;
                        float* xRow = x + r * 12;
                        int c = 0;
                        for (; c <= 12 - V.Count; c += V.Count)
                        {
                            V.Store(totals + c, V.Max(k == 0 ? V.Splat(float.NegativeInfinity) : V.Load(totals + c), V.Load(xRow + c)));
                        }
                        if (c < 12)
                        {
                            int rest = 12 - c;
                            V.StorePartial(totals + c, rest, V.Max(k == 0 ? V.Splat(float.NegativeInfinity) : V.LoadPartial(totals + c, rest), V.LoadPartial(xRow + c, rest)));
                        }
                    }
                }
            }
        }
    }
}
