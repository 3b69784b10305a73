using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>Some positions of a head: rows of <see cref="Width"/> numbers.</summary>
public struct HeadBlock<TValues>
    where TValues : struct, INumberView
{
    /// <summary>The memory.</summary>
    public TValues Values;

    /// <summary>The place of the first row, and elements from one to the next.</summary>
    public int Start, TimeStride;

    /// <summary>How many rows there are, and how many numbers each has.</summary>
    public int Count, Width;

    /// <summary>Whether all rows begin, and end, at multiples of four elements.</summary>
    public bool IsAligned;

    /// <summary>Four neighbours of a row; zeros outside.</summary>
    public readonly Four Load(int row, int column)
    {
        if (row >= Count || column >= Width)
            return default;
        int place = Start + row * TimeStride + column;
        if (IsAligned)
            return Values.LoadFour(place);
        return new()
        {
            X = Values[place],
            Y = column + 1 < Width ? Values[place + 1] : 0f,
            Z = column + 2 < Width ? Values[place + 2] : 0f,
            W = column + 3 < Width ? Values[place + 3] : 0f,
        };
    }

    /// <summary>Stores four neighbours of a row, but nothing outside.</summary>
    public readonly void Store(int row, int column, Four values)
    {
        if (row >= Count || column >= Width)
            return;
        int place = Start + row * TimeStride + column;
        if (IsAligned)
        {
            Values.StoreFour(place, values);
            return;
        }
        Values.Store(place, values.X);
        if (column + 1 < Width)
            Values.Store(place + 1, values.Y);
        if (column + 2 < Width)
            Values.Store(place + 2, values.Z);
        if (column + 3 < Width)
            Values.Store(place + 3, values.W);
    }
}

/// <summary>A thread's part of a tile, in registers: eight rows, and four columns of each.</summary>
public struct TilePart
{
    /// <summary>How many rows it has.</summary>
    public const int Rows = 8;

    /// <summary>The rows.</summary>
    public Four R0, R1, R2, R3, R4, R5, R6, R7;

    /// <summary>The rows multiplied by a number each.</summary>
    public static TilePart Scale(TilePart x, Four upper, Four lower) => new()
    {
        R0 = x.R0 * upper.X,
        R1 = x.R1 * upper.Y,
        R2 = x.R2 * upper.Z,
        R3 = x.R3 * upper.W,
        R4 = x.R4 * lower.X,
        R5 = x.R5 * lower.Y,
        R6 = x.R6 * lower.Z,
        R7 = x.R7 * lower.W,
    };

    /// <summary>The largest numbers of the first four rows, or of the others.</summary>
    public static Four LargestOfRows(TilePart x, bool upper) => upper
        ? new() { X = x.R0.Max(), Y = x.R1.Max(), Z = x.R2.Max(), W = x.R3.Max() }
        : new() { X = x.R4.Max(), Y = x.R5.Max(), Z = x.R6.Max(), W = x.R7.Max() };

    /// <summary>The sums of the first four rows, or of the others.</summary>
    public static Four SumsOfRows(TilePart x, bool upper) => upper
        ? new() { X = x.R0.Sum(), Y = x.R1.Sum(), Z = x.R2.Sum(), W = x.R3.Sum() }
        : new() { X = x.R4.Sum(), Y = x.R5.Sum(), Z = x.R6.Sum(), W = x.R7.Sum() };
}

/// <summary>
/// What all passes of attention do. Sixteen threads, a team, have eight rows of a tile; each of its threads has every
/// sixteenth column of 64, or, of the sums over a head's numbers, four neighbouring ones. So a group of 128 threads has 64
/// rows; smaller groups have fewer. Operands pass through shared memory in chunks that 16 bytes at a time are read from,
/// by neighbours from different banks: of products 32 numbers of each row, of weighted sums 64 of each, so their size
/// does not depend on the size of a head.
/// </summary>
static class AttentionTiles
{
    /// <summary>Columns of a tile, and numbers of a head that a group sums up.</summary>
    public const int Columns = 64;

    /// <summary>How many groups share the numbers of a head.</summary>
    public static int Parts(int headSize) => (headSize + Columns - 1) / Columns;

    /// <summary>Threads that share rows.</summary>
    public const int Team = 16;

    /// <summary>Fours of shared memory that a group of 128 threads needs.</summary>
    public const int SharedFours = WeightsAt + MostTeams * WeightsOfTeam;

