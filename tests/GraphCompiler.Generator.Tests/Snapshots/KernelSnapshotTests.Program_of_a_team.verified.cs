namespace GraphCompiler.Emitted.Example_Net
{
    using global::System;
    using global::System.Runtime.CompilerServices;
    using global::GraphCompiler.Kernels;

    // arena 267,264 bytes for 4 buffers of 267,780; lower bound 267,264: reached
    //
    // buffer               size   offset  steps
    // Relu [128, 512]   262,144        0  0-1    ##..
    // MatMul [128, 10]    5,120  262,144  1-2    .##.
    // Add [128, 1]          512        0  2-3    ..##
    // ReduceMean [1]          4      512  3      ...#
    /// <summary><c>Loss</c>: 4 kernels.</summary>
    internal abstract unsafe class LossProgram : global::GraphCompiler.Runtime.CompiledProgram
    {
        internal float* pixels;
        internal float Result;

        protected LossProgram(global::GraphCompiler.GraphModel model) : base(model, 267776)
        {
        }

        /// <summary>The program for the vectors that the hardware prefers.</summary>
        public static LossProgram Create(global::GraphCompiler.GraphModel model) => VectorWidth.Widest switch
        {
            512 => new LossProgram<Float512>(model),
            256 => new LossProgram<Float256>(model),
            _ => new LossProgram<Float128>(model),
        };

        /// <summary>The integers by which kernels address memory, behind the arena.</summary>
        protected int* Indices => (int*)Arena + 66816;

        /// <summary>Sets, after the sizes, the integers by which kernels address memory.</summary>
        public void SetIndices(ReadOnlySpan<int> digits) => PrepareIndices(digits, new(this.Indices, 128));

        /// <summary>Computes the integers by which kernels address memory; refuses those that are out of range.</summary>
        internal static void PrepareIndices(ReadOnlySpan<int> digits, Span<int> digitsIndices)
        {
            global::GraphCompiler.Runtime.Guard.Indices(digits, 10, digitsIndices, "digits");
        }
    }

    internal sealed unsafe class LossProgram<V>(global::GraphCompiler.GraphModel model) : LossProgram(model)
        where V : unmanaged, IVector<V>
    {
        /// <inheritdoc/>
        public override void Run(Worker worker)
        {
            // Relu(hidden.Forward(pixels)), with hidden.weight, hidden.bias
            Kernels.MatMul_Add_Relu_128x512x784<V>(worker, pixels, Parameters, Parameters + 401408, Arena);
            worker.Barrier();
            // output.Forward(Relu(hidden.Forward(pixels))), with output.weight
            Kernels.MatMul_128x10x512<V>(worker, Arena, Parameters + 401920, Arena + 65536);
            worker.Barrier();
            if (worker.Index == 0)
            {
                // CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits), with output.bias
                Kernels.RowMax_Exp_RowSum_Log_128x10<V>(worker.Alone, Arena, Parameters + 407040, Arena + 65536, Indices);
                // CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits)
                Kernels.RowMean_128<V>(worker.Alone, Arena + 128, Arena);
            }
            if (worker.Index == 0)
                Result = Arena[128];
        }
    }

    // arena 272,896 bytes for 5 buffers of 272,900; lower bound 272,896: reached
    //
    // buffer                                 size   offset  steps
    // Relu [128, 512], Select [128, 512]  262,144        0  0-8    #########
    // MatMul [128, 10]                      5,120  267,776  1-2    .##......
    // Add [128, 1]                            512  262,144  2-3    ..##.....
    // Multiply [128, 10]                    5,120  262,656  2-6    ..#####..
    // ReduceMean [1]                            4  267,776  3-8    ...######
    /// <summary><c>Loss</c> and its gradients: 9 kernels.</summary>
    internal abstract unsafe class LossTrainingProgram : global::GraphCompiler.Runtime.TrainingProgram
    {
        internal float* pixels;

        protected LossTrainingProgram(global::GraphCompiler.GraphModel model) : base(model, 273408)
        {
        }

        /// <summary>The program for the vectors that the hardware prefers.</summary>
        public static LossTrainingProgram Create(global::GraphCompiler.GraphModel model) => VectorWidth.Widest switch
        {
            512 => new LossTrainingProgram<Float512>(model),
            256 => new LossTrainingProgram<Float256>(model),
            _ => new LossTrainingProgram<Float128>(model),
        };

        /// <summary>The integers by which kernels address memory, behind the arena.</summary>
        protected int* Indices => (int*)Arena + 68224;

        /// <summary>Sets, after the sizes, the integers by which kernels address memory.</summary>
        public void SetIndices(ReadOnlySpan<int> digits) => PrepareIndices(digits, new(this.Indices, 128));

        /// <summary>Computes the integers by which kernels address memory; refuses those that are out of range.</summary>
        internal static void PrepareIndices(ReadOnlySpan<int> digits, Span<int> digitsIndices)
        {
            global::GraphCompiler.Runtime.Guard.Indices(digits, 10, digitsIndices, "digits");
        }
    }

    internal sealed unsafe class LossTrainingProgram<V>(global::GraphCompiler.GraphModel model) : LossTrainingProgram(model)
        where V : unmanaged, IVector<V>
    {
        /// <inheritdoc/>
        public override void Run(Worker worker)
        {
            // Relu(hidden.Forward(pixels)), with hidden.weight, hidden.bias
            Kernels.MatMul_Add_Relu_128x512x784<V>(worker, pixels, Parameters, Parameters + 401408, Arena);
            worker.Barrier();
            // output.Forward(Relu(hidden.Forward(pixels))), with output.weight
            Kernels.MatMul_128x10x512<V>(worker, Arena, Parameters + 401920, Arena + 66944);
            worker.Barrier();
            if (worker.Index == 0)
            {
                // backward of CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits), with output.bias
                Kernels.RowMax_Exp_RowSum_Log_128x10_2<V>(worker.Alone, Arena + 65536, Arena + 65664, Parameters + 407040, Arena + 66944, Indices);
                // CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits)
                Kernels.RowMean_128<V>(worker.Alone, Arena + 66944, Arena + 65536);
                // gradient of output.bias
                Kernels.ColumnSum_128x10<V>(worker.Alone, Gradients + 407040, Arena + 65664);
            }
            worker.Barrier();
            // gradient of output.weight
            Kernels.MatMul_10x512x128<V>(worker, Arena + 65664, Arena, Gradients + 401920);
            worker.Barrier();
            // backward of Relu(hidden.Forward(pixels)) · backward of output.Forward(Relu(hidden.Forward(pixels))), with output.weight
            Kernels.MatMul_Greater_Select_128x512x10<V>(worker, Arena + 65664, Parameters + 401920, Arena, Arena);
            worker.Barrier();
            // gradient of hidden.bias
            Kernels.ColumnSum_128x512<V>(worker, Gradients + 401408, Arena);
            // gradient of hidden.weight
            Kernels.MatMul_512x784x128<V>(worker, Arena, pixels, Gradients);
            if (worker.Index == 0)
                Loss = Arena[66944];
        }
    }

    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Relu(hidden.Forward(pixels)) → [128, 512]
        //   pixels: input [128, 784]
        //   weight: hidden.weight [512, 784]
        //   bias: hidden.bias [512]
        //   result: Relu [128, 512]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Relu_128x512x784<V>(Worker worker, float* pixels, float* weight, float* bias, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Relu_128x512x784_Epilogue>(
                worker, 128, 512, 784, new(pixels, 784), new(weight, 784), new(bias, result));
        }

        readonly unsafe struct MatMul_Add_Relu_128x512x784_Epilogue(float* bias, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.Load(bias + column);
                var relu = V.Relu(add);
                V.Store(result + row * 512 + column, relu);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.LoadPartial(bias + column, count);
                var relu = V.Relu(add);
                V.StorePartial(result + row * 512 + column, count, relu);
            }
        }

        // output.Forward(Relu(hidden.Forward(pixels))) → [128, 10]
        //   operand: Relu in Relu(hidden.Forward(pixels)) [128, 512]
        //   weight: output.weight [10, 512]
        //   result: MatMul [128, 10]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_128x10x512<V>(Worker worker, float* operand, float* weight, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, StoreTo>(
                worker, 128, 10, 512, new(operand, 512), new(weight, 512), new(result, 10));
        }

        // CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits) → [128, 1]
        //   result: Add [128, 1]
        //   bias: output.bias [10]
        //   operand: MatMul in output.Forward(Relu(hidden.Forward(pixels))) [128, 10]
        //   digits: indices [128]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMax_Exp_RowSum_Log_128x10<V>(Worker worker, float* result, float* bias, float* operand, int* digits)
            where V : unmanaged, IVector<V>
        {
            worker.Share(128, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* operandRow = operand + r * 10;
                var digitsValue = V.SplatBits(digits[r]);
                float* resultRow = result + r;
                if (V.Count >= 10)
                {
                    var add = V.LoadPartial(operandRow, 10) + V.LoadPartial(bias, 10);
                    var max = V.Splat(V.MaxLanes(V.KeepFirst(add, 10, float.NegativeInfinity)));
                    var subtract = add - max;
                    var exp = V.Exp(subtract);
                    var sum = V.Splat(V.SumLanes(V.KeepFirst(exp, 10, 0f)));
                    var equal = V.EqualBits(V.IotaBits(0), digitsValue);
                    var select = V.Select(equal, add, V.Zero);
                    var sum2 = V.Splat(V.SumLanes(V.KeepFirst(select, 10, 0f)));
                    var log = V.Log(sum);
                    var subtract2 = max - sum2;
                    var add2 = log + subtract2;
                    V.StorePartial(resultRow, 1, add2);
                }
                else
                {
                    int c;
                    var runningMax = V.Splat(float.NegativeInfinity);
                    var runningSum = V.Splat(0f);
                    for (c = 0; c <= 10 - V.Count; c += V.Count)
                    {
                        var add = V.Load(operandRow + c) + V.Load(bias + c);
                        runningMax = V.Max(runningMax, add);
                        var equal = V.EqualBits(V.IotaBits(c), digitsValue);
                        var select = V.Select(equal, add, V.Zero);
                        runningSum += select;
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        var add = V.LoadPartial(operandRow + c, rest) + V.LoadPartial(bias + c, rest);
                        runningMax = V.Max(runningMax, V.KeepFirst(add, rest, float.NegativeInfinity));
                        var equal = V.EqualBits(V.IotaBits(c), digitsValue);
                        var select = V.Select(equal, add, V.Zero);
                        runningSum += V.KeepFirst(select, rest, 0f);
                    }
                    var max2 = V.Splat(V.MaxLanes(runningMax));
                    var sum3 = V.Splat(V.SumLanes(runningSum));
                    var subtract3 = max2 - sum3;
                    var runningSum2 = V.Splat(0f);
                    for (c = 0; c <= 10 - V.Count; c += V.Count)
                    {
                        var add = V.Load(operandRow + c) + V.Load(bias + c);
                        var subtract = add - max2;
                        var exp = V.Exp(subtract);
                        runningSum2 += exp;
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        var add = V.LoadPartial(operandRow + c, rest) + V.LoadPartial(bias + c, rest);
                        var subtract = add - max2;
                        var exp = V.Exp(subtract);
                        runningSum2 += V.KeepFirst(exp, rest, 0f);
                    }
                    var sum4 = V.Splat(V.SumLanes(runningSum2));
                    var log2 = V.Log(sum4);
                    var add3 = log2 + subtract3;
                    V.StorePartial(resultRow, 1, add3);
                }
            }
        }

        // CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits) → [1]
        //   result: ReduceMean [1]
        //   operand: Add [128, 1]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMean_128<V>(Worker worker, float* result, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(1, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                int c;
                var origin = V.Origin(V.Splat(V.FirstLane(V.LoadPartial(operand, 1))));
                var negativeHalf = origin * V.Splat(-0.5f);
                var share = V.Splat(1f / 128);
                var runningMean = V.Splat(0f);
                var runningMean2 = V.Splat(0f);
                var runningMean3 = V.Splat(0f);
                var runningMean4 = V.Splat(0f);
                for (c = 0; c <= 128 - 4 * V.Count; c += 4 * V.Count)
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

        // backward of CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits) → [128, 1], [128, 10]
        //   addResult: Add in CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits) [128, 1]
        //   multiplyResult: Multiply [128, 10]
        //   bias: output.bias [10]
        //   operand: MatMul in output.Forward(Relu(hidden.Forward(pixels))) [128, 10]
        //   digits: indices [128]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMax_Exp_RowSum_Log_128x10_2<V>(Worker worker, float* addResult, float* multiplyResult, float* bias, float* operand, int* digits)
            where V : unmanaged, IVector<V>
        {
            worker.Share(128, 1, out int start, out int end);
            float* scratch = worker.Scratch(16);
            for (int r = start; r < end; r++)
            {
                float* operandRow = operand + r * 10;
                var digitsValue = V.SplatBits(digits[r]);
                float* addResultRow = addResult + r;
                float* multiplyResultRow = multiplyResult + r * 10;
                if (V.Count >= 10)
                {
                    var add = V.LoadPartial(operandRow, 10) + V.LoadPartial(bias, 10);
                    var max = V.Splat(V.MaxLanes(V.KeepFirst(add, 10, float.NegativeInfinity)));
                    var subtract = add - max;
                    var exp = V.Exp(subtract);
                    var sum = V.Splat(V.SumLanes(V.KeepFirst(exp, 10, 0f)));
                    var equal = V.EqualBits(V.IotaBits(0), digitsValue);
                    var select = V.Select(equal, add, V.Zero);
                    var sum2 = V.Splat(V.SumLanes(V.KeepFirst(select, 10, 0f)));
                    var log = V.Log(sum);
                    var subtract2 = max - sum2;
                    var add2 = log + subtract2;
                    V.StorePartial(addResultRow, 1, add2);
                    var divide = V.Splat(1f) / sum;
                    var multiply = exp * divide;
                    var cast = V.Select(equal, V.Splat(1f), V.Zero);
                    var subtract3 = multiply - cast;
                    var multiply2 = subtract3 * V.Splat(0.0078125f);
                    V.StorePartial(multiplyResultRow, 10, multiply2);
                }
                else
                {
                    int c;
                    var runningMax = V.Splat(float.NegativeInfinity);
                    var runningSum = V.Splat(0f);
                    for (c = 0; c <= 10 - V.Count; c += V.Count)
                    {
                        var add = V.Load(operandRow + c) + V.Load(bias + c);
                        runningMax = V.Max(runningMax, add);
                        var equal = V.EqualBits(V.IotaBits(c), digitsValue);
                        var select = V.Select(equal, add, V.Zero);
                        runningSum += select;
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        var add = V.LoadPartial(operandRow + c, rest) + V.LoadPartial(bias + c, rest);
                        runningMax = V.Max(runningMax, V.KeepFirst(add, rest, float.NegativeInfinity));
                        var equal = V.EqualBits(V.IotaBits(c), digitsValue);
                        var select = V.Select(equal, add, V.Zero);
                        runningSum += V.KeepFirst(select, rest, 0f);
                    }
                    var max2 = V.Splat(V.MaxLanes(runningMax));
                    var sum3 = V.Splat(V.SumLanes(runningSum));
                    var subtract4 = max2 - sum3;
                    var runningSum2 = V.Splat(0f);
                    for (c = 0; c <= 10 - V.Count; c += V.Count)
                    {
                        var add = V.Load(operandRow + c) + V.Load(bias + c);
                        var subtract = add - max2;
                        var exp = V.Exp(subtract);
                        V.Store(scratch + c, exp);
                        runningSum2 += exp;
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        var add = V.LoadPartial(operandRow + c, rest) + V.LoadPartial(bias + c, rest);
                        var subtract = add - max2;
                        var exp = V.Exp(subtract);
                        V.StorePartial(scratch + c, rest, exp);
                        runningSum2 += V.KeepFirst(exp, rest, 0f);
                    }
                    var sum4 = V.Splat(V.SumLanes(runningSum2));
                    var log2 = V.Log(sum4);
                    var add3 = log2 + subtract4;
                    var divide2 = V.Splat(1f) / sum4;
                    for (c = 0; c <= 10 - V.Count; c += V.Count)
                    {
                        var multiply = V.Load(scratch + c) * divide2;
                        var equal = V.EqualBits(V.IotaBits(c), digitsValue);
                        var cast = V.Select(equal, V.Splat(1f), V.Zero);
                        var subtract = multiply - cast;
                        var multiply2 = subtract * V.Splat(0.0078125f);
                        V.Store(multiplyResultRow + c, multiply2);
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        var multiply = V.LoadPartial(scratch + c, rest) * divide2;
                        var equal = V.EqualBits(V.IotaBits(c), digitsValue);
                        var cast = V.Select(equal, V.Splat(1f), V.Zero);
                        var subtract = multiply - cast;
                        var multiply2 = subtract * V.Splat(0.0078125f);
                        V.StorePartial(multiplyResultRow + c, rest, multiply2);
                    }
                    V.StorePartial(addResultRow, 1, add3);
                }
            }
        }

        // gradient of output.bias → [1, 10]
        //   result: gradient of output.bias [1, 10]
        //   operand: Multiply in backward of CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits) [128, 10]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void ColumnSum_128x10<V>(Worker worker, float* result, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(10, 64, out int start, out int end);
            float* totals = result;
            if (V.Count >= 10 && start < end)
            {
                var total = V.Splat(0f);
                for (int r = 0; r < 128; r++)
                {
                    float* operandRow = operand + r * 10;
                    total += V.LoadPartial(operandRow, 10);
                }
                V.StorePartial(totals, 10, total);
            }
            else if (start < end)
            {
                for (int r = 0; r < 128; r++)
                {
                    float* operandRow = operand + r * 10;
                    int c = 0;
                    for (; c <= 10 - V.Count; c += V.Count)
                    {
                        V.Store(totals + c, (r == 0 ? V.Splat(0f) : V.Load(totals + c)) + V.Load(operandRow + c));
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        V.StorePartial(totals + c, rest, (r == 0 ? V.Splat(0f) : V.LoadPartial(totals + c, rest)) + V.LoadPartial(operandRow + c, rest));
                    }
                }
            }
        }

        // gradient of output.weight → [10, 512]
        //   operand: Multiply in backward of CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits) [128, 10]
        //   operand2: Relu in Relu(hidden.Forward(pixels)) [128, 512]
        //   result: gradient of output.weight [10, 512]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_10x512x128<V>(Worker worker, float* operand, float* operand2, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, ColumnMajorMatrix, RowMajorMatrix, StoreTo>(
                worker, 10, 512, 128, new(operand, 10), new(operand2, 512), new(result, 512));
        }

        // backward of Relu(hidden.Forward(pixels)) · backward of output.Forward(Relu(hidden.Forward(pixels))) → [128, 512]
        //   operand: Multiply in backward of CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits) [128, 10]
        //   weight: output.weight [10, 512]
        //   operand2: Relu in Relu(hidden.Forward(pixels)) [128, 512]
        //   result: Select in backward of Relu(hidden.Forward(pixels)) [128, 512]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Greater_Select_128x512x10<V>(Worker worker, float* operand, float* weight, float* operand2, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, RowMajorMatrix, MatMul_Greater_Select_128x512x10_Epilogue>(
                worker, 128, 512, 10, new(operand, 10), new(weight, 512), new(operand2, result));
        }

        readonly unsafe struct MatMul_Greater_Select_128x512x10_Epilogue(float* operand, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var greater = V.GreaterThan(V.Load(operand + row * 512 + column), V.Zero);
                var select = V.Select(greater, sum, V.Zero);
                V.Store(result + row * 512 + column, select);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var greater = V.GreaterThan(V.LoadPartial(operand + row * 512 + column, count), V.Zero);
                var select = V.Select(greater, sum, V.Zero);
                V.StorePartial(result + row * 512 + column, count, select);
            }
        }

        // gradient of hidden.bias → [1, 512]
        //   result: gradient of hidden.bias [1, 512]
        //   operand: Select in backward of Relu(hidden.Forward(pixels)) [128, 512]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void ColumnSum_128x512<V>(Worker worker, float* result, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(512, 64, out int start, out int end);
            float* totals = result;
            for (int r = 0; r < 128; r++)
            {
                float* operandRow = operand + r * 512;
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

        // gradient of hidden.weight → [512, 784]
        //   operand: Select in backward of Relu(hidden.Forward(pixels)) [128, 512]
        //   pixels: input [128, 784]
        //   result: gradient of hidden.weight [512, 784]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_512x784x128<V>(Worker worker, float* operand, float* pixels, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, ColumnMajorMatrix, RowMajorMatrix, StoreTo>(
                worker, 512, 784, 128, new(operand, 512), new(pixels, 784), new(result, 784));
        }
    }
}
