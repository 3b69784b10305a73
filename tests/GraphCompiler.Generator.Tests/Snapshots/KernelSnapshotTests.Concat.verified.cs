    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Concat([left, right], axis: 1) → [8, 50]
        //   result: the caller's result [8, 50]
        //   left: input [8, 20]
        //   right: input [8, 30]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Concat_8x50<V>(Worker worker, float* result, float* left, float* right)
            where V : unmanaged, IVector<V>
        {
            {
                worker.Share(8, 1, out int start, out int end);
                for (int r = start; r < end; r++)
                {
                    float* leftRow = left + r * 20;
                    float* resultRow = result + r * 50;
                    int c = 0;
                    for (; c <= 20 - V.Count; c += V.Count)
                    {
                        V.Store(resultRow + c, V.Load(leftRow + c));
                    }
                    if (c < 20)
                    {
                        int rest = 20 - c;
                        V.StorePartial(resultRow + c, rest, V.LoadPartial(leftRow + c, rest));
                    }
                }
            }
            {
                worker.Share(8, 1, out int start, out int end);
                for (int r = start; r < end; r++)
                {
                    float* rightRow = right + r * 30;
                    float* resultRow = result + 20 + r * 50;
                    int c = 0;
                    for (; c <= 30 - V.Count; c += V.Count)
                    {
                        V.Store(resultRow + c, V.Load(rightRow + c));
                    }
                    if (c < 30)
                    {
                        int rest = 30 - c;
                        V.StorePartial(resultRow + c, rest, V.LoadPartial(rightRow + c, rest));
                    }
                }
            }
        }
    }
}
