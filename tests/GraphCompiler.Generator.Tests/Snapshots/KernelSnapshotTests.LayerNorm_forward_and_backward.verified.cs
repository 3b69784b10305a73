    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // MeanSquaredError(norm.Forward(table), target) → [32, 64]
        //   result: Multiply [32, 64]
        //   weight: norm.weight [64]
        //   bias: norm.bias [64]
        //   table: parameter [32, 64]
        //   target: input [32, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMean_Subtract_RowSum_ReciprocalSqrt_32x64<V>(Worker worker, float* result, float* weight, float* bias, float* table, float* target)
            where V : unmanaged, IVector<V>
        {
            worker.Share(32, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* tableRow = table + r * 64;
                float* targetRow = target + r * 64;
                float* resultRow = result + r * 64;
                int c;
                var origin = V.Origin(V.Splat(V.FirstLane(V.LoadPartial(tableRow, 1))));
                var negativeHalf = origin * V.Splat(-0.5f);
                var share = V.Splat(1f / 64);
                var runningMean = V.Splat(0f);
                var runningMean2 = V.Splat(0f);
                var runningMean3 = V.Splat(0f);
                var runningMean4 = V.Splat(0f);
                for (c = 0; c <= 64 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningMean = V.FusedMultiplyAdd(V.HalfDistance(V.Load(tableRow + c), negativeHalf), share, runningMean);
                    runningMean2 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(tableRow + c + V.Count), negativeHalf), share, runningMean2);
                    runningMean3 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(tableRow + c + 2 * V.Count), negativeHalf), share, runningMean3);
                    runningMean4 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(tableRow + c + 3 * V.Count), negativeHalf), share, runningMean4);
                }
                runningMean = runningMean + runningMean3;
                runningMean2 = runningMean2 + runningMean4;
                runningMean = runningMean + runningMean2;
                var mean = V.Mean(origin, V.Splat(V.SumLanes(runningMean)));
                var runningSum = V.Splat(0f);
                var runningSum2 = V.Splat(0f);
                var runningSum3 = V.Splat(0f);
                var runningSum22 = V.Splat(0f);
                var runningSum4 = V.Splat(0f);
                var runningSum23 = V.Splat(0f);
                var runningSum5 = V.Splat(0f);
                var runningSum24 = V.Splat(0f);
                for (c = 0; c <= 64 - 4 * V.Count; c += 4 * V.Count)
                {
                    var subtract = V.Load(tableRow + c) - mean;
                    runningSum += subtract;
                    runningSum2 = V.FusedMultiplyAdd(subtract, subtract, runningSum2);
                    var subtract2 = V.Load(tableRow + c + V.Count) - mean;
                    runningSum3 += subtract2;
                    runningSum22 = V.FusedMultiplyAdd(subtract2, subtract2, runningSum22);
                    var subtract3 = V.Load(tableRow + c + 2 * V.Count) - mean;
                    runningSum4 += subtract3;
                    runningSum23 = V.FusedMultiplyAdd(subtract3, subtract3, runningSum23);
                    var subtract4 = V.Load(tableRow + c + 3 * V.Count) - mean;
                    runningSum5 += subtract4;
                    runningSum24 = V.FusedMultiplyAdd(subtract4, subtract4, runningSum24);
                }
                runningSum = runningSum + runningSum4;
                runningSum2 = runningSum2 + runningSum23;
                runningSum3 = runningSum3 + runningSum5;
                runningSum22 = runningSum22 + runningSum24;
                runningSum = runningSum + runningSum3;
                runningSum2 = runningSum2 + runningSum22;
                var sum = V.Splat(V.SumLanes(runningSum));
                var sum2 = V.Splat(V.SumLanes(runningSum2));
                var multiply = sum * V.Splat(0.015625f);
                var multiply2 = sum2 * V.Splat(0.015625f);
                var lessOrEqual = V.LessThanOrEqual(multiply2, V.Splat(3.4028235E+38f));
                var multiply3 = multiply * multiply;
                var subtract5 = multiply2 - multiply3;
                var select = V.Select(lessOrEqual, subtract5, multiply2);
                var add = select + V.Splat(1E-05f);
                var reciprocalSqrt = V.ReciprocalSqrt(add);
                var negate = -multiply;
                var multiply4 = reciprocalSqrt * negate;
                for (c = 0; c <= 64 - V.Count; c += V.Count)
                {
                    var subtract = V.Load(tableRow + c) - mean;
                    var add2 = V.FusedMultiplyAdd(subtract, reciprocalSqrt, multiply4);
                    var add3 = V.FusedMultiplyAdd(add2, V.Load(weight + c), V.Load(bias + c));
                    var subtract2 = add3 - V.Load(targetRow + c);
                    var multiply5 = subtract2 * subtract2;
                    V.Store(resultRow + c, multiply5);
                }
            }
        }

        // MeanSquaredError(norm.Forward(table), target) → [1, 1]
        //   result: ReduceMean [1, 1]
        //   operand: Multiply [32, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMean_32x64<V>(Worker worker, float* result, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(1, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                int c;
                var origin = V.Origin(V.Splat(V.FirstLane(V.LoadPartial(operand, 1))));
                var negativeHalf = origin * V.Splat(-0.5f);
                var share = V.Splat(1f / 2048);
                var runningMean = V.Splat(0f);
                var runningMean2 = V.Splat(0f);
                var runningMean3 = V.Splat(0f);
                var runningMean4 = V.Splat(0f);
                for (c = 0; c <= 2048 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningMean = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c), negativeHalf), share, runningMean);
                    runningMean2 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c + V.Count), negativeHalf), share, runningMean2);
                    runningMean3 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c + 2 * V.Count), negativeHalf), share, runningMean3);
                    runningMean4 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c + 3 * V.Count), negativeHalf), share, runningMean4);
                }
                runningMean = runningMean + runningMean3;
                runningMean2 = runningMean2 + runningMean4;
                runningMean = runningMean + runningMean2;
                var mean = V.Mean(origin, V.Splat(V.SumLanes(runningMean)));
                V.StorePartial(result, 1, mean);
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
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMean_Subtract_RowSum_ReciprocalSqrt_32x64_2<V>(Worker worker, float* multiplyResult, float* addResult, float* multiplyResult2, float* multiplyResult3, float* weight, float* bias, float* table, float* target)
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
                var origin = V.Origin(V.Splat(V.FirstLane(V.LoadPartial(tableRow, 1))));
                var negativeHalf = origin * V.Splat(-0.5f);
                var share = V.Splat(1f / 64);
                var runningMean = V.Splat(0f);
                var runningMean2 = V.Splat(0f);
                var runningMean3 = V.Splat(0f);
                var runningMean4 = V.Splat(0f);
                for (c = 0; c <= 64 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningMean = V.FusedMultiplyAdd(V.HalfDistance(V.Load(tableRow + c), negativeHalf), share, runningMean);
                    runningMean2 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(tableRow + c + V.Count), negativeHalf), share, runningMean2);
                    runningMean3 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(tableRow + c + 2 * V.Count), negativeHalf), share, runningMean3);
                    runningMean4 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(tableRow + c + 3 * V.Count), negativeHalf), share, runningMean4);
                }
                runningMean = runningMean + runningMean3;
                runningMean2 = runningMean2 + runningMean4;
                runningMean = runningMean + runningMean2;
                var mean = V.Mean(origin, V.Splat(V.SumLanes(runningMean)));
                var runningSum = V.Splat(0f);
                var runningSum2 = V.Splat(0f);
                var runningSum3 = V.Splat(0f);
                var runningSum22 = V.Splat(0f);
                var runningSum4 = V.Splat(0f);
                var runningSum23 = V.Splat(0f);
                var runningSum5 = V.Splat(0f);
                var runningSum24 = V.Splat(0f);
                for (c = 0; c <= 64 - 4 * V.Count; c += 4 * V.Count)
                {
                    var subtract = V.Load(tableRow + c) - mean;
                    runningSum += subtract;
                    runningSum2 = V.FusedMultiplyAdd(subtract, subtract, runningSum2);
                    var subtract2 = V.Load(tableRow + c + V.Count) - mean;
                    runningSum3 += subtract2;
                    runningSum22 = V.FusedMultiplyAdd(subtract2, subtract2, runningSum22);
                    var subtract3 = V.Load(tableRow + c + 2 * V.Count) - mean;
                    runningSum4 += subtract3;
                    runningSum23 = V.FusedMultiplyAdd(subtract3, subtract3, runningSum23);
                    var subtract4 = V.Load(tableRow + c + 3 * V.Count) - mean;
                    runningSum5 += subtract4;
                    runningSum24 = V.FusedMultiplyAdd(subtract4, subtract4, runningSum24);
                }
                runningSum = runningSum + runningSum4;
                runningSum2 = runningSum2 + runningSum23;
                runningSum3 = runningSum3 + runningSum5;
                runningSum22 = runningSum22 + runningSum24;
                runningSum = runningSum + runningSum3;
                runningSum2 = runningSum2 + runningSum22;
                var sum = V.Splat(V.SumLanes(runningSum));
                var sum2 = V.Splat(V.SumLanes(runningSum2));
                var multiply = sum * V.Splat(0.015625f);
                var multiply2 = sum2 * V.Splat(0.015625f);
                var lessOrEqual = V.LessThanOrEqual(multiply2, V.Splat(3.4028235E+38f));
                var multiply3 = multiply * multiply;
                var subtract5 = multiply2 - multiply3;
                var select = V.Select(lessOrEqual, subtract5, multiply2);
                var add = select + V.Splat(1E-05f);
                var reciprocalSqrt = V.ReciprocalSqrt(add);
                var negate = -multiply;
                var multiply4 = reciprocalSqrt * negate;
                var runningSum6 = V.Splat(0f);
                var runningSum7 = V.Splat(0f);
                for (c = 0; c <= 64 - V.Count; c += V.Count)
                {
                    var subtract = V.Load(tableRow + c) - mean;
                    var add2 = V.FusedMultiplyAdd(subtract, reciprocalSqrt, multiply4);
                    var add3 = V.FusedMultiplyAdd(add2, V.Load(weight + c), V.Load(bias + c));
                    var subtract2 = add3 - V.Load(targetRow + c);
                    var multiply5 = subtract2 * subtract2;
                    V.Store(multiplyResultRow + c, multiply5);
                    var multiply6 = subtract2 * V.Splat(0.00048828125f);
                    var add4 = multiply6 + multiply6;
                    V.Store(addResultRow + c, add4);
                    var multiply7 = V.Load(weight + c) * add4;
                    V.Store(scratch + c, multiply7);
                    runningSum6 += multiply7;
                    runningSum7 = V.FusedMultiplyAdd(add2, multiply7, runningSum7);
                    var multiply8 = add2 * add4;
                    V.Store(multiplyResult3Row + c, multiply8);
                }
                var sum3 = V.Splat(V.SumLanes(runningSum6));
                var sum4 = V.Splat(V.SumLanes(runningSum7));
                var multiply9 = sum3 * V.Splat(0.015625f);
                var multiply10 = sum4 * V.Splat(0.015625f);
                for (c = 0; c <= 64 - V.Count; c += V.Count)
                {
                    var subtract = V.Load(scratch + c) - multiply9;
                    var subtract2 = V.Load(tableRow + c) - mean;
                    var add2 = V.FusedMultiplyAdd(subtract2, reciprocalSqrt, multiply4);
                    var multiply5 = add2 * multiply10;
                    var subtract3 = subtract - multiply5;
                    var multiply6 = reciprocalSqrt * subtract3;
                    V.Store(multiplyResult2Row + c, multiply6);
                }
            }
        }

        // gradient of norm.weight → [1, 64]
        //   result: gradient of norm.weight [1, 64]
        //   operand: Multiply in backward of norm.Forward(table) [32, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
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
