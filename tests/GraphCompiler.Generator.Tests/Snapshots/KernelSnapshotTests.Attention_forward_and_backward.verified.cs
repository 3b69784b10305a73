namespace GraphCompiler.Emitted.Example_Net
{
    using global::System;
    using global::System.Runtime.CompilerServices;
    using global::GraphCompiler.Kernels;

    // arena 204,800 bytes for 4 buffers of 256,004; lower bound 204,800: reached
    //
    // buffer                         size   offset  steps
    // Add [2, time, 192]          153,600        0  0-1    ##..
    // Attention [2, time, 2, 32]   51,200  153,600  1-2    .##.
    // Multiply [2, time, 64]       51,200        0  2-3    ..##
    // ReduceMean [1, 1, 1]              4   51,200  3      ...#
    /// <summary><c>Loss</c>: 4 kernels.</summary>
    internal abstract unsafe class LossProgram : global::GraphCompiler.Runtime.CompiledProgram
    {
        internal float* x;
        internal int time;
        internal float Result;

        protected LossProgram(global::GraphCompiler.GraphModel model) : base(model, 204800)
        {
        }

        /// <summary>The program for the vectors that the hardware prefers.</summary>
        public static LossProgram Create(global::GraphCompiler.GraphModel model) => VectorWidth.Widest switch
        {
            512 => new LossProgram<Float512>(model),
            256 => new LossProgram<Float256>(model),
            _ => new LossProgram<Float128>(model),
        };
    }

    internal sealed unsafe class LossProgram<V>(global::GraphCompiler.GraphModel model) : LossProgram(model)
        where V : unmanaged, IVector<V>
    {
        /// <inheritdoc/>
        public override void Run(Worker worker)
        {
            // input.Forward(x), with input.weight, input.bias
            Kernels.MatMul_Add_2timex192x64<V>(worker, x, Parameters, Parameters + 12288, Arena, time);
            worker.Barrier();
            // Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f)
            Kernels.Attention_2x2xtimextimex32<V>(worker, time, Arena, Arena + 38400);
            worker.Barrier();
            // MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)), x), with output.weight, output.bias
            Kernels.MatMul_Add_Subtract_Multiply_2timex64x64<V>(worker, Arena + 38400, Parameters + 12480, Parameters + 16576, x, Arena, time);
            worker.Barrier();
            if (worker.Index == 0)
            {
                // MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)), x)
                Kernels.RowMean_2xtimex64<V>(worker.Alone, Arena + 12800, Arena, time);
            }
            if (worker.Index == 0)
                Result = Arena[12800];
        }
    }

    // arena 411,264 bytes for 9 buffers of 513,608; lower bound 411,264: reached
    //
    // buffer                              size   offset  steps
    // Add [2, time, 192]               153,600        0  0-8    #########..
    // Attention [2, time, 2, 32]        51,200  153,600  1-8    .########..
    // AttentionLogSumExp [2, 2, time]    1,600  204,800  1-8    .########..
    // Divide [1, 1, 1]                       4  308,800  2-3    ..##.......
    // Add [2, time, 64]                 51,200  206,400  3-7    ...#####...
    // Multiply [2, time, 64]            51,200  257,600  3-4    ...##......
    // ReduceMean [1, 1, 1]                   4  411,200  4-10   ....#######
    // MatMul [2·time, 64]               51,200  360,000  6-8    ......###..
    // Concat [2, time, 192]            153,600  206,400  8-10   ........###
    /// <summary><c>Loss</c> and its gradients: 11 kernels.</summary>
    internal abstract unsafe class LossTrainingProgram : global::GraphCompiler.Runtime.TrainingProgram
    {
        internal float* x;
        internal int time;

        protected LossTrainingProgram(global::GraphCompiler.GraphModel model) : base(model, 411264)
        {
        }

        /// <summary>The program for the vectors that the hardware prefers.</summary>
        public static LossTrainingProgram Create(global::GraphCompiler.GraphModel model) => VectorWidth.Widest switch
        {
            512 => new LossTrainingProgram<Float512>(model),
            256 => new LossTrainingProgram<Float256>(model),
            _ => new LossTrainingProgram<Float128>(model),
        };
    }

    internal sealed unsafe class LossTrainingProgram<V>(global::GraphCompiler.GraphModel model) : LossTrainingProgram(model)
        where V : unmanaged, IVector<V>
    {
        /// <inheritdoc/>
        public override void Run(Worker worker)
        {
            // input.Forward(x), with input.weight, input.bias
            Kernels.MatMul_Add_2timex192x64<V>(worker, x, Parameters, Parameters + 12288, Arena, time);
            worker.Barrier();
            // Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f)
            Kernels.Attention_2x2xtimextimex32_2<V>(worker, time, Arena, RandomSeed, RandomStep, 0, Arena + 38400, Arena + 51200);
            if (worker.Index == 0)
            {
                // backward of MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)…
                Kernels.Divide_1x1x1<V>(worker.Alone, Arena + 77200, time);
            }
            worker.Barrier();
            // backward of MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)…, with output.weight, output.bias
            Kernels.MatMul_Add_Subtract_Multiply_2timex64x64_2<V>(worker, Arena + 38400, Parameters + 12480, Parameters + 16576, x, Arena + 77200, Arena + 64400, Arena + 51600, time);
            worker.Barrier();
            if (worker.Index == 0)
            {
                // MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)), x)
                Kernels.RowMean_2xtimex64<V>(worker.Alone, Arena + 102800, Arena + 64400, time);
            }
            // gradient of output.bias
            Kernels.ColumnSum_2xtimex64<V>(worker, Gradients + 16576, time, Arena + 51600);
            // backward of output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)), with output.weight
            Kernels.MatMul_2timex64x64<V>(worker, Arena + 51600, Parameters + 12480, Arena + 90000, time);
            // gradient of output.weight
            Kernels.MatMul_64x64x2time<V>(worker, Arena + 51600, Arena + 38400, Gradients + 12480, time);
            worker.Barrier();
            // backward of Split(input.Forward(x), 3) · backward of Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f)
            Kernels.AttentionGradient_2x2xtimextimex32<V>(worker, time, Arena, RandomSeed, RandomStep, 0, Arena + 38400, Arena + 51200, Arena + 90000, Arena + 51600);
            worker.Barrier();
            // gradient of input.bias
            Kernels.ColumnSum_2xtimex192<V>(worker, Gradients + 12288, time, Arena + 51600);
            // gradient of input.weight
            Kernels.MatMul_192x64x2time<V>(worker, Arena + 51600, x, Gradients, time);
            if (worker.Index == 0)
                Loss = Arena[102800];
        }
    }

    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // input.Forward(x) → [2, time, 192]
        //   x: input [2, time, 64]
        //   weight: input.weight [192, 64]
        //   bias: input.bias [192]
        //   result: Add [2, time, 192]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_2timex192x64<V>(Worker worker, float* x, float* weight, float* bias, float* result, int time)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_2timex192x64_Epilogue>(
                worker, 2 * time, 192, 64, new(x, 64), new(weight, 64), new(bias, result));
        }

        readonly unsafe struct MatMul_Add_2timex192x64_Epilogue(float* bias, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.Load(bias + column);
                V.Store(result + row * 192 + column, add);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.LoadPartial(bias + column, count);
                V.StorePartial(result + row * 192 + column, count, add);
            }
        }

        // Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f) → [2, time, 2, 32]
        //   operand: Add in input.Forward(x) [2, time, 192]
        //   result: Attention [2, time, 2, 32]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Attention_2x2xtimextimex32<V>(Worker worker, int time, float* operand, float* result)
            where V : unmanaged, IVector<V>
        {
            var shape = new AttentionShape
            {
                Batch = 2, Heads = 2, KeyHeads = 2,
                QueryLength = time, KeyLength = time, KeyCount = time,
                HeadSize = 32, Scale = 0.17677669f, Window = 16,
            };
            FlashAttention.Forward<V>(
                worker, shape,
                query: new(operand, 192 * time, 192, 32),
                key: new(operand + 64, 192 * time, 192, 32),
                value: new(operand + 128, 192 * time, 192, 32),
                keyMask: default, dropout: default,
                result: new(result, 64 * time, 64, 32),
                logSumExp: null);
        }

        // MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)), x) → [2, time, 64]
        //   operand: Attention in Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f) [2, time, 2, 32]
        //   weight: output.weight [64, 64]
        //   bias: output.bias [64]
        //   x: input [2, time, 64]
        //   result: Multiply [2, time, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Subtract_Multiply_2timex64x64<V>(Worker worker, float* operand, float* weight, float* bias, float* x, float* result, int time)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Subtract_Multiply_2timex64x64_Epilogue>(
                worker, 2 * time, 64, 64, new(operand, 64), new(weight, 64), new(bias, x, result));
        }

        readonly unsafe struct MatMul_Add_Subtract_Multiply_2timex64x64_Epilogue(float* bias, float* x, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.Load(bias + column);
                var subtract = add - V.Load(x + row * 64 + column);
                var multiply = subtract * subtract;
                V.Store(result + row * 64 + column, multiply);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.LoadPartial(bias + column, count);
                var subtract = add - V.LoadPartial(x + row * 64 + column, count);
                var multiply = subtract * subtract;
                V.StorePartial(result + row * 64 + column, count, multiply);
            }
        }

        // MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)), x) → [1, 1, 1]
        //   result: ReduceMean [1, 1, 1]
        //   operand: Multiply [2, time, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMean_2xtimex64<V>(Worker worker, float* result, float* operand, int time)
            where V : unmanaged, IVector<V>
        {
            worker.Share(1, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                int c;
                var origin = V.Origin(V.Splat(V.FirstLane(V.LoadPartial(operand, 1))));
                var negativeHalf = origin * V.Splat(-0.5f);
                var share = V.Splat(1f / (128 * time));
                var runningMean = V.Splat(0f);
                var runningMean2 = V.Splat(0f);
                var runningMean3 = V.Splat(0f);
                var runningMean4 = V.Splat(0f);
                for (c = 0; c <= 128 * time - 4 * V.Count; c += 4 * V.Count)
                {
                    runningMean = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c), negativeHalf), share, runningMean);
                    runningMean2 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c + V.Count), negativeHalf), share, runningMean2);
                    runningMean3 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c + 2 * V.Count), negativeHalf), share, runningMean3);
                    runningMean4 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c + 3 * V.Count), negativeHalf), share, runningMean4);
                }
                runningMean = runningMean + runningMean3;
                runningMean2 = runningMean2 + runningMean4;
                runningMean = runningMean + runningMean2;
                for (; c <= 128 * time - V.Count; c += V.Count)
                {
                    runningMean = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operand + c), negativeHalf), share, runningMean);
                }
                if (c < 128 * time)
                {
                    int rest = 128 * time - c;
                    runningMean = V.FusedMultiplyAdd(V.KeepFirst(V.HalfDistance(V.LoadPartial(operand + c, rest), negativeHalf), rest, 0f), share, runningMean);
                }
                var mean = V.Mean(origin, V.Splat(V.SumLanes(runningMean)));
                V.StorePartial(result, 1, mean);
            }
        }

        // Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f) → [2, time, 2, 32], [2, 2, time]
        //   operand: Add in input.Forward(x) [2, time, 192]
        //   attentionResult: Attention [2, time, 2, 32]
        //   logSumExp: AttentionLogSumExp [2, 2, time]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Attention_2x2xtimextimex32_2<V>(Worker worker, int time, float* operand, ulong randomSeed, ulong randomStep, uint stream, float* attentionResult, float* logSumExp)
            where V : unmanaged, IVector<V>
        {
            var shape = new AttentionShape
            {
                Batch = 2, Heads = 2, KeyHeads = 2,
                QueryLength = time, KeyLength = time, KeyCount = time,
                HeadSize = 32, Scale = 0.17677669f, Window = 16,
            };
            FlashAttention.Forward<V>(
                worker, shape,
                query: new(operand, 192 * time, 192, 32),
                key: new(operand + 64, 192 * time, 192, 32),
                value: new(operand + 128, 192 * time, 192, 32),
                keyMask: default, dropout: new(0.1f, randomSeed, randomStep, stream),
                result: new(attentionResult, 64 * time, 64, 32),
                logSumExp: logSumExp);
        }

        // backward of MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)… → [1, 1, 1]
        //   result: Divide [1, 1, 1]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Divide_1x1x1<V>(Worker worker, float* result, int time)
            where V : unmanaged, IVector<V>
        {
            worker.Share(1, 1024, out int start, out int end);
            int c = start;
            for (; c <= end - V.Count; c += V.Count)
            {
                var divide = V.Splat(1f) / V.Splat(128 * time);
                V.Store(result, divide);
            }
            if (c < end)
            {
                int rest = end - c;
                var divide = V.Splat(1f) / V.Splat(128 * time);
                V.StorePartial(result, rest, divide);
            }
        }

        // backward of MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)… → [2, time, 64]
        //   operand: Attention in Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f) [2, time, 2, 32]
        //   weight: output.weight [64, 64]
        //   bias: output.bias [64]
        //   x: input [2, time, 64]
        //   operand2: Divide [1, 1, 1]
        //   multiplyResult: Multiply in MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)), x) [2, time, 64]
        //   addResult: Add [2, time, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Subtract_Multiply_2timex64x64_2<V>(Worker worker, float* operand, float* weight, float* bias, float* x, float* operand2, float* multiplyResult, float* addResult, int time)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Subtract_Multiply_2timex64x64_2_Epilogue>(
                worker, 2 * time, 64, 64, new(operand, 64), new(weight, 64), new(bias, x, operand2, multiplyResult, addResult));
        }

        readonly unsafe struct MatMul_Add_Subtract_Multiply_2timex64x64_2_Epilogue(float* bias, float* x, float* operand, float* multiplyResult, float* addResult) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.Load(bias + column);
                var subtract = add - V.Load(x + row * 64 + column);
                var multiply = subtract * subtract;
                var multiply2 = subtract * V.Splat(*operand);
                var add2 = multiply2 + multiply2;
                V.Store(multiplyResult + row * 64 + column, multiply);
                V.Store(addResult + row * 64 + column, add2);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.LoadPartial(bias + column, count);
                var subtract = add - V.LoadPartial(x + row * 64 + column, count);
                var multiply = subtract * subtract;
                var multiply2 = subtract * V.Splat(*operand);
                var add2 = multiply2 + multiply2;
                V.StorePartial(multiplyResult + row * 64 + column, count, multiply);
                V.StorePartial(addResult + row * 64 + column, count, add2);
            }
        }

        // gradient of output.bias → [1, 1, 64]
        //   result: gradient of output.bias [1, 1, 64]
        //   operand: Add in backward of MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)… [2, time, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void ColumnSum_2xtimex64<V>(Worker worker, float* result, int time, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(64, 64, out int start, out int end);
            float* totals = result;
            for (int r = 0; r < 2 * time; r++)
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

        // backward of output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)) → [2·time, 64]
        //   operand: Add in backward of MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)… [2, time, 64]
        //   weight: output.weight [64, 64]
        //   result: MatMul [2·time, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_2timex64x64<V>(Worker worker, float* operand, float* weight, float* result, int time)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, RowMajorMatrix, StoreTo>(
                worker, 2 * time, 64, 64, new(operand, 64), new(weight, 64), new(result, 64));
        }

        // gradient of output.weight → [64, 64]
        //   operand: Add in backward of MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)… [2, time, 64]
        //   operand2: Attention in Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f) [2, time, 2, 32]
        //   result: gradient of output.weight [64, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_64x64x2time<V>(Worker worker, float* operand, float* operand2, float* result, int time)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, ColumnMajorMatrix, RowMajorMatrix, StoreTo>(
                worker, 64, 64, 2 * time, new(operand, 64), new(operand2, 64), new(result, 64));
        }

        // backward of Split(input.Forward(x), 3) · backward of Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f) → [2, time, 192]
        //   operand: Add in input.Forward(x) [2, time, 192]
        //   operand2: Attention in Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f) [2, time, 2, 32]
        //   logSumExp: AttentionLogSumExp in Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f) [2, 2, time]
        //   operand3: MatMul in backward of output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)) [2·time, 64]
        //   result: Concat in backward of Split(input.Forward(x), 3) [2, time, 192]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void AttentionGradient_2x2xtimextimex32<V>(Worker worker, int time, float* operand, ulong randomSeed, ulong randomStep, uint stream, float* operand2, float* logSumExp, float* operand3, float* result)
            where V : unmanaged, IVector<V>
        {
            var shape = new AttentionShape
            {
                Batch = 2, Heads = 2, KeyHeads = 2,
                QueryLength = time, KeyLength = time, KeyCount = time,
                HeadSize = 32, Scale = 0.17677669f, Window = 16,
            };
            FlashAttention.Backward<V>(
                worker, shape,
                query: new(operand, 192 * time, 192, 32),
                key: new(operand + 64, 192 * time, 192, 32),
                value: new(operand + 128, 192 * time, 192, 32),
                keyMask: default, dropout: new(0.1f, randomSeed, randomStep, stream),
                result: new(operand2, 64 * time, 64, 32), logSumExp: logSumExp,
                cotangent: new(operand3, 64 * time, 64, 32),
                queryGradient: new(result, 192 * time, 192, 32),
                keyGradient: new(result + 64, 192 * time, 192, 32),
                valueGradient: new(result + 128, 192 * time, 192, 32));
        }

        // gradient of input.bias → [1, 1, 192]
        //   result: gradient of input.bias [1, 1, 192]
        //   operand: Concat in backward of Split(input.Forward(x), 3) [2, time, 192]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void ColumnSum_2xtimex192<V>(Worker worker, float* result, int time, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(192, 64, out int start, out int end);
            float* totals = result;
            for (int r = 0; r < 2 * time; r++)
            {
                float* operandRow = operand + r * 192;
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

        // gradient of input.weight → [192, 64]
        //   operand: Concat in backward of Split(input.Forward(x), 3) [2, time, 192]
        //   x: input [2, time, 64]
        //   result: gradient of input.weight [192, 64]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_192x64x2time<V>(Worker worker, float* operand, float* x, float* result, int time)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, ColumnMajorMatrix, RowMajorMatrix, StoreTo>(
                worker, 192, 64, 2 * time, new(operand, 192), new(x, 64), new(result, 64));
        }
    }
}
