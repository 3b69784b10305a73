    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // MeanSquaredError(norm.Forward(table), target) → [32, 64]
        //   result: Multiply [32, 64]
        //   weight: norm.weight [64]
        //   bias: norm.bias [64]
        //   table: parameter [32, 64]
        //   target: input [32, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void RowSum_Multiply_Subtract_ReciprocalSqrt_32x64<V>(Worker worker, float* result, float* weight, float* bias, float* table, float* target)
            where V : unmanaged, IVector<V>
        {
            worker.Share(32, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* tableRow = table + r * 64;
                float* targetRow = target + r * 64;
                float* resultRow = result + r * 64;
                int c;
                var runningSum = V.Splat(0f);
                var runningSum2 = V.Splat(0f);
                var runningSum3 = V.Splat(0f);
                var runningSum4 = V.Splat(0f);
                for (c = 0; c <= 64 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningSum += V.Load(tableRow + c);
                    runningSum2 += V.Load(tableRow + c + V.Count);
                    runningSum3 += V.Load(tableRow + c + 2 * V.Count);
                    runningSum4 += V.Load(tableRow + c + 3 * V.Count);
                }
                runningSum = runningSum + runningSum3;
                runningSum2 = runningSum2 + runningSum4;
                runningSum = runningSum + runningSum2;
                var sum = V.Splat(V.SumLanes(runningSum));
                var multiply = sum * V.Splat(0.015625f);
                var runningSum5 = V.Splat(0f);
                var runningSum52 = V.Splat(0f);
                var runningSum53 = V.Splat(0f);
                var runningSum54 = V.Splat(0f);
                for (c = 0; c <= 64 - 4 * V.Count; c += 4 * V.Count)
                {
                    var subtract = V.Load(tableRow + c) - multiply;
                    var multiply2 = subtract * subtract;
                    runningSum5 += multiply2;
                    var subtract2 = V.Load(tableRow + c + V.Count) - multiply;
                    var multiply3 = subtract2 * subtract2;
                    runningSum52 += multiply3;
                    var subtract3 = V.Load(tableRow + c + 2 * V.Count) - multiply;
                    var multiply4 = subtract3 * subtract3;
                    runningSum53 += multiply4;
                    var subtract4 = V.Load(tableRow + c + 3 * V.Count) - multiply;
                    var multiply5 = subtract4 * subtract4;
                    runningSum54 += multiply5;
                }
                runningSum5 = runningSum5 + runningSum53;
                runningSum52 = runningSum52 + runningSum54;
                runningSum5 = runningSum5 + runningSum52;
                var sum2 = V.Splat(V.SumLanes(runningSum5));
                var multiply6 = sum2 * V.Splat(0.015625f);
                var add = multiply6 + V.Splat(1E-05f);
                var reciprocalSqrt = V.ReciprocalSqrt(add);
                for (c = 0; c <= 64 - V.Count; c += V.Count)
                {
                    var subtract = V.Load(tableRow + c) - multiply;
                    var multiply2 = subtract * reciprocalSqrt;
                    var add2 = V.FusedMultiplyAdd(multiply2, V.Load(weight + c), V.Load(bias + c));
                    var subtract2 = add2 - V.Load(targetRow + c);
                    var multiply3 = subtract2 * subtract2;
                    V.Store(resultRow + c, multiply3);
                }
            }
        }

        // MeanSquaredError(norm.Forward(table), target) → []
        //   result: Multiply []
        //   operand: Multiply [32, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void RowSum_Multiply_32x64<V>(Worker worker, float* result, float* operand)
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
                for (c = 0; c <= 2048 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningSum += V.Load(operand + c);
                    runningSum2 += V.Load(operand + c + V.Count);
                    runningSum3 += V.Load(operand + c + 2 * V.Count);
                    runningSum4 += V.Load(operand + c + 3 * V.Count);
                }
                runningSum = runningSum + runningSum3;
                runningSum2 = runningSum2 + runningSum4;
                runningSum = runningSum + runningSum2;
                var sum = V.Splat(V.SumLanes(runningSum));
                var multiply = sum * V.Splat(0.00048828125f);
                V.StorePartial(result, 1, multiply);
            }
        }

        // backward of MeanSquaredError(norm.Forward(table), target) · backward of norm.Forward(table) → [32, 64]
        //   multiplyResult: Multiply in MeanSquaredError(norm.Forward(table), target) [32, 64]
        //   addResult: Add in backward of MeanSquaredError(norm.Forward(table), target) [32, 64]
        //   multiplyResult2: gradient of table [32, 64]
        //   multiplyResult3: Multiply in backward of norm.Forward(table) [32, 64]
        //   weight: norm.weight [64]
        //   bias: norm.bias [64]
        //   table: parameter [32, 64]
        //   target: input [32, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void RowSum_Multiply_Subtract_ReciprocalSqrt_32x64_2<V>(Worker worker, float* multiplyResult, float* addResult, float* multiplyResult2, float* multiplyResult3, float* weight, float* bias, float* table, float* target)
            where V : unmanaged, IVector<V>
        {
            worker.Share(32, 1, out int start, out int end);
            float* scratch = worker.Scratch(64);
            for (int r = start; r < end; r++)
            {
                float* tableRow = table + r * 64;
                float* targetRow = target + r * 64;
                float* multiplyResultRow = multiplyResult + r * 64;
                float* addResultRow = addResult + r * 64;
                float* multiplyResult2Row = multiplyResult2 + r * 64;
                float* multiplyResult3Row = multiplyResult3 + r * 64;
                int c;
                var runningSum = V.Splat(0f);
                var runningSum2 = V.Splat(0f);
                var runningSum3 = V.Splat(0f);
                var runningSum4 = V.Splat(0f);
                for (c = 0; c <= 64 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningSum += V.Load(tableRow + c);
                    runningSum2 += V.Load(tableRow + c + V.Count);
                    runningSum3 += V.Load(tableRow + c + 2 * V.Count);
                    runningSum4 += V.Load(tableRow + c + 3 * V.Count);
                }
                runningSum = runningSum + runningSum3;
                runningSum2 = runningSum2 + runningSum4;
                runningSum = runningSum + runningSum2;
                var sum = V.Splat(V.SumLanes(runningSum));
                var multiply = sum * V.Splat(0.015625f);
                var runningSum5 = V.Splat(0f);
                var runningSum52 = V.Splat(0f);
                var runningSum53 = V.Splat(0f);
                var runningSum54 = V.Splat(0f);
                for (c = 0; c <= 64 - 4 * V.Count; c += 4 * V.Count)
                {
                    var subtract = V.Load(tableRow + c) - multiply;
                    var multiply2 = subtract * subtract;
                    runningSum5 += multiply2;
                    var subtract2 = V.Load(tableRow + c + V.Count) - multiply;
                    var multiply3 = subtract2 * subtract2;
                    runningSum52 += multiply3;
                    var subtract3 = V.Load(tableRow + c + 2 * V.Count) - multiply;
                    var multiply4 = subtract3 * subtract3;
                    runningSum53 += multiply4;
                    var subtract4 = V.Load(tableRow + c + 3 * V.Count) - multiply;
                    var multiply5 = subtract4 * subtract4;
                    runningSum54 += multiply5;
                }
                runningSum5 = runningSum5 + runningSum53;
                runningSum52 = runningSum52 + runningSum54;
                runningSum5 = runningSum5 + runningSum52;
                var sum2 = V.Splat(V.SumLanes(runningSum5));
                var multiply6 = sum2 * V.Splat(0.015625f);
                var add = multiply6 + V.Splat(1E-05f);
                var reciprocalSqrt = V.ReciprocalSqrt(add);
                var runningSum6 = V.Splat(0f);
                var runningSum7 = V.Splat(0f);
                for (c = 0; c <= 64 - V.Count; c += V.Count)
                {
                    var subtract = V.Load(tableRow + c) - multiply;
                    var multiply2 = subtract * reciprocalSqrt;
                    var add2 = V.FusedMultiplyAdd(multiply2, V.Load(weight + c), V.Load(bias + c));
                    var subtract2 = add2 - V.Load(targetRow + c);
                    var multiply3 = subtract2 * subtract2;
                    V.Store(multiplyResultRow + c, multiply3);
                    var multiply4 = subtract2 * V.Splat(0.00048828125f);
                    var add3 = multiply4 + multiply4;
                    V.Store(addResultRow + c, add3);
                    var multiply5 = V.Load(weight + c) * add3;
                    V.Store(scratch + c, multiply5);
                    runningSum6 += multiply5;
                    var multiply7 = multiply2 * multiply5;
                    runningSum7 += multiply7;
                    var multiply8 = multiply2 * add3;
                    V.Store(multiplyResult3Row + c, multiply8);
                }
                var sum3 = V.Splat(V.SumLanes(runningSum6));
                var sum4 = V.Splat(V.SumLanes(runningSum7));
                var multiply9 = sum3 * V.Splat(0.015625f);
                var multiply10 = sum4 * V.Splat(0.015625f);
                for (c = 0; c <= 64 - V.Count; c += V.Count)
                {
                    var subtract = V.Load(scratch + c) - multiply9;
                    var subtract2 = V.Load(tableRow + c) - multiply;
                    var multiply2 = subtract2 * reciprocalSqrt;
                    var multiply3 = multiply2 * multiply10;
                    var subtract3 = subtract - multiply3;
                    var multiply4 = reciprocalSqrt * subtract3;
                    V.Store(multiplyResult2Row + c, multiply4);
                }
            }
        }

        // gradient of norm.weight → [1, 64]
        //   result: gradient of norm.weight [1, 64]
        //   operand: Multiply in backward of norm.Forward(table) [32, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public static void ColumnSum_32x64<V>(Worker worker, float* result, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(64, 64, out int start, out int end);
            float* totals = result;
            for (int r = 0; r < 32; r++)
            {
                float* operandRow = operand + r * 64;
                int c = start;
                for (; c <= end - V.Count; c += V.Count)
                {
                    V.Store(totals + c, (r == 0 ? V.Splat(0f) : V.Load(totals + c)) + V.Load(operandRow + c));
                }
                if (c < end)
                {
                    int rest = end - c;
                    V.StorePartial(totals + c, rest, (r == 0 ? V.Splat(0f) : V.LoadPartial(totals + c, rest)) + V.LoadPartial(operandRow + c, rest));
                }
            }
        }
    }
}
