using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// A product of few rows reads each number of the right operand once and multiplies it a few times: its time is that of reading. So
// there are no tiles in shared memory. A group has four rows and some columns, and its threads share the depth:
//
//   the right operand's columns lie along the depth: four columns, a warp each; a lane reads every 32nd four of it
//   its rows do:                                     sixteen columns, four lanes a row; 32 rows at a time
//
// One row has a loop of its own. Otherwise rows and columns that there are not are read as others, without a branch, and their sums
// are left. What threads have summed up is added in halves, always in the same order.

/// <summary>A product of m x k by k x n, for each item of a batch, where m is small: for the next token of a text.</summary>
public static class FewRowsProduct
{
    /// <summary>Rows of a group.</summary>
    public const int Rows = 4;

    /// <summary>Columns of a group where the right operand's columns lie along the depth, and where its rows lie along the columns.</summary>
    public const int Columns = 4, ColumnsOfRows = 16;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 128;

    /// <summary>Threads that share the depth of what a group computes.</summary>
    const int Sharers = 32;

    /// <summary>Computes what belongs to this group; slices are those of <see cref="IProductTemplate"/>.</summary>
    public static void Multiply<TLeft, TRight, TEpilogue>(int m, int n, int k, TLeft left, TRight right, TEpilogue epilogue, int slices = 1)
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TEpilogue : struct, IProductEpilogue
    {
        var shared = SharedMemory.Allocate<Four>(Rows * Threads);
        int columns = right.IsRowMajor ? ColumnsOfRows : Columns;
        var place = new TileOfProduct(Rows, columns, m, n, k, slices);
        // There are no such groups; but ILGPU computes what only a loop needs in each of its turns, and this has divisions.
        if (place.FirstColumn >= n || place.FirstDepth > k)
            return;
        // A constant where the number of rows is one, so that the other loop is left out.
        int firstRow = m <= Rows ? 0 : place.FirstRow;
        if (m - firstRow == 1)
            AddUp(new FewRows<TLeft, TRight, OneRow>(left, right, place, firstRow, m, n), shared, place);
        else
            AddUp(new FewRows<TLeft, TRight, FourRows>(left, right, place, firstRow, m, n), shared, place);
        Store(shared, place, columns, m, n, epilogue);
    }

    static void AddUp<TLeft, TRight, TRows>(FewRows<TLeft, TRight, TRows> reader, ArrayView<Four> shared, TileOfProduct place)
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TRows : struct, IRowsOfGroup
    {
        if (reader.IsAcross)
            AddAcross(reader, shared, place);
        else
            AddAlong(reader, shared, place);
    }

    /// <summary>A warp a column: its lanes' sums of four rows become one four, and then that of the column.</summary>
    static void AddAlong<TLeft, TRight, TRows>(FewRows<TLeft, TRight, TRows> reader, ArrayView<Four> shared, TileOfProduct place)
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TRows : struct, IRowsOfGroup
    {
        const int Step = Sharers * Four.Count;
        int column = reader.ColumnAt(place.FirstColumn + Group.IdxX / Sharers, last: 1), sharer = Group.IdxX & (Sharers - 1);
        FewRowsSums sums = default;
        int depth = place.FirstDepth + sharer * Four.Count, end = place.EndDepth;
        // Both are read before either is multiplied: ILGPU unrolls no loops, and each turn waits for memory.
        for (; depth + Step + Four.Count <= end; depth += 2 * Step)
        {
            Four a = reader.RightAlong(depth, column, end, isWhole: true), b = reader.RightAlong(depth + Step, column, end, isWhole: true);
            sums = reader.AddAlong(reader.AddAlong(sums, a, depth, end, isWhole: true), b, depth + Step, end, isWhole: true);
        }
        for (; depth < end; depth += Step)
            sums = reader.AddAlong(sums, reader.RightAlong(depth, column, end, isWhole: false), depth, end, isWhole: false);
        var rows = new Four { X = sums.Row0.Sum(), Y = sums.Row1.Sum(), Z = sums.Row2.Sum(), W = sums.Row3.Sum() };
        shared[Group.IdxX] = rows;
        Group.Barrier();
        for (int half = Sharers / 2; half > 0; half /= 2)
        {
            // Who writes is read by nobody until the barrier.
            if (sharer < half)
            {
                rows += shared[Group.IdxX + half];
                shared[Group.IdxX] = rows;
            }
            Group.Barrier();
        }
        Four result = default;
        var floats = shared.Cast<float>();
        int row = Group.IdxX;
        if (row < Rows)
            result = Four.LoadStrided(floats, row, Sharers * Four.Count);
        Group.Barrier();
        if (row < Rows)
            shared[row] = result;
        Group.Barrier();
    }

