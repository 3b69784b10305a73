    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // (Dropout(Square(x), 0.1f) * y).Sum() → [1, 1]
        //   result: ReduceSum [1, 1]
        //   x: parameter [8, 40]
        //   y: input [8, 40]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Multiply_RowSum_8x40<V>(Worker worker, float* result, float* x, float* y)
            where V : unmanaged, IVector<V>
        {
            worker.Share(1, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                int c;
                var runningSum = V.Splat(0f);
                var runningSum2 = V.Splat(0f);
                var runningSum3 = V.Splat(0f);
                var runningSum4 = V.Splat(0f);
                for (c = 0; c <= 320 - 4 * V.Count; c += 4 * V.Count)
                {
                    var multiply = V.Load(x + c) * V.Load(x + c);
                    runningSum = V.FusedMultiplyAdd(V.Load(y + c), multiply, runningSum);
                    var multiply2 = V.Load(x + c + V.Count) * V.Load(x + c + V.Count);
                    runningSum2 = V.FusedMultiplyAdd(V.Load(y + c + V.Count), multiply2, runningSum2);
                    var multiply3 = V.Load(x + c + 2 * V.Count) * V.Load(x + c + 2 * V.Count);
                    runningSum3 = V.FusedMultiplyAdd(V.Load(y + c + 2 * V.Count), multiply3, runningSum3);
                    var multiply4 = V.Load(x + c + 3 * V.Count) * V.Load(x + c + 3 * V.Count);
                    runningSum4 = V.FusedMultiplyAdd(V.Load(y + c + 3 * V.Count), multiply4, runningSum4);
                }
                runningSum = runningSum + runningSum3;
                runningSum2 = runningSum2 + runningSum4;
                runningSum = runningSum + runningSum2;
                var sum = V.Splat(V.SumLanes(runningSum));
                V.StorePartial(result, 1, sum);
            }
        }

        // (Dropout(Square(x), 0.1f) * y).Sum() · backward of Square(x) · backward of Dropout(Square(x), 0.1f) → [1, 1], [8, 40]
        //   reduceSumResult: ReduceSum in (Dropout(Square(x), 0.1f) * y).Sum() [1, 1]
        //   addResult: gradient of x [8, 40]
        //   x: parameter [8, 40]
        //   y: input [8, 40]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Multiply_GreaterOrEqual_Select_RowSum_8x40<V>(Worker worker, float* reduceSumResult, float* addResult, float* x, float* y, ulong randomSeed, ulong randomStep, uint stream)
            where V : unmanaged, IVector<V>
        {
            worker.Share(1, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                int c;
                var runningSum = V.Splat(0f);
                for (c = 0; c <= 320 - V.Count; c += V.Count)
                {
                    var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)c), V.Splat(0.1f));
                    var multiply = V.Load(x + c) * V.Load(x + c);
                    var multiply2 = multiply * V.Splat(1.1111112f);
                    var select = V.Select(greaterOrEqual, multiply2, V.Zero);
                    runningSum = V.FusedMultiplyAdd(V.Load(y + c), select, runningSum);
                    var multiply3 = V.Load(y + c) * V.Splat(1.1111112f);
                    var select2 = V.Select(greaterOrEqual, multiply3, V.Zero);
                    var multiply4 = V.Load(x + c) * select2;
                    var add = multiply4 + multiply4;
                    V.Store(addResult + c, add);
                }
                var sum = V.Splat(V.SumLanes(runningSum));
                V.StorePartial(reduceSumResult, 1, sum);
            }
        }
    }
}