    const int MostTeams = 8;

    /// <summary>Fours of a chunk's row, and from one to the next; a team's eight rows begin where the team before leaves one more out.</summary>
    const int ChunkFours = 8, ChunkStride = ChunkFours + 1, RowsOfTeam = (TilePart.Rows * ChunkStride) + 1;

    /// <summary>Where the chunks of a tile's columns begin, and behind them the weights.</summary>
    const int ColumnsAt = MostTeams * RowsOfTeam, WeightsAt = ColumnsAt + (Columns * ChunkStride);

    /// <summary>Fours of a row of weights, of a team's rows with a gap, and of the numbers of a head that are summed up.</summary>
    const int WeightFours = Columns / Four.Count, WeightsOfTeam = (TilePart.Rows * WeightFours) + 4, ValueFours = Columns / Four.Count;

    /// <summary>This thread's number in its team; devices divide to find a remainder, but not for these bits.</summary>
    public static int Member => Group.IdxX & (Team - 1);

    /// <summary>The first of this thread's rows of a tile.</summary>
    public static int FirstRow => Group.IdxX / Team * TilePart.Rows;

    /// <summary>Where threads without warps exchange numbers while no weights lie there.</summary>
    public static ArrayView<Four> Exchange(ArrayView<Four> shared) => shared.SubView(WeightsAt, MostTeams * Team);

    /// <summary>The products of this thread's rows of one block and columns of another, over the numbers of a head.</summary>
    public static TilePart Products<TRows, TColumns>(ArrayView<Four> shared, HeadBlock<TRows> rows, HeadBlock<TColumns> columns)
        where TRows : struct, INumberView
        where TColumns : struct, INumberView
    {
        int team = Group.IdxX / Team, member = Member, rowsOfGroup = Group.DimX / Team * TilePart.Rows;
        TilePart sums = default;
        for (int first = 0; first < rows.Width; first += ChunkFours * Four.Count)
        {
            Group.Barrier();
            for (int i = Group.IdxX; i < rowsOfGroup * ChunkFours; i += Group.DimX)
            {
                int row = i / ChunkFours, four = i & (ChunkFours - 1);
                shared[row * ChunkStride + row / TilePart.Rows + four] = rows.Load(row, first + four * Four.Count);
            }
            for (int i = Group.IdxX; i < Columns * ChunkFours; i += Group.DimX)
            {
                int row = i / ChunkFours, four = i & (ChunkFours - 1);
                shared[ColumnsAt + row * ChunkStride + four] = columns.Load(row, first + four * Four.Count);
            }
            Group.Barrier();
            int ownRows = team * RowsOfTeam, ownColumns = ColumnsAt + member * ChunkStride;
            for (int four = 0; four < ChunkFours; four++)
            {
                Four a = shared[ownColumns + four], b = shared[ownColumns + Team * ChunkStride + four];
                Four c = shared[ownColumns + 2 * Team * ChunkStride + four], d = shared[ownColumns + 3 * Team * ChunkStride + four];
                sums.R0 = AddProducts(sums.R0, shared[ownRows + 0 * ChunkStride + four], a, b, c, d);
                sums.R1 = AddProducts(sums.R1, shared[ownRows + 1 * ChunkStride + four], a, b, c, d);
                sums.R2 = AddProducts(sums.R2, shared[ownRows + 2 * ChunkStride + four], a, b, c, d);
                sums.R3 = AddProducts(sums.R3, shared[ownRows + 3 * ChunkStride + four], a, b, c, d);
                sums.R4 = AddProducts(sums.R4, shared[ownRows + 4 * ChunkStride + four], a, b, c, d);
                sums.R5 = AddProducts(sums.R5, shared[ownRows + 5 * ChunkStride + four], a, b, c, d);
                sums.R6 = AddProducts(sums.R6, shared[ownRows + 6 * ChunkStride + four], a, b, c, d);
                sums.R7 = AddProducts(sums.R7, shared[ownRows + 7 * ChunkStride + four], a, b, c, d);
            }
        }
        return sums;
    }

