    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // Tanh(x * scale) → [32, 100]
        //   result: the caller's result [32, 100]
        //   x: input [32, 100]
        //   scale: input [32, 1]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Multiply_Tanh_32x100<V>(Worker worker, float* result, float* x, float* scale)
            where V : unmanaged, IVector<V>
        {
            worker.Share(32, 1, out int start, out int end);
            for (int r = start; r < end; r++)
            {
                float* xRow = x + r * 100;
                var scaleValue = V.Splat(scale[r]);
                float* resultRow = result + r * 100;
                int c = 0;
                for (; c <= 100 - V.Count; c += V.Count)
                {
                    var multiply = V.Load(xRow + c) * scaleValue;
                    var tanh = V.Tanh(multiply);
                    V.Store(resultRow + c, tanh);
                }
                if (c < 100)
                {
                    int rest = 100 - c;
                    var multiply = V.LoadPartial(xRow + c, rest) * scaleValue;
                    var tanh = V.Tanh(multiply);
                    V.StorePartial(resultRow + c, rest, tanh);
                }
            }
        }
    }
}
