namespace GraphCompiler.Emitted.Example_Net
{
    using global::System;
    using global::System.Runtime.CompilerServices;
    using global::GraphCompiler.Kernels;

    // arena 131,072 bytes for 8 buffers of 393,236; lower bound 131,072: reached
    //
    // buffer                    size    offset  steps
    // Add [64, 256]       5 x 65,536  0-65,536  0-5    ######..
    // Multiply [64, 256]      65,536         0  5-6    .....##.
    // ReduceMean [4, 1]           16    65,536  6-7    ......##
    // ReduceMean [1, 1]            4         0  7      .......#
    /// <summary><c>Loss</c>: 8 kernels.</summary>
    internal abstract unsafe class LossProgram : global::GraphCompiler.Runtime.CompiledProgram
    {
        internal float* x;
        internal float Result;

        protected LossProgram(global::GraphCompiler.GraphModel model) : base(model, 131072)
        {
        }

        /// <summary>The program for the vectors that the hardware prefers.</summary>
        public static LossProgram Create(global::GraphCompiler.GraphModel model) => VectorWidth.Widest switch
        {
            512 => new LossProgram<Float512>(model),
            256 => new LossProgram<Float256>(model),
            _ => new LossProgram<Float128>(model),
        };

        /// <summary>Where the memory lies that each iteration of a loop works on, in elements, one iteration after the other.</summary>
        internal static class Tables
        {
            public static ReadOnlySpan<int> Loop1 =>
            [
                16384, 0, 0, 16384, 16384, 0, 0, 16384,
            ];
        }
    }

    internal sealed unsafe class LossProgram<V>(global::GraphCompiler.GraphModel model) : LossProgram(model)
        where V : unmanaged, IVector<V>
    {
        /// <inheritdoc/>
        public override void Run(Worker worker)
        {
            // x + Tanh(layer.Forward(x)), with layers.0.weight, layers.0.bias
            Kernels.MatMul_Add_Tanh_64x256x256<V>(worker, x, Parameters, Parameters + 65536, Arena + 16384);
            for (int layer = 0; layer < 4; layer++)
            {
                var at = Tables.Loop1[(layer * 2)..];
                worker.Barrier();
                // x + Tanh(layer.Forward(x)), with layers.{1 + layer}.weight, layers.{1 + layer}.bias
                Kernels.MatMul_Add_Tanh_64x256x256_2<V>(worker, Arena + at[0], Parameters + 65792 + layer * 65792, Parameters + 131328 + layer * 65792, Arena + at[1]);
            }
            worker.Barrier();
            // Square(x) · x + Tanh(layer.Forward(x)), with layers.5.weight, layers.5.bias
            Kernels.MatMul_Add_Tanh_Multiply_64x256x256<V>(worker, Arena + 16384, Parameters + 328960, Parameters + 394496, Arena);
            worker.Barrier();
            // Square(x).Mean()
            Kernels.RowMean_4x4096<V>(worker, Arena + 16384, Arena);
            worker.Barrier();
            if (worker.Index == 0)
            {
                // Square(x).Mean()
                Kernels.RowMean_4x1<V>(worker.Alone, Arena, Arena + 16384);
            }
            if (worker.Index == 0)
                Result = Arena[0];
        }
    }

    // arena 852,032 bytes for 15 buffers of 851,988; lower bound 852,032: reached
    //
    // buffer                                                        size           offset  steps
    // MatMul [64, 256], Multiply [64, 256]                        65,536                0  0-24   #########################
    // Select [64, 256]                                        5 x 65,536   65,536-589,824  0-21   ######################...
    // MatMul [64, 256], Select [64, 256]                          65,536          131,072  1-22   .######################..
    // MatMul [64, 256], Select [64, 256], Multiply [64, 256]  3 x 65,536  262,144-524,288  2-22   ..#####################..
    // Select [64, 256], Multiply [64, 256]                        65,536          655,360  5-13   .....#########...........
    // Multiply [64, 256]                                          65,536          720,896  5-10   .....######..............
    // Multiply [64, 256]                                          65,536          786,496  5-6    .....##..................
    // ReduceMean [4, 1]                                               16          786,432  6-7    ......##.................
    // ReduceMean [1, 1]                                                4          786,496  7-24   .......##################
    /// <summary><c>Loss</c> and its gradients: 25 kernels.</summary>
    internal abstract unsafe class LossTrainingProgram : global::GraphCompiler.Runtime.TrainingProgram
    {
        internal float* x;

