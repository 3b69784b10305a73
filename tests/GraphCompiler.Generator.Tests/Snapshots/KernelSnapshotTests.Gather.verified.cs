    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // words.Forward(tokens) + places.Weight → [5, 12, 24]
        //   result: the caller's result [5, 12, 24]
        //   weight: words.weight [100, 24]
        //   weight2: places.weight [12, 24]
        //   tokens: indices [5, 12]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Gather_Add_5x12x24<V>(Worker worker, float* result, float* weight, float* weight2, int* tokens)
            where V : unmanaged, IVector<V>
        {
            worker.Share(60, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* weight2Row = weight2 + (r % 12) * 24;
                float* tableRow = weight + (long)tokens[r] * 24;
                float* resultRow = result + r * 24;
                int c = 0;
                for (; c <= 24 - V.Count; c += V.Count)
                {
                    var gathered = V.Load(tableRow + c);
                    var add = gathered + V.Load(weight2Row + c);
                    V.Store(resultRow + c, add);
                }
                if (c < 24)
                {
                    int rest = 24 - c;
                    var gathered = V.LoadPartial(tableRow + c, rest);
                    var add = gathered + V.LoadPartial(weight2Row + c, rest);
                    V.StorePartial(resultRow + c, rest, add);
                }
            }
        }
    }
}
