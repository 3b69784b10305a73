using ILGPU;
using ILGPU.Runtime.Cuda;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionArithmetic;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionProducts;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionRegisters;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionTiles;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// The forward pass of attention on tensor cores. Rows are queries, columns keys and their values. Scores are kept as powers of
/// two: exp(x) = 2^(x log2 e), which is one instruction, and the scale is one factor with the logarithm.
/// </summary>
static class TensorAttentionForward
{
    const float LogarithmOf2 = 0.693147182f;

    /// <summary>Computes the block of this group; for the parameters see <see cref="AttentionForward"/>.</summary>
    public static void Run<TFormat, TQuery, TKey, TValue>(
        TFormat format, AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value,
        HeadTensor<Float32View> result, bool storesResult, ArrayView<float> logSumExp, bool storesSums)
        where TFormat : struct, ITensorFormat
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
    {
        var shared = Begin();
        var head = new TensorHead(shape.HeadSize, format.ElementBytes);
        var item = AttentionItem.OfGroup(shape.QueryLength, shape.Heads, 1);
        int keyHead = item.Head / (shape.Heads / shape.KeyHeads);
        Copy(query, item.Batch, item.Head, item.FirstRow, item.Rows, TensorAttentionGroups.Rows(Group.DimX), head, 0);
        Await();
        LoadFirst(format, head);
        Group.Barrier();
        CudaAsm.Emit(ClearSums);
        CudaAsm.Emit("mov.f32 largest0, 0fFF800000; mov.f32 largest1, 0fFF800000; mov.f32 total0, 0f00000000; mov.f32 total1, 0f00000000;");
        CudaAsm.Emit("mov.f32 factor, %0;", shape.Scale * Log2OfE);
        var pairs = new TensorAttentionPairs { Shape = shape, Batch = item.Batch, Head = item.Head, FirstRow = item.FirstRow + FirstRowOfWarp };
        int columnsAt = ColumnsAt(), numbersAt = SecondTile + NumbersAt(format.ElementBytes), stage = 0;
        int firstKey = shape.FirstKey(item.FirstRow), endKey = shape.EndKey(item.FirstRow + item.Rows);
        if (head.HasTwoStages && firstKey < endKey)
            CopyKeys(shape, key, value, item.Batch, keyHead, firstKey, head, 0);
        for (; firstKey < endKey; firstKey += Columns)
        {
            if (!head.HasTwoStages)
            {
                Group.Barrier();
                CopyKeys(shape, key, value, item.Batch, keyHead, firstKey, head, 0);
            }
            Await();
            int ahead = head.HasTwoStages ? stage ^ Stage : 0;
            if (head.HasTwoStages && firstKey + Columns < endKey)
                CopyKeys(shape, key, value, item.Batch, keyHead, firstKey + Columns, head, ahead);
            if (pairs.QueriesSee(firstKey))
            {
                MultiplyScores(format, head, columnsAt + stage);
                Weigh(pairs, firstKey);
                ShrinkSums(head);
                AddScoresToSums(format, head, numbersAt + stage);
            }
            stage = ahead;
        }
        CudaAsm.Emit(Totals);
        StoreRowNumbers();
        Group.Barrier();
        var block = result.Block(item.Batch, item.Head, item.FirstRow, item.Rows, shape.HeadSize);
        if (storesResult)
            StoreSums(shared, head, block, 1f / (1f - shape.Dropout), dividesByTotals: true);
        if (storesSums && Group.IdxX < item.Rows)
        {
            float total = TotalOfRow(shared, Group.IdxX);
            logSumExp[(item.Batch * shape.Heads + item.Head) * shape.QueryLength + item.FirstRow + Group.IdxX] =
                total == 0f ? float.NegativeInfinity : LargestOfRow(shared, Group.IdxX) * LogarithmOf2 + DeviceMath.Log(total);
        }
    }

    /// <summary>Scores become weights, relative to the largest score so far.</summary>
    static void Weigh(TensorAttentionPairs pairs, int firstKey)
    {
        CudaAsm.Emit(ScaleScores);
        if (!pairs.QueriesSeeAll(firstKey))
        {
            CudaAsm.Emit("mov.f32 fill, 0fFF800000; mov.b32 bits, %0;", pairs.VisibleToQueries(firstKey));
            CudaAsm.Emit(SelectScores);
        }
        CudaAsm.Emit(Largest);
        CudaAsm.Emit(Exponentials);
        if (pairs.Shape.Dropout != 0f)
        {
            CudaAsm.Emit("mov.f32 fill, 0f00000000; mov.b32 bits, %0;", pairs.KeptByQueries(firstKey));
            CudaAsm.Emit(SelectScores);
        }
    }
}