        protected LossTrainingProgram(global::GraphCompiler.GraphModel model) : base(model, 852032)
        {
        }

        /// <summary>The program for the vectors that the hardware prefers.</summary>
        public static LossTrainingProgram Create(global::GraphCompiler.GraphModel model) => VectorWidth.Widest switch
        {
            512 => new LossTrainingProgram<Float512>(model),
            256 => new LossTrainingProgram<Float256>(model),
            _ => new LossTrainingProgram<Float128>(model),
        };

        /// <summary>Where the memory lies that each iteration of a loop works on, in elements, one iteration after the other.</summary>
        internal static class Tables
        {
            public static ReadOnlySpan<int> Loop2 =>
            [
                180224, 163840, 131072, 98304,
            ];
        }
    }

    internal sealed unsafe class LossTrainingProgram<V>(global::GraphCompiler.GraphModel model) : LossTrainingProgram(model)
        where V : unmanaged, IVector<V>
    {
        /// <inheritdoc/>
        public override void Run(Worker worker)
        {
            // Dropout(x + Tanh(layer.Forward(x)), 0.1f), with layers.0.weight, layers.0.bias
            Kernels.MatMul_Add_Tanh_GreaterOrEqual_64x256x256<V>(worker, x, Parameters, RandomSeed, RandomStep, 0, Parameters + 65536, Arena, Arena + 16384);
            for (int layer = 0; layer < 4; layer++)
            {
                worker.Barrier();
                // Dropout(x + Tanh(layer.Forward(x)), 0.1f), with layers.{1 + layer}.weight, layers.{1 + layer}.bias
                Kernels.MatMul_Add_Tanh_GreaterOrEqual_64x256x256_2<V>(worker, Arena + 16384 + layer * 32768, Parameters + 65792 + layer * 65792, RandomSeed, RandomStep, (uint)(1 + layer), Parameters + 131328 + layer * 65792, Arena + 32768 + layer * 32768, Arena + 49152 + layer * 32768);
            }
            worker.Barrier();
            // backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) · backward of Tanh(layer.Forward(x)) · backward of Square(x), with layers.5.weight, l…
            Kernels.MatMul_Add_Tanh_GreaterOrEqual_64x256x256_3<V>(worker, Arena + 147456, Parameters + 328960, RandomSeed, RandomStep, 5, Parameters + 394496, Arena + 196624, Arena + 163840, Arena + 180224);
            worker.Barrier();
            // Square(x).Mean()
            Kernels.RowMean_4x4096<V>(worker, Arena + 196608, Arena + 196624);
            worker.Barrier();
            if (worker.Index == 0)
            {
                // Square(x).Mean()
                Kernels.RowMean_4x1<V>(worker.Alone, Arena + 196624, Arena + 196608);
            }
            // gradient of layers.5.bias
            Kernels.ColumnSum_64x256<V>(worker, Gradients + 394496, Arena + 180224);
            // gradient of layers.5.weight
            Kernels.MatMul_256x256x64<V>(worker, Arena + 180224, Arena + 147456, Gradients + 328960);
            for (int layer = 0; layer < 4; layer++)
            {
                var at = Tables.Loop2[layer..];
                // backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) · backward of Tanh(layer.Forward(x)) · backward of layer.Forward(x), with layers.{5 -…
                Kernels.Add_Tanh_GreaterOrEqual_MatMul_64x256x256<V>(worker, Arena + at[0], Parameters + 328960 - layer * 65792, RandomSeed, RandomStep, (uint)(4 - layer), Arena + 163840 - layer * 32768, Arena + 131072 - layer * 32768, Parameters + 328704 - layer * 65792, Arena + 131072 - layer * 32768, Arena + 163840 - layer * 32768);
                worker.Barrier();
                // gradient of layers.{4 - layer}.bias
                Kernels.ColumnSum_64x256<V>(worker, Gradients + 328704 - layer * 65792, Arena + 163840 - layer * 32768);
                // gradient of layers.{4 - layer}.weight
                Kernels.MatMul_256x256x64<V>(worker, Arena + 163840 - layer * 32768, Arena + 114688 - layer * 32768, Gradients + 263168 - layer * 65792);
            }
            // backward of Tanh(layer.Forward(x)) · backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) · backward of layer.Forward(x), with layers.1.we…
            Kernels.Add_Tanh_GreaterOrEqual_MatMul_64x256x256_2<V>(worker, Arena + 65536, Parameters + 65792, RandomSeed, RandomStep, 0, Arena + 32768, Arena, Parameters + 65536, Arena);
            worker.Barrier();
            // gradient of layers.0.bias
            Kernels.ColumnSum_64x256<V>(worker, Gradients + 65536, Arena);
            // gradient of layers.0.weight
            Kernels.MatMul_256x256x64_2<V>(worker, Arena, x, Gradients);
            if (worker.Index == 0)
                Loss = Arena[196624];
        }
    }

    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // x + Tanh(layer.Forward(x)) → [64, 256]
        //   x: input [64, 256]
        //   weight: layers.0.weight [256, 256]
        //   bias: layers.0.bias [256]
        //   result: Add [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Tanh_64x256x256<V>(Worker worker, float* x, float* weight, float* bias, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Tanh_64x256x256_Epilogue>(
                worker, 64, 256, 256, new(x, 256), new(weight, 256), new(x, bias, result));
        }

        readonly unsafe struct MatMul_Add_Tanh_64x256x256_Epilogue(float* x, float* bias, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.Load(bias + column);
                var tanh = V.Tanh(add);
                var add2 = V.Load(x + row * 256 + column) + tanh;
                V.Store(result + row * 256 + column, add2);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.LoadPartial(bias + column, count);
                var tanh = V.Tanh(add);
                var add2 = V.LoadPartial(x + row * 256 + column, count) + tanh;
                V.StorePartial(result + row * 256 + column, count, add2);
            }
        }

        // x + Tanh(layer.Forward(x)) → [64, 256]
        //   operand: Add [64, 256]
        //   weight: layers.1.weight [256, 256]
        //   bias: layers.1.bias [256]
        //   result: Add [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Tanh_64x256x256_2<V>(Worker worker, float* operand, float* weight, float* bias, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Tanh_64x256x256_2_Epilogue>(
                worker, 64, 256, 256, new(operand, 256), new(weight, 256), new(operand, bias, result));
        }

        readonly unsafe struct MatMul_Add_Tanh_64x256x256_2_Epilogue(float* operand, float* bias, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.Load(bias + column);
                var tanh = V.Tanh(add);
                var add2 = V.Load(operand + row * 256 + column) + tanh;
                V.Store(result + row * 256 + column, add2);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.LoadPartial(bias + column, count);
                var tanh = V.Tanh(add);
                var add2 = V.LoadPartial(operand + row * 256 + column, count) + tanh;
                V.StorePartial(result + row * 256 + column, count, add2);
            }
        }

        // Square(x) · x + Tanh(layer.Forward(x)) → [64, 256]
        //   operand: Add in x + Tanh(layer.Forward(x)) [64, 256]
        //   weight: layers.5.weight [256, 256]
        //   bias: layers.5.bias [256]
        //   result: Multiply in Square(x) [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Tanh_Multiply_64x256x256<V>(Worker worker, float* operand, float* weight, float* bias, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Tanh_Multiply_64x256x256_Epilogue>(
                worker, 64, 256, 256, new(operand, 256), new(weight, 256), new(operand, bias, result));
        }

        readonly unsafe struct MatMul_Add_Tanh_Multiply_64x256x256_Epilogue(float* operand, float* bias, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.Load(bias + column);
                var tanh = V.Tanh(add);
                var add2 = V.Load(operand + row * 256 + column) + tanh;
                var multiply = add2 * add2;
                V.Store(result + row * 256 + column, multiply);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var add = sum + V.LoadPartial(bias + column, count);
                var tanh = V.Tanh(add);
                var add2 = V.LoadPartial(operand + row * 256 + column, count) + tanh;
                var multiply = add2 * add2;
                V.StorePartial(result + row * 256 + column, count, multiply);
            }
        }

        // Square(x).Mean() → [4, 1]
        //   result: ReduceMean [4, 1]
        //   operand: Multiply in Square(x) [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMean_4x4096<V>(Worker worker, float* result, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(4, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* operandRow = operand + r * 4096;
                float* resultRow = result + r;
                int c;
                var origin = V.Origin(V.Splat(V.FirstLane(V.LoadPartial(operandRow, 1))));
                var negativeHalf = origin * V.Splat(-0.5f);
                var share = V.Splat(1f / 4096);
                var runningMean = V.Splat(0f);
                var runningMean2 = V.Splat(0f);
                var runningMean3 = V.Splat(0f);
                var runningMean4 = V.Splat(0f);
                for (c = 0; c <= 4096 - 4 * V.Count; c += 4 * V.Count)
                {
                    runningMean = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operandRow + c), negativeHalf), share, runningMean);
                    runningMean2 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operandRow + c + V.Count), negativeHalf), share, runningMean2);
                    runningMean3 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operandRow + c + 2 * V.Count), negativeHalf), share, runningMean3);
                    runningMean4 = V.FusedMultiplyAdd(V.HalfDistance(V.Load(operandRow + c + 3 * V.Count), negativeHalf), share, runningMean4);
                }
                runningMean = runningMean + runningMean3;
                runningMean2 = runningMean2 + runningMean4;
                runningMean = runningMean + runningMean2;
                var mean = V.Mean(origin, V.Splat(V.SumLanes(runningMean)));
                V.StorePartial(resultRow, 1, mean);
            }
        }

        // Square(x).Mean() → [1, 1]
        //   result: ReduceMean [1, 1]
        //   operand: ReduceMean [4, 1]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMean_4x1<V>(Worker worker, float* result, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(1, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                var origin = V.Origin(V.Splat(V.FirstLane(V.LoadPartial(operand, 4))));
                var negativeHalf = origin * V.Splat(-0.5f);
                var share = V.Splat(1f / 4);
                var mean = V.Mean(origin, V.Splat(V.SumLanes(V.KeepFirst(V.FusedMultiplyAdd(V.HalfDistance(V.LoadPartial(operand, 4), negativeHalf), share, V.Zero), 4, 0f))));
                V.StorePartial(result, 1, mean);
            }
        }

        // Dropout(x + Tanh(layer.Forward(x)), 0.1f) → [64, 256]
        //   x: input [64, 256]
        //   weight: layers.0.weight [256, 256]
        //   bias: layers.0.bias [256]
        //   matMulResult: MatMul in layer.Forward(x) [64, 256]
        //   selectResult: Select [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Tanh_GreaterOrEqual_64x256x256<V>(Worker worker, float* x, float* weight, ulong randomSeed, ulong randomStep, uint stream, float* bias, float* matMulResult, float* selectResult)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Tanh_GreaterOrEqual_64x256x256_Epilogue>(
                worker, 64, 256, 256, new(x, 256), new(weight, 256), new(randomSeed, randomStep, stream, x, bias, matMulResult, selectResult));
        }

        readonly unsafe struct MatMul_Add_Tanh_GreaterOrEqual_64x256x256_Epilogue(ulong randomSeed, ulong randomStep, uint stream, float* x, float* bias, float* matMulResult, float* selectResult) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = sum + V.Load(bias + column);
                var tanh = V.Tanh(add);
                var add2 = V.Load(x + row * 256 + column) + tanh;
                var multiply = add2 * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                V.Store(matMulResult + row * 256 + column, sum);
                V.Store(selectResult + row * 256 + column, select);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = sum + V.LoadPartial(bias + column, count);
                var tanh = V.Tanh(add);
                var add2 = V.LoadPartial(x + row * 256 + column, count) + tanh;
                var multiply = add2 * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                V.StorePartial(matMulResult + row * 256 + column, count, sum);
                V.StorePartial(selectResult + row * 256 + column, count, select);
            }
        }

        // Dropout(x + Tanh(layer.Forward(x)), 0.1f) → [64, 256]
        //   operand: Select [64, 256]
        //   weight: layers.1.weight [256, 256]
        //   bias: layers.1.bias [256]
        //   matMulResult: MatMul in layer.Forward(x) [64, 256]
        //   selectResult: Select [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Tanh_GreaterOrEqual_64x256x256_2<V>(Worker worker, float* operand, float* weight, ulong randomSeed, ulong randomStep, uint stream, float* bias, float* matMulResult, float* selectResult)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Tanh_GreaterOrEqual_64x256x256_2_Epilogue>(
                worker, 64, 256, 256, new(operand, 256), new(weight, 256), new(randomSeed, randomStep, stream, operand, bias, matMulResult, selectResult));
        }

        readonly unsafe struct MatMul_Add_Tanh_GreaterOrEqual_64x256x256_2_Epilogue(ulong randomSeed, ulong randomStep, uint stream, float* operand, float* bias, float* matMulResult, float* selectResult) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = sum + V.Load(bias + column);
                var tanh = V.Tanh(add);
                var add2 = V.Load(operand + row * 256 + column) + tanh;
                var multiply = add2 * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                V.Store(matMulResult + row * 256 + column, sum);
                V.Store(selectResult + row * 256 + column, select);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = sum + V.LoadPartial(bias + column, count);
                var tanh = V.Tanh(add);
                var add2 = V.LoadPartial(operand + row * 256 + column, count) + tanh;
                var multiply = add2 * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                V.StorePartial(matMulResult + row * 256 + column, count, sum);
                V.StorePartial(selectResult + row * 256 + column, count, select);
            }
        }

        // backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) · backward of Tanh(layer.Forward(x)) · backward of Square(x) → [64, 256]
        //   operand: Select in Dropout(x + Tanh(layer.Forward(x)), 0.1f) [64, 256]
        //   weight: layers.5.weight [256, 256]
        //   bias: layers.5.bias [256]
        //   multiplyResult: Multiply in Square(x) [64, 256]
        //   selectResult: Select in backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) [64, 256]
        //   multiplyResult2: Multiply in backward of Tanh(layer.Forward(x)) [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_Add_Tanh_GreaterOrEqual_64x256x256_3<V>(Worker worker, float* operand, float* weight, ulong randomSeed, ulong randomStep, uint stream, float* bias, float* multiplyResult, float* selectResult, float* multiplyResult2)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, MatMul_Add_Tanh_GreaterOrEqual_64x256x256_3_Epilogue>(
                worker, 64, 256, 256, new(operand, 256), new(weight, 256), new(randomSeed, randomStep, stream, operand, bias, multiplyResult, selectResult, multiplyResult2));
        }

        readonly unsafe struct MatMul_Add_Tanh_GreaterOrEqual_64x256x256_3_Epilogue(ulong randomSeed, ulong randomStep, uint stream, float* operand, float* bias, float* multiplyResult, float* selectResult, float* multiplyResult2) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = sum + V.Load(bias + column);
                var tanh = V.Tanh(add);
                var add2 = V.Load(operand + row * 256 + column) + tanh;
                var multiply = add2 * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                var multiply2 = select * select;
                var multiply3 = select * V.Splat(6.1035156E-05f);
                var add3 = multiply3 + multiply3;
                var multiply4 = add3 * V.Splat(1.1111112f);
                var select2 = V.Select(greaterOrEqual, multiply4, V.Zero);
                var multiply5 = tanh * tanh;
                var subtract = V.Splat(1f) - multiply5;
                var multiply6 = select2 * subtract;
                V.Store(multiplyResult + row * 256 + column, multiply2);
                V.Store(selectResult + row * 256 + column, select2);
                V.Store(multiplyResult2 + row * 256 + column, multiply6);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = sum + V.LoadPartial(bias + column, count);
                var tanh = V.Tanh(add);
                var add2 = V.LoadPartial(operand + row * 256 + column, count) + tanh;
                var multiply = add2 * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                var multiply2 = select * select;
                var multiply3 = select * V.Splat(6.1035156E-05f);
                var add3 = multiply3 + multiply3;
                var multiply4 = add3 * V.Splat(1.1111112f);
                var select2 = V.Select(greaterOrEqual, multiply4, V.Zero);
                var multiply5 = tanh * tanh;
                var subtract = V.Splat(1f) - multiply5;
                var multiply6 = select2 * subtract;
                V.StorePartial(multiplyResult + row * 256 + column, count, multiply2);
                V.StorePartial(selectResult + row * 256 + column, count, select2);
                V.StorePartial(multiplyResult2 + row * 256 + column, count, multiply6);
            }
        }

        // gradient of layers.5.bias → [1, 256]
        //   result: gradient of layers.5.bias [1, 256]
        //   operand: Multiply in backward of Tanh(layer.Forward(x)) [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void ColumnSum_64x256<V>(Worker worker, float* result, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(256, 64, out int start, out int end);
            float* totals = result;
            for (int r = 0; r < 64; r++)
            {
                float* operandRow = operand + r * 256;
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

        // gradient of layers.5.weight → [256, 256]
        //   operand: Multiply in backward of Tanh(layer.Forward(x)) [64, 256]
        //   operand2: Select in Dropout(x + Tanh(layer.Forward(x)), 0.1f) [64, 256]
        //   result: gradient of layers.5.weight [256, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_256x256x64<V>(Worker worker, float* operand, float* operand2, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, ColumnMajorMatrix, RowMajorMatrix, StoreTo>(
                worker, 256, 256, 64, new(operand, 256), new(operand2, 256), new(result, 256));
        }

        // backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) · backward of Tanh(layer.Forward(x)) · backward of layer.Forward(x) → [64, 256]
        //   operand: Multiply in backward of Tanh(layer.Forward(x)) [64, 256]
        //   weight: layers.5.weight [256, 256]
        //   operand2: Select in backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) [64, 256]
        //   operand3: MatMul in layer.Forward(x) [64, 256]
        //   bias: layers.4.bias [256]
        //   selectResult: Select in backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) [64, 256]
        //   multiplyResult: Multiply in backward of Tanh(layer.Forward(x)) [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Add_Tanh_GreaterOrEqual_MatMul_64x256x256<V>(Worker worker, float* operand, float* weight, ulong randomSeed, ulong randomStep, uint stream, float* operand2, float* operand3, float* bias, float* selectResult, float* multiplyResult)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, RowMajorMatrix, Add_Tanh_GreaterOrEqual_MatMul_64x256x256_Epilogue>(
                worker, 64, 256, 256, new(operand, 256), new(weight, 256), new(randomSeed, randomStep, stream, operand2, operand3, bias, selectResult, multiplyResult));
        }

        readonly unsafe struct Add_Tanh_GreaterOrEqual_MatMul_64x256x256_Epilogue(ulong randomSeed, ulong randomStep, uint stream, float* operand, float* operand2, float* bias, float* selectResult, float* multiplyResult) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = V.Load(operand + row * 256 + column) + sum;
                var multiply = add * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                var add2 = V.Load(operand2 + row * 256 + column) + V.Load(bias + column);
                var tanh = V.Tanh(add2);
                var multiply2 = tanh * tanh;
                var subtract = V.Splat(1f) - multiply2;
                var multiply3 = select * subtract;
                V.Store(selectResult + row * 256 + column, select);
                V.Store(multiplyResult + row * 256 + column, multiply3);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = V.LoadPartial(operand + row * 256 + column, count) + sum;
                var multiply = add * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                var add2 = V.LoadPartial(operand2 + row * 256 + column, count) + V.LoadPartial(bias + column, count);
                var tanh = V.Tanh(add2);
                var multiply2 = tanh * tanh;
                var subtract = V.Splat(1f) - multiply2;
                var multiply3 = select * subtract;
                V.StorePartial(selectResult + row * 256 + column, count, select);
                V.StorePartial(multiplyResult + row * 256 + column, count, multiply3);
            }
        }

        // backward of Tanh(layer.Forward(x)) · backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) · backward of layer.Forward(x) → [64, 256]
        //   operand: Multiply in backward of Tanh(layer.Forward(x)) [64, 256]
        //   weight: layers.1.weight [256, 256]
        //   operand2: Select in backward of Dropout(x + Tanh(layer.Forward(x)), 0.1f) [64, 256]
        //   operand3: MatMul in layer.Forward(x) [64, 256]
        //   bias: layers.0.bias [256]
        //   result: Multiply in backward of Tanh(layer.Forward(x)) [64, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Add_Tanh_GreaterOrEqual_MatMul_64x256x256_2<V>(Worker worker, float* operand, float* weight, ulong randomSeed, ulong randomStep, uint stream, float* operand2, float* operand3, float* bias, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, RowMajorMatrix, Add_Tanh_GreaterOrEqual_MatMul_64x256x256_2_Epilogue>(
                worker, 64, 256, 256, new(operand, 256), new(weight, 256), new(randomSeed, randomStep, stream, operand2, operand3, bias, result));
        }

        readonly unsafe struct Add_Tanh_GreaterOrEqual_MatMul_64x256x256_2_Epilogue(ulong randomSeed, ulong randomStep, uint stream, float* operand, float* operand2, float* bias, float* result) : IGemmEpilogue
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Store<V>(int row, int column, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = V.Load(operand + row * 256 + column) + sum;
                var multiply = add * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                var add2 = V.Load(operand2 + row * 256 + column) + V.Load(bias + column);
                var tanh = V.Tanh(add2);
                var multiply2 = tanh * tanh;
                var subtract = V.Splat(1f) - multiply2;
                var multiply3 = select * subtract;
                V.Store(result + row * 256 + column, multiply3);
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void StorePartial<V>(int row, int column, int count, V sum)
                where V : unmanaged, IVector<V>
            {
                var greaterOrEqual = V.GreaterThanOrEqual(Philox.Uniform<V>(randomSeed, randomStep, stream, (ulong)(row * 256 + column)), V.Splat(0.1f));
                var add = V.LoadPartial(operand + row * 256 + column, count) + sum;
                var multiply = add * V.Splat(1.1111112f);
                var select = V.Select(greaterOrEqual, multiply, V.Zero);
                var add2 = V.LoadPartial(operand2 + row * 256 + column, count) + V.LoadPartial(bias + column, count);
                var tanh = V.Tanh(add2);
                var multiply2 = tanh * tanh;
                var subtract = V.Splat(1f) - multiply2;
                var multiply3 = select * subtract;
                V.StorePartial(result + row * 256 + column, count, multiply3);
            }
        }

        // gradient of layers.0.weight → [256, 256]
        //   operand: Multiply in backward of Tanh(layer.Forward(x)) [64, 256]
        //   x: input [64, 256]
        //   result: gradient of layers.0.weight [256, 256]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_256x256x64_2<V>(Worker worker, float* operand, float* x, float* result)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, ColumnMajorMatrix, RowMajorMatrix, StoreTo>(
                worker, 256, 256, 64, new(operand, 256), new(x, 256), new(result, 256));
        }
    }
}