    /// <summary>Stores this thread's rows of weights; a barrier must lie between this and their last use, and their next.</summary>
    public static void StoreWeights(ArrayView<Four> shared, TilePart weights)
    {
        var floats = shared.Cast<float>();
        int at = Four.Count * (WeightsAt + Group.IdxX / Team * WeightsOfTeam) + Member;
        StoreRow(floats, at + 0 * Columns, weights.R0);
        StoreRow(floats, at + 1 * Columns, weights.R1);
        StoreRow(floats, at + 2 * Columns, weights.R2);
        StoreRow(floats, at + 3 * Columns, weights.R3);
        StoreRow(floats, at + 4 * Columns, weights.R4);
        StoreRow(floats, at + 5 * Columns, weights.R5);
        StoreRow(floats, at + 6 * Columns, weights.R6);
        StoreRow(floats, at + 7 * Columns, weights.R7);
    }

    /// <summary>Adds to this thread's sums the rows of a block, four numbers of each from a column on, times the stored weights.</summary>
    public static TilePart AddWeighted<TValues>(ArrayView<Four> shared, TilePart sums, HeadBlock<TValues> values, int firstColumn)
        where TValues : struct, INumberView
    {
        int member = Member, ownWeights = WeightsAt + Group.IdxX / Team * WeightsOfTeam;
        int steps = (values.Count + Four.Count - 1) / Four.Count;
        Group.Barrier();
        for (int i = Group.IdxX; i < steps * Four.Count * ValueFours; i += Group.DimX)
            shared[i] = values.Load(i / ValueFours, firstColumn + (i & (ValueFours - 1)) * Four.Count);
        Group.Barrier();
        for (int step = 0; step < steps; step++)
        {
            int at = step * Four.Count * ValueFours + member;
            Four a = shared[at], b = shared[at + ValueFours], c = shared[at + 2 * ValueFours], d = shared[at + 3 * ValueFours];
            sums.R0 = AddRows(sums.R0, shared[ownWeights + 0 * WeightFours + step], a, b, c, d);
            sums.R1 = AddRows(sums.R1, shared[ownWeights + 1 * WeightFours + step], a, b, c, d);
            sums.R2 = AddRows(sums.R2, shared[ownWeights + 2 * WeightFours + step], a, b, c, d);
            sums.R3 = AddRows(sums.R3, shared[ownWeights + 3 * WeightFours + step], a, b, c, d);
            sums.R4 = AddRows(sums.R4, shared[ownWeights + 4 * WeightFours + step], a, b, c, d);
            sums.R5 = AddRows(sums.R5, shared[ownWeights + 5 * WeightFours + step], a, b, c, d);
            sums.R6 = AddRows(sums.R6, shared[ownWeights + 6 * WeightFours + step], a, b, c, d);
            sums.R7 = AddRows(sums.R7, shared[ownWeights + 7 * WeightFours + step], a, b, c, d);
        }
        return sums;
    }

    /// <summary>Stores this thread's sums to rows of a block.</summary>
    public static void Store(HeadBlock<Float32View> block, int firstColumn, TilePart sums)
    {
        int row = FirstRow, column = firstColumn + Member * Four.Count;
        block.Store(row, column, sums.R0);
        block.Store(row + 1, column, sums.R1);
        block.Store(row + 2, column, sums.R2);
        block.Store(row + 3, column, sums.R3);
        block.Store(row + 4, column, sums.R4);
        block.Store(row + 5, column, sums.R5);
        block.Store(row + 6, column, sums.R6);
        block.Store(row + 7, column, sums.R7);
    }

    static void StoreRow(ArrayView<float> floats, int at, Four weights)
    {
        floats[at] = weights.X;
        floats[at + Team] = weights.Y;
        floats[at + 2 * Team] = weights.Z;
        floats[at + 3 * Team] = weights.W;
    }

    /// <summary>Adds four numbers of a row times those of four columns.</summary>
    static Four AddProducts(Four sums, Four row, Four a, Four b, Four c, Four d) => new()
    {
        X = AddProduct(sums.X, row, a),
        Y = AddProduct(sums.Y, row, b),
        Z = AddProduct(sums.Z, row, c),
        W = AddProduct(sums.W, row, d),
    };

    static float AddProduct(float sum, Four x, Four y) => sum + x.X * y.X + x.Y * y.Y + x.Z * y.Z + x.W * y.W;

    /// <summary>Adds four rows times their weights.</summary>
    static Four AddRows(Four sums, Four weights, Four a, Four b, Four c, Four d)
    {
        sums = Four.MultiplyAdd(weights.X, a, sums);
        sums = Four.MultiplyAdd(weights.Y, b, sums);
        sums = Four.MultiplyAdd(weights.Z, c, sums);
        return Four.MultiplyAdd(weights.W, d, sums);
    }
}
