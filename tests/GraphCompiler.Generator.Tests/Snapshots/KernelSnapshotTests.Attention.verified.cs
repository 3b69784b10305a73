    /// <summary>The fused loops, over vectors of the width that the hardware prefers.</summary>
    internal static unsafe class Kernels
    {
        // NotEqual(tokens, 0) → [2, 20]
        //   tokens: input [2, 20]
        //   result: NotEqual [2, 20]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void NotEqual_2x20<V>(Worker worker, int* tokens, Bool* result)
            where V : unmanaged, IVector<V>
        {
            worker.Share(40, 1024, out int start, out int end);
            int c = start;
            for (; c <= end - V.Count; c += V.Count)
            {
                var notEqual = V.Not(V.EqualBits(V.Load(tokens + c), V.Zero));
                Bool.Store(result + c, notEqual);
            }
            if (c < end)
            {
                int rest = end - c;
                var notEqual = V.Not(V.EqualBits(V.LoadPartial(tokens + c, rest), V.Zero));
                Bool.StorePartial(result + c, rest, notEqual);
            }
        }

        // Attention(parts[0], parts[1], parts[2], causal: true, keyMask: NotEqual(tokens, 0)) → [2, 4, 20, 8]
        //   projection: input [2, 20, 96]
        //   operand: NotEqual in NotEqual(tokens, 0) [2, 20]
        //   result: the caller's result [2, 4, 20, 8]
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public static void Attention_2x4x20x20x8<V>(Worker worker, float* projection, Bool* operand, float* result)
            where V : unmanaged, IVector<V>
        {
            var shape = new AttentionShape
            {
                Batch = 2, Heads = 4, KeyHeads = 4,
                QueryLength = 20, KeyLength = 20, KeyCount = 20,
                HeadSize = 8, Scale = 0.35355338f, IsCausal = true,
            };
            FlashAttention.Forward<V>(
                worker, shape,
                query: new(projection, 1920, 96, 8),
                key: new(projection + 32, 1920, 96, 8),
                value: new(projection + 64, 1920, 96, 8),
                keyMask: new(operand, 20), dropout: default,
                result: new(result, 640, 8, 160),
                logSumExp: null);
        }
    }
}
