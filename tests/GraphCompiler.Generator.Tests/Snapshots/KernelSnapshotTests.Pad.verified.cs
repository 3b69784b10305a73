    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // signal.Slice(1, 1, 13, step: 3) * x → [8, 13]
        //   result: Multiply [8, 13]
        //   x: input [8, 13]
        //   signal: parameter [8, 40]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Multiply_8x13<V>(Worker worker, float* result, float* x, float* signal)
            where V : unmanaged, IVector<V>
        {
            worker.Share(8, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* xRow = x + r * 13;
                float* signalRow = signal + 1 + r * 40;
                float* resultRow = result + r * 13;
                int c = 0;
                for (; c <= 13 - V.Count; c += V.Count)
                {
                    var multiply = V.Load(xRow + c) * V.LoadStrided(signalRow + c * 3, 3);
                    V.Store(resultRow + c, multiply);
                }
                if (c < 13)
                {
                    int rest = 13 - c;
                    var multiply = V.LoadPartial(xRow + c, rest) * V.LoadStridedPartial(signalRow + c * 3, 3, rest);
                    V.StorePartial(resultRow + c, rest, multiply);
                }
            }
        }

        // (signal.Slice(1, 1, 13, step: 3) * x).Sum() → [1, 1]
        //   result: ReduceSum [1, 1]
        //   operand: Multiply in signal.Slice(1, 1, 13, step: 3) * x [8, 13]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowSum_8x13<V>(Worker worker, float* result, float* operand)
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
                for (c = 0; c <= 104 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningSum += V.Load(operand + c);
                    runningSum2 += V.Load(operand + c + V.Count);
                    runningSum3 += V.Load(operand + c + 2 * V.Count);
                    runningSum4 += V.Load(operand + c + 3 * V.Count);
                }
                runningSum = runningSum + runningSum3;
                runningSum2 = runningSum2 + runningSum4;
                runningSum = runningSum + runningSum2;
                for (; c <= 104 - V.Count; c += V.Count)
                {
                    runningSum += V.Load(operand + c);
                }
                if (c < 104)
                {
                    int rest = 104 - c;
                    runningSum += V.KeepFirst(V.LoadPartial(operand + c, rest), rest, 0f);
                }
                var sum = V.Splat(V.SumLanes(runningSum));
                V.StorePartial(result, 1, sum);
            }
        }

        // gradient of signal → [8, 40]
        //   result: gradient of signal [8, 40]
        //   x: input [8, 13]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Pad_8x40<V>(Worker worker, float* result, float* x)
            where V : unmanaged, IVector<V>
        {
            worker.Share(320, 16, out int first, out int last);
            new Span<float>(result + first, last - first).Clear();
            worker.Barrier();
            {
                worker.Share(8, 1, out int start, out int end);
                for (int r = start; r < end; r++)
                {
                    float* xRow = x + r * 13;
                    float* resultRow = result + 1 + r * 40;
                    int c = 0;
                    for (; c <= 13 - V.Count; c += V.Count)
                    {
                        var lanes = V.Load(xRow + c);
                        for (int i = 0; i < V.Count; i++)
                            resultRow[(c + i) * 3] = ((float*)&lanes)[i];
                    }
                    if (c < 13)
                    {
                        int rest = 13 - c;
                        var lanes2 = V.LoadPartial(xRow + c, rest);
                        for (int i2 = 0; i2 < rest; i2++)
                            resultRow[(c + i2) * 3] = ((float*)&lanes2)[i2];
                    }
                }
            }
        }
    }
}
