    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Softmax(x) → [32, 10]
        //   result: the caller's result [32, 10]
        //   x: input [32, 10]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMax_Exp_RowSum_Divide_32x10<V>(Worker worker, float* result, float* x)
            where V : unmanaged, IVector<V>
        {
            worker.Share(32, 1, out int start, out int end);
            float* scratch = worker.Scratch(16);
            for (int r = start; r < end; r++)
            {
                float* xRow = x + r * 10;
                float* resultRow = result + r * 10;
                if (V.Count >= 10)
                {
                    var max = V.Splat(V.MaxLanes(V.KeepFirst(V.LoadPartial(xRow, 10), 10, float.NegativeInfinity)));
                    var maximum = V.Max(max, V.Splat(-3.4028235E+38f));
                    var subtract = V.LoadPartial(xRow, 10) - maximum;
                    var exp = V.Exp(subtract);
                    var sum = V.Splat(V.SumLanes(V.KeepFirst(exp, 10, 0f)));
                    var equal = V.Equal(sum, V.Zero);
                    var select = V.Select(equal, V.Splat(1f), sum);
                    var divide = V.Splat(1f) / select;
                    var multiply = exp * divide;
                    V.StorePartial(resultRow, 10, multiply);
                }
                else
                {
                    int c;
                    var runningMax = V.Splat(float.NegativeInfinity);
                    for (c = 0; c <= 10 - V.Count; c += V.Count)
                    {
                        runningMax = V.Max(runningMax, V.Load(xRow + c));
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        runningMax = V.Max(runningMax, V.KeepFirst(V.LoadPartial(xRow + c, rest), rest, float.NegativeInfinity));
                    }
                    var max2 = V.Splat(V.MaxLanes(runningMax));
                    var maximum2 = V.Max(max2, V.Splat(-3.4028235E+38f));
                    var runningSum = V.Splat(0f);
                    for (c = 0; c <= 10 - V.Count; c += V.Count)
                    {
                        var subtract = V.Load(xRow + c) - maximum2;
                        var exp = V.Exp(subtract);
                        V.Store(scratch + c, exp);
                        runningSum += exp;
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        var subtract = V.LoadPartial(xRow + c, rest) - maximum2;
                        var exp = V.Exp(subtract);
                        V.StorePartial(scratch + c, rest, exp);
                        runningSum += V.KeepFirst(exp, rest, 0f);
                    }
                    var sum2 = V.Splat(V.SumLanes(runningSum));
                    var equal2 = V.Equal(sum2, V.Zero);
                    var select2 = V.Select(equal2, V.Splat(1f), sum2);
                    var divide2 = V.Splat(1f) / select2;
                    for (c = 0; c <= 10 - V.Count; c += V.Count)
                    {
                        var multiply = V.Load(scratch + c) * divide2;
                        V.Store(resultRow + c, multiply);
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        var multiply = V.LoadPartial(scratch + c, rest) * divide2;
                        V.StorePartial(resultRow + c, rest, multiply);
                    }
                }
            }
        }
    }
}
