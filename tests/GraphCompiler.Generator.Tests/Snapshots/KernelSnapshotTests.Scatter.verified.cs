    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // words.Forward(tokens) → [5, 12, 24]
        //   result: Gather [5, 12, 24]
        //   weight: words.weight [100, 24]
        //   tokens: indices [5, 12]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Gather_5x12x24<V>(Worker worker, float* result, float* weight, int* tokens)
            where V : unmanaged, IVector<V>
        {
            worker.Share(60, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* tableRow = weight + (long)tokens[r] * 24;
                float* resultRow = result + r * 24;
                int c = 0;
                for (; c <= 24 - V.Count; c += V.Count)
                {
                    var gathered = V.Load(tableRow + c);
                    V.Store(resultRow + c, gathered);
                }
                if (c < 24)
                {
                    int rest = 24 - c;
                    var gathered = V.LoadPartial(tableRow + c, rest);
                    V.StorePartial(resultRow + c, rest, gathered);
                }
            }
        }

        // Square(words.Forward(tokens)).Sum() → [1, 1, 1]
        //   result: ReduceSum [1, 1, 1]
        //   operand: Gather in words.Forward(tokens) [5, 12, 24]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Multiply_RowSum_5x12x24<V>(Worker worker, float* result, float* operand)
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
                for (c = 0; c <= 1440 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningSum = V.FusedMultiplyAdd(V.Load(operand + c), V.Load(operand + c), runningSum);
                    runningSum2 = V.FusedMultiplyAdd(V.Load(operand + c + V.Count), V.Load(operand + c + V.Count), runningSum2);
                    runningSum3 = V.FusedMultiplyAdd(V.Load(operand + c + 2 * V.Count), V.Load(operand + c + 2 * V.Count), runningSum3);
                    runningSum4 = V.FusedMultiplyAdd(V.Load(operand + c + 3 * V.Count), V.Load(operand + c + 3 * V.Count), runningSum4);
                }
                runningSum = runningSum + runningSum3;
                runningSum2 = runningSum2 + runningSum4;
                runningSum = runningSum + runningSum2;
                for (; c <= 1440 - V.Count; c += V.Count)
                {
                    runningSum = V.FusedMultiplyAdd(V.Load(operand + c), V.Load(operand + c), runningSum);
                }
                var sum = V.Splat(V.SumLanes(runningSum));
                V.StorePartial(result, 1, sum);
            }
        }

        // backward of Square(words.Forward(tokens)) → [5, 12, 24]
        //   gatherResult: Gather in words.Forward(tokens) [5, 12, 24]
        //   addResult: Add [5, 12, 24]
        //   weight: words.weight [100, 24]
        //   tokens: indices [5, 12]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Gather_Add_5x12x24<V>(Worker worker, float* gatherResult, float* addResult, float* weight, int* tokens)
            where V : unmanaged, IVector<V>
        {
            worker.Share(60, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* tableRow = weight + (long)tokens[r] * 24;
                float* gatherResultRow = gatherResult + r * 24;
                float* addResultRow = addResult + r * 24;
                int c = 0;
                for (; c <= 24 - V.Count; c += V.Count)
                {
                    var gathered = V.Load(tableRow + c);
                    var add = gathered + gathered;
                    V.Store(gatherResultRow + c, gathered);
                    V.Store(addResultRow + c, add);
                }
                if (c < 24)
                {
                    int rest = 24 - c;
                    var gathered = V.LoadPartial(tableRow + c, rest);
                    var add = gathered + gathered;
                    V.StorePartial(gatherResultRow + c, rest, gathered);
                    V.StorePartial(addResultRow + c, rest, add);
                }
            }
        }

        // gradient of words.weight → [100, 24]
        //   tokens: indices [5, 12]
        //   operand: Add in backward of Square(words.Forward(tokens)) [5, 12, 24]
        //   result: gradient of words.weight [100, 24]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void ScatterAdd_100x24<V>(Worker worker, int* tokens, float* operand, float* result)
            where V : unmanaged, IVector<V>
        {
            worker.Share(100, 1, out int start, out int end);
            for (int row = start; row < end; row++)
            {
                new Span<float>(result + (long)row * 24, 24).Clear();
            }
            for (int k = 0; k < 60; k++)
            {
                int r = tokens[k];
                if (r < start || r >= end)
                    continue;
                float* tableRow = result + (long)r * 24;
                float* updateRow = operand + (long)k * 24;
                int c = 0;
                for (; c <= 24 - V.Count; c += V.Count)
                    V.Store(tableRow + c, V.Load(tableRow + c) + V.Load(updateRow + c));
                if (c < 24)
                    V.StorePartial(tableRow + c, 24 - c, V.LoadPartial(tableRow + c, 24 - c) + V.LoadPartial(updateRow + c, 24 - c));
            }
        }
    }
}
