    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // x.Slice(1, 1, 13, step: 3) + x.Slice(1, 0, 13) → [6, 13]
        //   result: the caller's result [6, 13]
        //   x: input [6, 40]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Add_6x13<V>(Worker worker, float* result, float* x)
            where V : unmanaged, IVector<V>
        {
            worker.Share(6, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* xRow = x + 1 + r * 40;
                float* xRow2 = x + r * 40;
                float* resultRow = result + r * 13;
                int c = 0;
                for (; c <= 13 - V.Count; c += V.Count)
                {
                    var add = V.LoadStrided(xRow + c * 3, 3) + V.Load(xRow2 + c);
                    V.Store(resultRow + c, add);
                }
                if (c < 13)
                {
                    int rest = 13 - c;
                    var add = V.LoadStridedPartial(xRow + c * 3, 3, rest) + V.LoadPartial(xRow2 + c, rest);
                    V.StorePartial(resultRow + c, rest, add);
                }
            }
        }
    }
}