    /// <summary>Four columns a thread: the sums of four rows are added among the threads with the same columns.</summary>
    static void AddAcross<TLeft, TRight, TRows>(FewRows<TLeft, TRight, TRows> reader, ArrayView<Four> shared, TileOfProduct place)
        where TLeft : struct, IProductOperand
        where TRight : struct, IProductOperand
        where TRows : struct, IRowsOfGroup
    {
        const int Across = ColumnsOfRows / Four.Count;
        int column = reader.ColumnAt(place.FirstColumn + (Group.IdxX & (Across - 1)) * Four.Count, last: Four.Count), sharer = Group.IdxX / Across;
        FewRowsSums sums = default;
        int depth = place.FirstDepth + sharer, end = place.EndDepth;
        for (; depth + Sharers < end; depth += 2 * Sharers)
        {
            Four a = reader.RightAcross(depth, column), b = reader.RightAcross(depth + Sharers, column);
            sums = reader.AddAcross(reader.AddAcross(sums, a, depth), b, depth + Sharers);
        }
        if (depth < end)
            sums = reader.AddAcross(sums, reader.RightAcross(depth, column), depth);
        sums.Store(shared, Group.IdxX);
        Group.Barrier();
        for (int half = Sharers / 2; half > 0; half /= 2)
        {
            if (sharer < half)
            {
                sums = sums.Add(shared, Group.IdxX + half * Across);
                sums.Store(shared, Group.IdxX);
            }
            Group.Barrier();
        }
    }

    /// <summary>Hands the sums to the epilogue: those of a row and four columns lie so far apart as a group has threads, or next to each
    /// other where there are no more columns.</summary>
    static void Store<TEpilogue>(ArrayView<Four> shared, TileOfProduct place, int columns, int m, int n, TEpilogue epilogue)
        where TEpilogue : struct, IProductEpilogue
    {
        int across = columns / Four.Count, row = Group.IdxX / across, four = Group.IdxX & (across - 1), column = place.FirstColumn + four * Four.Count;
        if (row >= Rows || place.FirstRow + row >= m || column >= n)
            return;
        Four sums = shared[columns == Columns ? row : row * Threads + four];
        LargeProduct.StoreFour(epilogue, place.Result, n, place.FirstRow + row, column, sums);
    }
}

/// <summary>The sums of four rows: each row's are parts of one column's sum, or those of four columns.</summary>
struct FewRowsSums
{
    public Four Row0, Row1, Row2, Row3;

    public readonly void Store(ArrayView<Four> shared, int at)
    {
        shared[at] = Row0;
        shared[at + FewRowsProduct.Threads] = Row1;
        shared[at + 2 * FewRowsProduct.Threads] = Row2;
        shared[at + 3 * FewRowsProduct.Threads] = Row3;
    }

    public readonly FewRowsSums Add(ArrayView<Four> shared, int at) => new()
    {
        Row0 = Row0 + shared[at],
        Row1 = Row1 + shared[at + FewRowsProduct.Threads],
        Row2 = Row2 + shared[at + 2 * FewRowsProduct.Threads],
        Row3 = Row3 + shared[at + 3 * FewRowsProduct.Threads],
    };
}

/// <summary>How many rows a group has: a constant of its code.</summary>
interface IRowsOfGroup
{
    bool IsOne { get; }
}

readonly struct OneRow : IRowsOfGroup
{
    public bool IsOne => true;
}

/// <summary>Four, or fewer.</summary>
readonly struct FourRows : IRowsOfGroup
{
    public bool IsOne => false;
}

