namespace GraphCompiler.Emitted.Example_Net
{
    using global::System;
    using global::System.Runtime.CompilerServices;
    using global::GraphCompiler.Kernels;

    // arena 960 bytes for 1 buffers of 960; lower bound 960: reached
    //
    // buffer                       size  offset  steps
    // Gather [n, 24], Add [n, 24]   960       0  0-2    ###
    /// <summary><c>Forward</c>: 4 kernels, which one worker runs.</summary>
    internal abstract unsafe class ForwardProgram : global::GraphCompiler.Runtime.CompiledProgram
    {
        internal float* result;
        internal int n;

        protected ForwardProgram(global::GraphCompiler.GraphModel model) : base(model, 1344)
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

        /// <summary>The integers by which kernels address memory, behind the arena.</summary>
        protected int* Indices => (int*)Arena + 240;

        /// <summary>Sets, after the sizes, the integers by which kernels address memory.</summary>
        public void SetIndices(ReadOnlySpan<int> ids, ReadOnlySpan<int> position) => PrepareIndices(ids, position, this.n, new(this.Indices, this.n), new(this.Indices + 32, this.n), new(this.Indices + 64, 1));

        /// <summary>Computes the integers by which kernels address memory; refuses those that are out of range.</summary>
        internal static void PrepareIndices(ReadOnlySpan<int> ids, ReadOnlySpan<int> position, int n, Span<int> idsIndices, Span<int> idsIndices2, Span<int> positionIndices)
        {
            for (int i = 0; i < idsIndices.Length; i++)
            {
                long index = (long)ids[i * 2] * 10 + (long)ids[i * 2 + 1];
                global::GraphCompiler.Runtime.Guard.Index(index, 100, i, "'ids[.., 0] * 10 + ids[.., 1]'", "ids");
                idsIndices[i] = (int)index;
            }
            for (int i = 0; i < idsIndices2.Length; i++)
            {
                long index = (long)ids[i * 2 + 1];
                global::GraphCompiler.Runtime.Guard.Index(index, 12, i, "'ids[.., 1]'", "ids");
                idsIndices2[i] = (int)index;
            }
            long index2 = (long)position[0] + 1;
            global::GraphCompiler.Runtime.Guard.Position(index2, n, 16, "rows", "'position + 1'", "position");
            positionIndices[0] = (int)index2;
        }
    }

    internal sealed unsafe class ForwardProgram<V>(global::GraphCompiler.GraphModel model) : ForwardProgram(model)
        where V : unmanaged, IVector<V>
    {
        /// <inheritdoc/>
        public override void Run(Worker worker)
        {
            // words.Forward(ids[.., 0] * 10 + ids[.., 1]), with words.weight
            Kernels.Gather_nx24<V>(worker, n, Arena, Parameters, Indices);
            // words.Forward(ids[.., 0] * 10 + ids[.., 1]) + places.Forward(ids[.., 1]), with places.weight
            Kernels.Gather_Add_nx24<V>(worker, n, Arena, Parameters + 2400, Arena, Indices + 32);
            // rows.Write(words.Forward(ids[.., 0] * 10 + ids[.., 1]) + places.Forward(ids[.., 1]), at: position +…
            Kernels.WriteAt_nx24<V>(worker, n, Arena, SessionState, Indices + 64);
            // Copy
            Kernels.Copy_16x24<V>(worker, SessionState, result);
        }
    }

    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // words.Forward(ids[.., 0] * 10 + ids[.., 1]) → [n, 24]
        //   result: Gather [n, 24]
        //   weight: words.weight [100, 24]
        //   indices: indices 'ids[.., 0] * 10 + ids[.., 1]' [n]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Gather_nx24<V>(Worker worker, int n, float* result, float* weight, int* indices)
            where V : unmanaged, IVector<V>
        {
            worker.Share(n, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* tableRow = weight + (long)indices[r] * 24;
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

        // words.Forward(ids[.., 0] * 10 + ids[.., 1]) + places.Forward(ids[.., 1]) → [n, 24]
        //   result: Add [n, 24]
        //   weight: places.weight [12, 24]
        //   operand: Gather in words.Forward(ids[.., 0] * 10 + ids[.., 1]) [n, 24]
        //   indices: indices 'ids[.., 1]' [n, 1]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Gather_Add_nx24<V>(Worker worker, int n, float* result, float* weight, float* operand, int* indices)
            where V : unmanaged, IVector<V>
        {
            worker.Share(n, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* operandRow = operand + r * 24;
                float* tableRow = weight + (long)indices[r] * 24;
                float* resultRow = result + r * 24;
                int c = 0;
                for (; c <= 24 - V.Count; c += V.Count)
                {
                    var gathered = V.Load(tableRow + c);
                    var add = V.Load(operandRow + c) + gathered;
                    V.Store(resultRow + c, add);
                }
                if (c < 24)
                {
                    int rest = 24 - c;
                    var gathered = V.LoadPartial(tableRow + c, rest);
                    var add = V.LoadPartial(operandRow + c, rest) + gathered;
                    V.StorePartial(resultRow + c, rest, add);
                }
            }
        }

        // rows.Write(words.Forward(ids[.., 0] * 10 + ids[.., 1]) + places.Forward(ids[.., 1]), at: position +… → [16, 24]
        //   operand: Add in words.Forward(ids[.., 0] * 10 + ids[.., 1]) + places.Forward(ids[.., 1]) [n, 24]
        //   result: rows, updated [16, 24]
        //   indices: indices 'position + 1' []
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void WriteAt_nx24<V>(Worker worker, int n, float* operand, float* result, int* indices)
            where V : unmanaged, IVector<V>
        {
            worker.Share(24 * n, 1024, out int start, out int end);
            float* resultPart = result + (long)(*indices) * 24;
            int c = start;
            for (; c <= end - V.Count; c += V.Count)
            {
                var writeAt = V.Load(operand + c);
                V.Store(resultPart + c, writeAt);
            }
            if (c < end)
            {
                int rest = end - c;
                var writeAt = V.LoadPartial(operand + c, rest);
                V.StorePartial(resultPart + c, rest, writeAt);
            }
        }

        // Copy → [16, 24]
        //   operand: rows, updated [16, 24]
        //   result: the caller's result [16, 24]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Copy_16x24<V>(Worker worker, float* operand, float* result)
            where V : unmanaged, IVector<V>
        {
            worker.Share(384, 1024, out int start, out int end);
            int c = start;
            for (; c <= end - V.Count; c += V.Count)
            {
                var copy = V.Load(operand + c);
                V.Store(result + c, copy);
            }
            if (c < end)
            {
                int rest = end - c;
                var copy = V.LoadPartial(operand + c, rest);
                V.StorePartial(result + c, rest, copy);
            }
        }
    }
}
