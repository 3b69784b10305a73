namespace GraphCompiler.Emitted.Example_Net
{
    using global::System;
    using global::System.Runtime.CompilerServices;
    using global::GraphCompiler.Kernels;

    // arena 10,240 bytes for 1 buffers of 10,240; lower bound 10,240: reached
    //
    // buffer                size  offset  steps
    // MatMul [batch, 10]  10,240       0  0-1    ##
    /// <summary><c>Forward</c>: 2 kernels, which one worker runs.</summary>
    internal abstract unsafe class ForwardProgram : global::GraphCompiler.Runtime.CompiledProgram
    {
        internal float* x;
        internal float* result;
        internal int batch;

        protected ForwardProgram(global::GraphCompiler.GraphModel model) : base(model, 10240)
        {
            RunsAlone = true;
        }

        /// <summary>The program for the vectors that the hardware prefers.</summary>
        public static ForwardProgram Create(global::GraphCompiler.GraphModel model) => VectorWidth.Widest switch
        {
            512 => new ForwardProgram<Float512>(model),
            256 => new ForwardProgram<Float256>(model),
            _ => new ForwardProgram<Float128>(model),
        };
    }

    internal sealed unsafe class ForwardProgram<V>(global::GraphCompiler.GraphModel model) : ForwardProgram(model)
        where V : unmanaged, IVector<V>
    {
        /// <inheritdoc/>
        public override void Run(Worker worker)
        {
            // layer.Forward(x), with layer.weight
            Kernels.MatMul_batchx10x24<V>(worker, x, Parameters, Arena, batch);
            // Softmax(layer.Forward(x)), with layer.bias
            Kernels.RowMax_Exp_RowSum_Divide_batchx10<V>(worker, batch, result, Parameters + 240, Arena);
        }
    }

    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // layer.Forward(x) → [batch, 10]
        //   x: input [batch, 24]
        //   weight: layer.weight [10, 24]
        //   result: MatMul [batch, 10]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void MatMul_batchx10x24<V>(Worker worker, float* x, float* weight, float* result, int batch)
            where V : unmanaged, IVector<V>
        {
            Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, StoreTo>(
                worker, batch, 10, 24, new(x, 24), new(weight, 24), new(result, 10));
        }

        // Softmax(layer.Forward(x)) → [batch, 10]
        //   result: the caller's result [batch, 10]
        //   bias: layer.bias [10]
        //   operand: MatMul in layer.Forward(x) [batch, 10]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void RowMax_Exp_RowSum_Divide_batchx10<V>(Worker worker, int batch, float* result, float* bias, float* operand)
            where V : unmanaged, IVector<V>
        {
            worker.Share(batch, 1, out int start, out int end);
            float* scratch = worker.Scratch(16);
            for (int r = start; r < end; r++)
            {
                float* operandRow = operand + r * 10;
                float* resultRow = result + r * 10;
                if (V.Count >= 10)
                {
                    var add = V.LoadPartial(operandRow, 10) + V.LoadPartial(bias, 10);
                    var max = V.Splat(V.MaxLanes(V.KeepFirst(add, 10, float.NegativeInfinity)));
                    var maximum = V.Max(max, V.Splat(-3.4028235E+38f));
                    var subtract = add - maximum;
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
                        var add = V.Load(operandRow + c) + V.Load(bias + c);
                        runningMax = V.Max(runningMax, add);
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        var add = V.LoadPartial(operandRow + c, rest) + V.LoadPartial(bias + c, rest);
                        runningMax = V.Max(runningMax, V.KeepFirst(add, rest, float.NegativeInfinity));
                    }
                    var max2 = V.Splat(V.MaxLanes(runningMax));
                    var maximum2 = V.Max(max2, V.Splat(-3.4028235E+38f));
                    var runningSum = V.Splat(0f);
                    for (c = 0; c <= 10 - V.Count; c += V.Count)
                    {
                        var add = V.Load(operandRow + c) + V.Load(bias + c);
                        var subtract = add - maximum2;
                        var exp = V.Exp(subtract);
                        V.Store(scratch + c, exp);
                        runningSum += exp;
                    }
                    if (c < 10)
                    {
                        int rest = 10 - c;
                        var add = V.LoadPartial(operandRow + c, rest) + V.LoadPartial(bias + c, rest);
                        var subtract = add - maximum2;
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