/// <summary>Reads what a group multiplies.</summary>
readonly struct FewRows<TLeft, TRight, TRows>(TLeft left, TRight right, TileOfProduct place, int firstRow, int m, int n)
    where TLeft : struct, IProductOperand
    where TRight : struct, IProductOperand
    where TRows : struct, IRowsOfGroup
{
    /// <summary>Whether the right operand's rows lie along the columns.</summary>
    public bool IsAcross => right.IsRowMajor;

    /// <summary>A column, or one of the last so many where it is none.</summary>
    public int ColumnAt(int column, int last)
    {
        int other = (n - 1) / last * last;
        return column < n ? column : other;
    }

    int RowAt(int row)
    {
        int wanted = firstRow + row, other = m - 1;
        return wanted < m ? wanted : other;
    }

    /// <summary>Four numbers of a column, of which those from the depth's end on are zeros, unless they are whole.</summary>
    public Four RightAlong(int depth, int column, int end, bool isWhole)
    {
        if (right.IsVector)
        {
            var four = right.LoadFour(place.Item, depth, column);
            return isWhole ? four : Four.First(four, end - depth);
        }
        return new()
        {
            X = right.Load(place.Item, depth, column),
            Y = isWhole || depth + 1 < end ? right.Load(place.Item, depth + 1, column) : 0f,
            Z = isWhole || depth + 2 < end ? right.Load(place.Item, depth + 2, column) : 0f,
            W = isWhole || depth + 3 < end ? right.Load(place.Item, depth + 3, column) : 0f,
        };
    }

    /// <summary>Adds their products with the four numbers of each row.</summary>
    public FewRowsSums AddAlong(FewRowsSums sums, Four rights, int depth, int end, bool isWhole)
    {
        sums.Row0 = Add(sums.Row0, rights, LeftAlong(0, depth, end, isWhole));
        if (default(TRows).IsOne)
            return sums;
        sums.Row1 = Add(sums.Row1, rights, LeftAlong(1, depth, end, isWhole));
        sums.Row2 = Add(sums.Row2, rights, LeftAlong(2, depth, end, isWhole));
        sums.Row3 = Add(sums.Row3, rights, LeftAlong(3, depth, end, isWhole));
        return sums;
    }

    static Four Add(Four sums, Four a, Four b) => new() { X = sums.X + a.X * b.X, Y = sums.Y + a.Y * b.Y, Z = sums.Z + a.Z * b.Z, W = sums.W + a.W * b.W };

    Four LeftAlong(int row, int depth, int end, bool isWhole)
    {
        int actual = RowAt(row);
        if (left.IsRowMajor && left.IsVector)
        {
            var four = left.LoadFour(place.Item, actual, depth);
            return isWhole ? four : Four.First(four, end - depth);
        }
        return new()
        {
            X = left.Load(place.Item, actual, depth),
            Y = isWhole || depth + 1 < end ? left.Load(place.Item, actual, depth + 1) : 0f,
            Z = isWhole || depth + 2 < end ? left.Load(place.Item, actual, depth + 2) : 0f,
            W = isWhole || depth + 3 < end ? left.Load(place.Item, actual, depth + 3) : 0f,
        };
    }

    /// <summary>The numbers of four columns.</summary>
    public Four RightAcross(int depth, int column)
    {
        if (right.IsVector)
            return right.LoadFour(place.Item, depth, column);
        return new()
        {
            X = right.Load(place.Item, depth, column),
            Y = column + 1 < n ? right.Load(place.Item, depth, column + 1) : 0f,
            Z = column + 2 < n ? right.Load(place.Item, depth, column + 2) : 0f,
            W = column + 3 < n ? right.Load(place.Item, depth, column + 3) : 0f,
        };
    }

    /// <summary>Adds their products with the number of each row.</summary>
    public FewRowsSums AddAcross(FewRowsSums sums, Four rights, int depth)
    {
        sums.Row0 = Four.MultiplyAdd(LeftAt(0, depth), rights, sums.Row0);
        if (default(TRows).IsOne)
            return sums;
        sums.Row1 = Four.MultiplyAdd(LeftAt(1, depth), rights, sums.Row1);
        sums.Row2 = Four.MultiplyAdd(LeftAt(2, depth), rights, sums.Row2);
        sums.Row3 = Four.MultiplyAdd(LeftAt(3, depth), rights, sums.Row3);
        return sums;
    }

    float LeftAt(int row, int depth) => left.Load(place.Item, RowAt(row), depth);
}
