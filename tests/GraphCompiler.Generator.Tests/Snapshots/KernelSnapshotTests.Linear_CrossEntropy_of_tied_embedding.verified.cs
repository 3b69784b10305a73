    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Tanh(words.Forward(tokens)) → [5, 12, 24]
        //   result: Tanh [5, 12, 24]
        //   weight: words.weight [32000, 24]
        //   tokens: indices [5, 12]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Gather_Tanh_5x12x24<V>(Worker worker, float* result, float* weight, int* tokens)
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
                    var tanh = V.Tanh(gathered);
                    V.Store(resultRow + c, tanh);
                }
                if (c < 24)
                {
                    int rest = 24 - c;
                    var gathered = V.LoadPartial(tableRow + c, rest);
                    var tanh = V.Tanh(gathered);
                    V.StorePartial(resultRow + c, rest, tanh);
                }
            }
        }

        // CrossEntropy(MatMul(Tanh(words.Forward(tokens)), Transpose(words.Weight)), next) → [60]
        //   weight: words.weight [32000, 24]
        //   result: LinearCrossEntropy [60]
        //   operand: Tanh in Tanh(words.Forward(tokens)) [5, 12, 24]
        //   next: indices [5, 12]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void LinearCrossEntropy_60x32000x24<V>(Worker worker, float* weight, float* result, float* operand, int* next, float* workspace)
            where V : unmanaged, IVector<V>
        {
            LinearCrossEntropy.Run<V, ColumnMajorMatrix>(
                worker,
                new LinearCrossEntropySizes(60, 24, 32000, 32),
                operand, new ColumnMajorMatrix(weight, 24), null, next, null,
                new LinearCrossEntropyResults(result, null, null, null),
                workspace);
        }

        // CrossEntropy(MatMul(Tanh(words.Forward(tokens)), Transpose(words.Weight)), next) → [1, 1]
        //   result: ReduceMean [1, 1]
        //   operand: LinearCrossEntropy [60]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMean_5x12<V>(Worker worker, float* result, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(1, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                int c;
                var origin = V.Origin(V.Splat(V.FirstLane(V.LoadPartial(operand, 1))));
                var negativeHalf = origin * V.Splat(-0.5f);
                var share = V.Splat(1f / 60);
                var runningMean = V.Splat(0f);
                for (c = 0; c <= 60 - V.Count; c += V.Count)
                {
                    runningMean = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c), negativeHalf), share, runningMean);
                }
                if (c < 60)
                {
                    int rest = 60 - c;
                    runningMean = V.FusedMultiplyAdd(V.KeepFirst(V.HalfDistance(V.LoadPartial(operand + c, rest), negativeHalf), rest, 0f), share, runningMean);
                }
                var mean = V.Mean(origin, V.Splat(V.SumLanes(runningMean)));
                V.StorePartial(result, 1, mean);
            }
        }

        // Copy → [60]
        //   result: Copy [60]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Copy_60<V>(Worker worker, float* result)
            where V : unmanaged, IVector<V>
        {
            worker.Share(60, 1024, out int start, out int end);
            int c = start;
            for (; c <= end - V.Count; c += V.Count)
            {
                var copy = V.Splat(0.016666668f);
                V.Store(result + c, copy);
            }
            if (c < end)
            {
                int rest = end - c;
                var copy = V.Splat(0.016666668f);
                V.StorePartial(result + c, rest, copy);
            }
        }

        // backward of CrossEntropy(MatMul(Tanh(words.Forward(tokens)), Transpose(words.Weight)), next) → [60], [60, 24], [32000, 24]
        //   weight: words.weight [32000, 24]
        //   linearCrossEntropyResult: LinearCrossEntropy in CrossEntropy(MatMul(Tanh(words.Forward(tokens)), Transpose(words.Weight)), next) [60]
        //   operand: Copy [60]
        //   operand2: Tanh in Tanh(words.Forward(tokens)) [5, 12, 24]
        //   next: indices [5, 12]
        //   linearCrossEntropyGradientResult: LinearCrossEntropyGradient [60, 24]
        //   linearCrossEntropyGradientResult2: gradient of words.weight [32000, 24]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void LinearCrossEntropy_LinearCrossEntropyGradient_60x32000x24<V>(Worker worker, float* weight, float* linearCrossEntropyResult, float* operand, float* operand2, int* next, float* linearCrossEntropyGradientResult, float* linearCrossEntropyGradientResult2, float* workspace)
            where V : unmanaged, IVector<V>
        {
            LinearCrossEntropy.Run<V, ColumnMajorMatrix>(
                worker,
                new LinearCrossEntropySizes(60, 24, 32000, 32),
                operand2, new ColumnMajorMatrix(weight, 24), null, next, operand,
                new LinearCrossEntropyResults(linearCrossEntropyResult, linearCrossEntropyGradientResult, linearCrossEntropyGradientResult2, null),
                workspace);
        }

        // backward of Tanh(words.Forward(tokens)) → [5, 12, 24]
        //   operand: Tanh in Tanh(words.Forward(tokens)) [5, 12, 24]
        //   operand2: LinearCrossEntropyGradient in backward of CrossEntropy(MatMul(Tanh(words.Forward(tokens)), Transpose(words.Weight)), next) [60, 24]
        //   result: Multiply [5, 12, 24]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Multiply_Subtract_5x12x24<V>(Worker worker, float* operand, float* operand2, float* result)
            where V : unmanaged, IVector<V>
        {
            worker.Share(1440, 1024, out int start, out int end);
            int c = start;
            for (; c <= end - V.Count; c += V.Count)
            {
                var multiply = V.Load(operand + c) * V.Load(operand + c);
                var subtract = V.Splat(1f) - multiply;
                var multiply2 = V.Load(operand2 + c) * subtract;
                V.Store(result + c, multiply2);
            }
            if (c < end)
            {
                int rest = end - c;
                var multiply = V.LoadPartial(operand + c, rest) * V.LoadPartial(operand + c, rest);
                var subtract = V.Splat(1f) - multiply;
                var multiply2 = V.LoadPartial(operand2 + c, rest) * subtract;
                V.StorePartial(result + c, rest, multiply2);
            }
        }

        // gradient of words.weight → [32000, 24]
        //   tokens: indices [5, 12]
        //   operand: Multiply in backward of Tanh(words.Forward(tokens)) [5, 12, 24]
        //   result: gradient of words.weight [32000, 24]
        //   operand2: gradient of words.weight [32000, 24]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void ScatterAdd_32000x24<V>(Worker worker, int* tokens, float* operand, float* result, float* operand2)
            where V : unmanaged, IVector<V>
        {
            worker.Share(32000, 1, out int start, out int end);
            if (operand2 != result)
            {
                for (int row = start; row < end; row++)
                {
                    new Span<float>(operand2 + (long)row * 24, 24).CopyTo(new Span<float>(result + (long)row * 24, 24));
                }
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
