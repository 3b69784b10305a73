using ILGPU;
using ILGPU.Runtime.Cuda;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionArithmetic;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionProducts;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionRegisters;
using static GraphCompiler.Kernels.Ilgpu.TensorAttentionTiles;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// The gradients of attention on tensor cores, by the formulas of <see cref="AttentionBackward"/>. Scores are the products of
/// queries and keys, products those of values and cotangents. Factors that all of a sum has, the scale and what dropout multiplies by, come
/// last; so the numbers d of the queries are multiplied by the share that dropout keeps.
/// </summary>
static class TensorAttentionBackward
{
    /// <summary>The gradients of this group's block of keys and values: rows are keys, columns queries.</summary>
    public static void KeysAndValues<TFormat, TQuery, TKey, TValue, TCotangent>(
        TFormat format, AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas,
        HeadTensor<Float32View> keyGradient, bool storesKeys, HeadTensor<Float32View> valueGradient, bool storesValues)
        where TFormat : struct, ITensorFormat
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView
    {
        var shared = Begin();
        var head = new TensorHead(shape.HeadSize, format.ElementBytes);
        var item = AttentionItem.OfGroup(shape.KeyLength, shape.KeyHeads, TensorAttentionGroups.PartsOfKeys(shape.HeadSize, format.ElementBytes));
        bool sumsKeys = storesKeys && (head.HasTwoStages || item.Part == 0), sumsValues = storesValues && (head.HasTwoStages || item.Part == 1);
        int existing = shape.KeyCount - item.FirstRow < item.Rows ? shape.KeyCount - item.FirstRow : item.Rows;
        CudaAsm.Emit(ClearSums);
        CudaAsm.Emit(ClearOthers);
        CudaAsm.Emit("mov.f32 fill, 0f00000000; mov.f32 factor, %0;", shape.Scale * Log2OfE);
        if (existing > 0)
        {
            LoadRows(format, head, key, value, item.Batch, item.Head, item.FirstRow, existing);
            var visit = new Visit
            {
                Head = item.Head * (shape.Heads / shape.KeyHeads),
                Query = shape.FirstQuery(item.FirstRow),
                FirstQuery = shape.FirstQuery(item.FirstRow),
                EndQuery = shape.EndQuery(item.FirstRow + existing),
            };
            int visits = visit.FirstQuery < visit.EndQuery ? shape.Heads / shape.KeyHeads * ((visit.EndQuery - visit.FirstQuery + Columns - 1) / Columns) : 0;
            var numbers = new NumbersOfQueries { Shape = shape, LogSumExp = logSumExp, LogSumExpAt = logSumExpAt, Deltas = deltas, Batch = item.Batch };
            var pairs = new TensorAttentionPairs { Shape = shape, Batch = item.Batch, FirstRow = item.FirstRow + FirstRowOfWarp };
            int columnsAt = ColumnsAt(), numbersAt = NumbersAt(format.ElementBytes), stage = 0;
            if (head.HasTwoStages && visits > 0)
            {
                CopyQueries(shape, query, cotangent, item.Batch, visit, head, 0);
                numbers.Store(shared, 0, numbers.OfColumn(visit));
            }
            for (; visits > 0; visits--)
            {
                if (!head.HasTwoStages)
                {
                    Group.Barrier();
                    CopyQueries(shape, query, cotangent, item.Batch, visit, head, 0);
                    numbers.Store(shared, 0, numbers.OfColumn(visit));
                }
                Await();
                int ahead = head.HasTwoStages ? stage ^ Stage : 0;
                var next = visit.Next();
                NumbersOfQuery ofNext = default;
                if (head.HasTwoStages && visits > 1)
                {
                    CopyQueries(shape, query, cotangent, item.Batch, next, head, ahead);
                    ofNext = numbers.OfColumn(next);
                }
                pairs.Head = visit.Head;
                if (pairs.KeysAreSeen(visit.Query))
                {
                    MultiplyScores(format, head, columnsAt + stage);
                    if (sumsKeys)
                        MultiplyProducts(format, head, SecondTile + columnsAt + stage);
                    Weigh(pairs, visit.Query, stage, sumsKeys);
                    if (sumsKeys)
                        AddProductsToSums(format, head, numbersAt + stage);
                    if (sumsValues && pairs.Shape.Dropout != 0f)
                        CudaAsm.Emit(SelectScores);
                    if (sumsValues && head.HasTwoStages)
                        AddScoresToOthers(format, head, SecondTile + numbersAt + stage);
                    else if (sumsValues)
                        AddScoresToSums(format, head, SecondTile + numbersAt + stage);
                }
                if (head.HasTwoStages && visits > 1)
                    numbers.Store(shared, ahead, ofNext);
                stage = ahead;
                visit = next;
            }
        }
        float kept = 1f / (1f - shape.Dropout);
        var keys = keyGradient.Block(item.Batch, item.Head, item.FirstRow, item.Rows, shape.HeadSize);
        var values = valueGradient.Block(item.Batch, item.Head, item.FirstRow, item.Rows, shape.HeadSize);
        if (sumsKeys)
            StoreSums(shared, head, keys, shape.Scale * kept, dividesByTotals: false);
        if (sumsValues && head.HasTwoStages)
            StoreOthers(shared, values, kept);
        else if (sumsValues)
            StoreSums(shared, head, values, kept, dividesByTotals: false);
    }

