    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Softmax(x) → [32, 1000]
        //   result: the caller's result [32, 1000]
        //   x: input [32, 1000]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMax_Exp_RowSum_Divide_32x1000<V>(Worker worker, float* result, float* x)
            where V : unmanaged, IVector<V>
        {
            worker.Share(32, 1, out int start, out int end);
            float* scratch = worker.Scratch(1008);
            for (int r = start; r < end; r++)
            {
                float* xRow = x + r * 1000;
                float* resultRow = result + r * 1000;
                int c;
                var runningMax = V.Splat(float.NegativeInfinity);
                var runningMax2 = V.Splat(float.NegativeInfinity);
                var runningMax3 = V.Splat(float.NegativeInfinity);
                var runningMax4 = V.Splat(float.NegativeInfinity);
                for (c = 0; c <= 1000 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningMax = V.Max(runningMax, V.Load(xRow + c));
                    runningMax2 = V.Max(runningMax2, V.Load(xRow + c + V.Count));
                    runningMax3 = V.Max(runningMax3, V.Load(xRow + c + 2 * V.Count));
                    runningMax4 = V.Max(runningMax4, V.Load(xRow + c + 3 * V.Count));
                }
                runningMax = V.Max(runningMax, runningMax3);
                runningMax2 = V.Max(runningMax2, runningMax4);
                runningMax = V.Max(runningMax, runningMax2);
                for (; c <= 1000 - V.Count; c += V.Count)
                {
                    runningMax = V.Max(runningMax, V.Load(xRow + c));
                }
                if (c < 1000)
                {
                    int rest = 1000 - c;
                    runningMax = V.Max(runningMax, V.KeepFirst(V.LoadPartial(xRow + c, rest), rest, float.NegativeInfinity));
                }
                var max = V.Splat(V.MaxLanes(runningMax));
                var maximum = V.Max(max, V.Splat(-3.4028235E+38f));
                var runningSum = V.Splat(0f);
                for (c = 0; c <= 1000 - V.Count; c += V.Count)
                {
                    var subtract = V.Load(xRow + c) - maximum;
                    var exp = V.Exp(subtract);
                    V.Store(scratch + c, exp);
                    runningSum += exp;
                }
                if (c < 1000)
                {
                    int rest = 1000 - c;
                    var subtract = V.LoadPartial(xRow + c, rest) - maximum;
                    var exp = V.Exp(subtract);
                    V.StorePartial(scratch + c, rest, exp);
                    runningSum += V.KeepFirst(exp, rest, 0f);
                }
                var sum = V.Splat(V.SumLanes(runningSum));
                var equal = V.Equal(sum, V.Zero);
                var select = V.Select(equal, V.Splat(1f), sum);
                var divide = V.Splat(1f) / select;
                for (c = 0; c <= 1000 - V.Count; c += V.Count)
                {
                    var multiply = V.Load(scratch + c) * divide;
                    V.Store(resultRow + c, multiply);
                }
                if (c < 1000)
                {
                    int rest = 1000 - c;
                    var multiply = V.LoadPartial(scratch + c, rest) * divide;
                    V.StorePartial(resultRow + c, rest, multiply);
                }
            }
        }
    }
}
