using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// Attention on the tensor cores of CUDA devices of compute capability 8.0 or more, after Dao, "FlashAttention-2" (2023): operands
/// that lie in memory in a format of fewer bits (or floats, for TF32), sums and weights in float32. A warp has sixteen rows of its
/// group's, whose numbers it keeps in registers, and goes through the columns 64 at a time, which the group copies to shared memory
/// while it multiplies those before. Weights never leave registers: what a thread has of them after one product is what the next
/// one takes from it as an operand, rounded to the format.
/// </summary>
/// <remarks>
/// Heads have a multiple of eight numbers, of at most 256 bytes; positions and heads lie at multiples of 16 bytes. ILGPU has no
/// name for the registers of tensor cores: whatever a thread has of a tile is declared, and computed with, by the PTX itself.
/// </remarks>
/// <typeparam name="TFormat">The format of the operands.</typeparam>
public readonly struct TensorAttention<TFormat> : IAttentionTemplate
    where TFormat : struct, ITensorFormat
{
    /// <inheritdoc/>
    public void Forward<TQuery, TKey, TValue>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value,
        HeadTensor<Float32View> result, bool storesResult, ArrayView<float> logSumExp, bool storesSums)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        => TensorAttentionForward.Run(default(TFormat), shape, query, key, value, result, storesResult, logSumExp, storesSums);

    /// <inheritdoc/>
    public void KeysAndValues<TQuery, TKey, TValue, TCotangent>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor<Float32View> keyGradient, bool storesKeys, HeadTensor<Float32View> valueGradient, bool storesValues)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView
        => TensorAttentionBackward.KeysAndValues(
            default(TFormat), shape, query, key, value, cotangent, logSumExp, logSumExpAt, deltas, keyGradient, storesKeys, valueGradient, storesValues);

    /// <inheritdoc/>
    public void Queries<TQuery, TKey, TValue, TCotangent>(
        AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas, HeadTensor<Float32View> queryGradient)
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView
        => TensorAttentionBackward.Queries(default(TFormat), shape, query, key, value, cotangent, logSumExp, logSumExpAt, deltas, queryGradient);
}

/// <summary>How many groups an attention on tensor cores has, and how many threads each.</summary>
public static class TensorAttentionGroups
{
    /// <summary>Threads of a group that sums up gradients, and of one that has few rows, or large heads.</summary>
    public const int Threads = 128;

    /// <summary>Threads of a group of <see cref="TensorAttention{TFormat}.Forward"/> where many groups keep a large device busy: each copies all keys.</summary>
    public const int MostThreads = 256;

    const int ManyGroups = 264;

    /// <summary>Rows of a group: sixteen a warp.</summary>
    public static int Rows(int threads) => threads / 2;

    /// <summary>Threads of the groups that go through so many rows of so many heads.</summary>
    public static int ThreadsOfForward(int heads, int positions, int headSize, int elementBytes) =>
        new TensorHead(headSize, elementBytes).HasTwoStages && (long)heads * Blocks(positions, MostThreads) >= ManyGroups ? MostThreads : Threads;

    /// <summary>How many groups share a block of keys: of large heads, one has registers for the sums of one gradient alone.</summary>
    public static int PartsOfKeys(int headSize, int elementBytes) => new TensorHead(headSize, elementBytes).HasTwoStages ? 1 : 2;

    /// <summary>How many groups a head of so many positions has.</summary>
    public static int Blocks(int positions, int threads) => (positions + Rows(threads) - 1) / Rows(threads);
}
