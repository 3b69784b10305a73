    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Relu(x) * y + 1f → [32, 100]
        //   x: input [32, 100]
        //   y: input [32, 100]
        //   result: the caller's result [32, 100]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Relu_Multiply_Add_32x100<V>(Worker worker, float* x, float* y, float* result)
            where V : unmanaged, IVector<V>
        {
            worker.Share(3200, 1024, out int start, out int end);
            int c = start;
            for (; c <= end - V.Count; c += V.Count)
            {
                var relu = V.Relu(V.Load(x + c));
                var add = V.FusedMultiplyAdd(V.Load(y + c), relu, V.Splat(1f));
                V.Store(result + c, add);
            }
            if (c < end)
            {
                int rest = end - c;
                var relu = V.Relu(V.LoadPartial(x + c, rest));
                var add = V.FusedMultiplyAdd(V.LoadPartial(y + c, rest), relu, V.Splat(1f));
                V.StorePartial(result + c, rest, add);
            }
        }
    }
}