    /// <summary>The gradients of this group's block of queries: rows are queries, columns keys.</summary>
    public static void Queries<TFormat, TQuery, TKey, TValue, TCotangent>(
        TFormat format, AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TKey> key, HeadTensor<TValue> value, HeadTensor<TCotangent> cotangent,
        ArrayView<float> logSumExp, int logSumExpAt, ArrayView<float> deltas, HeadTensor<Float32View> queryGradient)
        where TFormat : struct, ITensorFormat
        where TQuery : struct, INumberView
        where TKey : struct, INumberView
        where TValue : struct, INumberView
        where TCotangent : struct, INumberView
    {
        var shared = Begin();
        var head = new TensorHead(shape.HeadSize, format.ElementBytes);
        var item = AttentionItem.OfGroup(shape.QueryLength, shape.Heads, 1);
        int keyHead = item.Head / (shape.Heads / shape.KeyHeads);
        LoadRows(format, head, query, cotangent, item.Batch, item.Head, item.FirstRow, item.Rows);
        CudaAsm.Emit(ClearSums);
        CudaAsm.Emit("mov.f32 fill, 0f00000000; mov.f32 factor, %0;", shape.Scale * Log2OfE);
        var pairs = new TensorAttentionPairs { Shape = shape, Batch = item.Batch, Head = item.Head, FirstRow = item.FirstRow + FirstRowOfWarp };
        var numbers = new NumbersOfQueries { Shape = shape, LogSumExp = logSumExp, LogSumExpAt = logSumExpAt, Deltas = deltas, Batch = item.Batch };
        int ownQuery = pairs.FirstRow + UpperRow;
        NumbersOfQuery upper = numbers.Of(item.Head, ownQuery), lower = numbers.Of(item.Head, ownQuery + 8);
        CudaAsm.Emit("mov.f32 low0, %0; mov.f32 delta0, %1;", upper.Low, upper.Delta);
        CudaAsm.Emit("mov.f32 low1, %0; mov.f32 delta1, %1;", lower.Low, lower.Delta);
        int columnsAt = ColumnsAt(), numbersAt = NumbersAt(format.ElementBytes), stage = 0;
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
                MultiplyProducts(format, head, SecondTile + columnsAt + stage);
                CudaAsm.Emit(WeightsOfRows);
                if (!pairs.QueriesSeeAll(firstKey))
                    Select(pairs.VisibleToQueries(firstKey));
                if (shape.Dropout != 0f)
                {
                    CudaAsm.Emit("mov.b32 bits, %0;", pairs.KeptByQueries(firstKey));
                    CudaAsm.Emit(SelectProducts);
                }
                CudaAsm.Emit(GradientsOfRows);
                AddProductsToSums(format, head, numbersAt + stage);
            }
            stage = ahead;
        }
        var block = queryGradient.Block(item.Batch, item.Head, item.FirstRow, item.Rows, shape.HeadSize);
        StoreSums(shared, head, block, shape.Scale / (1f - shape.Dropout), dividesByTotals: false);
    }

    /// <summary>Scores become weights and, if wanted, products the gradients of scores; <c>bits</c> then says which pairs dropout keeps.</summary>
    static void Weigh(TensorAttentionPairs pairs, int firstQuery, int stage, bool wantsGradients)
    {
        int at = ColumnNumbersAt(stage) + FirstColumn * sizeof(float);
        CudaAsm.Emit("add.u32 at, tiles, %0;", at);
        CudaAsm.Emit(WeightsOfColumns);
        if (!pairs.KeysAreSeenByAll(firstQuery))
            Select(pairs.VisibleOfKeys(firstQuery));
        if (pairs.Shape.Dropout != 0f)
            CudaAsm.Emit("mov.b32 bits, %0;", pairs.KeptOfKeys(firstQuery));
        if (!wantsGradients)
            return;
        if (pairs.Shape.Dropout != 0f)
            CudaAsm.Emit(SelectProducts);
        CudaAsm.Emit("add.u32 at, tiles, %0;", at + Columns * sizeof(float));
        CudaAsm.Emit(GradientsOfColumns);
    }

    /// <summary>Pairs that do not count have neither weight nor product.</summary>
    static void Select(int visible)
    {
        CudaAsm.Emit("mov.b32 bits, %0;", visible);
        CudaAsm.Emit(SelectScores);
        CudaAsm.Emit(SelectProducts);
    }

    /// <summary>Reads both matrices of the group's rows, one after the other through the tiles.</summary>
    static void LoadRows<TFormat, TFirst, TSecond>(
        TFormat format, TensorHead layout, HeadTensor<TFirst> first, HeadTensor<TSecond> second, int batch, int head, int firstTime, int count)
        where TFormat : struct, ITensorFormat
        where TFirst : struct, INumberView
        where TSecond : struct, INumberView
    {
        int rows = TensorAttentionGroups.Rows(Group.DimX);
        Copy(first, batch, head, firstTime, count, rows, layout, 0);
        Await();
        LoadFirst(format, layout);
        Group.Barrier();
        Copy(second, batch, head, firstTime, count, rows, layout, 0);
        Await();
        LoadSecond(format, layout);
        Group.Barrier();
    }

    static void CopyQueries<TQuery, TCotangent>(AttentionShape shape, HeadTensor<TQuery> query, HeadTensor<TCotangent> cotangent, int batch, Visit visit, TensorHead layout,
        int stage)
        where TQuery : struct, INumberView
        where TCotangent : struct, INumberView
    {
        int count = shape.QueryLength - visit.Query;
        Copy(query, batch, visit.Head, visit.Query, count, Columns, layout, stage);
        Copy(cotangent, batch, visit.Head, visit.Query, count, Columns, layout, SecondTile + stage);
    }

    /// <summary>Which queries a group of keys meets next: it goes through those of a head, and then to the next head that reads the keys.</summary>
    struct Visit
    {
        public int Head, Query, FirstQuery, EndQuery;

        public readonly Visit Next()
        {
            bool isLast = Query + Columns >= EndQuery;
            return new() { Head = isLast ? Head + 1 : Head, Query = isLast ? FirstQuery : Query + Columns, FirstQuery = FirstQuery, EndQuery = EndQuery };
        }
    }

    /// <summary>What is known of a query: minus the log-sum-exp of its scores, for powers of two, and d.</summary>
    struct NumbersOfQuery
    {
        public float Low, Delta;
    }

    struct NumbersOfQueries
    {
        public AttentionShape Shape;
        public ArrayView<float> LogSumExp, Deltas;
        public int LogSumExpAt, Batch;

        /// <summary>Of one without keys, and behind the last one, weights become zeros.</summary>
        public readonly NumbersOfQuery Of(int head, int query)
        {
            int at = (Batch * Shape.Heads + head) * Shape.QueryLength + query;
            if (query >= Shape.QueryLength)
                return new() { Low = float.NegativeInfinity, Delta = 0f };
            float logSumExp = LogSumExp[LogSumExpAt + at];
            return new() { Low = logSumExp == float.NegativeInfinity ? logSumExp : -Log2OfE * logSumExp, Delta = Deltas[at] * (1f - Shape.Dropout) };
        }

        /// <summary>Of the query that is this thread's column, in threads that have one.</summary>
        public readonly NumbersOfQuery OfColumn(Visit visit) => Group.IdxX < Columns ? Of(visit.Head, visit.Query + Group.IdxX) : default;

        public readonly void Store(ArrayView<Four> shared, int stage, NumbersOfQuery numbers)
        {
            if (Group.IdxX >= Columns)
                return;
            var floats = shared.Cast<float>();
            int at = ColumnNumbersAt(stage) / sizeof(float) + Group.IdxX;
            floats[at] = numbers.Low;
            floats[at + Columns] = numbers.Delta;
        }
    }
}
