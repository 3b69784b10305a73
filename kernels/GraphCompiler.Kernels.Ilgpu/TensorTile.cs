using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

// A step's part of an operand is 64 bytes of depth of each place of a tile, in shared memory as it lies in global memory:
//
//   deep (neighbours follow the depth): a row of 64 bytes a place, two to a line of all 32 banks
//   wide (neighbours are places):       a row of all the tile's places a depth
//
// in pieces of 16 bytes, which are copied at once. Within a line of 128 bytes the pieces are permuted: piece c of row r lies at
// c ^ swizzle(r). The swizzle is chosen so that the eight rows which a matrix of ldmatrix takes (or the four depths which 32 lanes
// read as floats) lie in different banks, and copies meet none either. It only depends on the lane: all other strides of a
// thread's reads are multiples of the swizzle's period.

/// <summary>What a thread copies of each part of an operand's tile, and where it reads its fragments of them.</summary>
/// <typeparam name="TSide">The operand.</typeparam>
/// <typeparam name="TFormat">The format of the product.</typeparam>
readonly struct TensorTile<TSide, TFormat>
    where TSide : struct, IProductSide
    where TFormat : struct, ITensorFormat
{
    /// <summary>Bytes of depth in a step.</summary>
    public const int DepthBytes = 64;

    /// <summary>How many bytes of shared memory all threads fill with one piece each.</summary>
    const int Round = TensorProduct.Threads * 16;

    readonly TSide side;
    readonly TFormat format;
    readonly int item, shared, line, lines, lineStep, along, alongEnd, placeBase, rowBytes;

    /// <summary>Finds this thread's pieces, and begins to copy.</summary>
    /// <param name="side">The operand.</param>
    /// <param name="format">The format of the product.</param>
    /// <param name="shared">Where the parts begin in a stage's shared memory.</param>
    /// <param name="size">The places of a tile.</param>
    /// <param name="item">The product of the batch.</param>
    /// <param name="firstPlace">The first place of the tile.</param>
    /// <param name="places">How many places the operand has.</param>
    /// <param name="firstDepth">The depth that copies begin at.</param>
    /// <param name="depths">How deep it is.</param>
    public TensorTile(TSide side, TFormat format, int shared, int size, int item, int firstPlace, int places, int firstDepth, int depths)
    {
        this.side = side;
        this.format = format;
        this.item = item;
        int bytes = format.ElementBytes;
        rowBytes = side.IsDeep ? DepthBytes : size * bytes;
        int pieces = rowBytes / 16, piece = Group.IdxX & (pieces - 1), row = Group.IdxX / pieces;
        int swizzle = side.IsDeep ? (row >> 1) & 3 : bytes == 2 ? row & 7 : (row & 3) * 2;
        this.shared = shared + row * rowBytes + ((piece ^ swizzle) << 4);
        placeBase = shared;
        line = side.IsDeep ? firstPlace + row : row;
        lines = side.IsDeep ? places : depths;
        lineStep = Round / rowBytes;
        along = (side.IsDeep ? 0 : firstPlace * bytes) + piece * 16;
        alongEnd = (side.IsDeep ? depths : places) * bytes;
        if (side.IsStored)
            BeginCopies(firstDepth);
    }

    /// <summary>
    /// Rows beyond the operand's places are read as its last one: they add to sums that nobody takes. What lies beyond its depth
    /// becomes zero.
    /// </summary>
    void BeginCopies(int firstDepth)
    {
        int bytes = format.ElementBytes, rest = alongEnd - along, piece = rest < 0 ? 0 : rest;
        long stride = (long)side.Stride * bytes;
        nuint address = side.Address(item);
        if (!side.IsDeep)
        {
            piece = piece > 16 ? 16 : piece;
            side.BeginWide(shared, address, (firstDepth + line) * stride + along, lineStep * stride, piece, (lines - firstDepth - line) * (16 / lineStep));
            return;
        }
        int from = along + firstDepth * bytes;
        side.BeginDeep(shared, address, new()
        {
            First = RowAt(line) * stride + from,
            Second = RowAt(line + lineStep) * stride + from,
            Third = RowAt(line + 2 * lineStep) * stride + from,
            Fourth = RowAt(line + 3 * lineStep) * stride + from,
        }, rest - firstDepth * bytes);
    }

    int RowAt(int row) => row < lines ? row : lines - 1;

    /// <summary>Copies the next step's part to a stage, in the background.</summary>
    public void Copy(int stage, int rounds) => side.Copy(stage, rounds > 2);

    /// <summary>Reads what this thread contributes to a step's part, for <see cref="Store"/>.</summary>
    public TensorPieces Load(int depth, int rounds)
    {
        int row = line + (side.IsDeep ? 0 : depth), column = along / format.ElementBytes + (side.IsDeep ? depth : 0);
        return new()
        {
            First = LoadPiece(row, column),
            Second = LoadPiece(row + lineStep, column),
            Third = rounds > 2 ? LoadPiece(row + 2 * lineStep, column) : default,
            Fourth = rounds > 2 ? LoadPiece(row + 3 * lineStep, column) : default,
        };
    }

    /// <summary>Rounds what was read, and writes it to a stage.</summary>
    public void Store(int stage, int rounds, TensorPieces pieces)
    {
        format.Store(stage + shared, pieces.First.First, pieces.First.Second);
        format.Store(stage + shared + Round, pieces.Second.First, pieces.Second.Second);
        if (rounds > 2)
        {
            format.Store(stage + shared + 2 * Round, pieces.Third.First, pieces.Third.Second);
            format.Store(stage + shared + 3 * Round, pieces.Fourth.First, pieces.Fourth.Second);
        }
    }

    TensorPiece LoadPiece(int row, int column) => new()
    {
        First = LoadFour(row, column),
        Second = format.ElementBytes == 2 ? LoadFour(row, column + 4) : default,
    };

    Four LoadFour(int row, int column)
    {
        int end = row < lines ? alongEnd / format.ElementBytes : 0;
        if (side.IsVector)
        {
            if (column >= end)
                return default;
            return side.IsDeep ? Four.First(side.LoadFour(item, row, column), end - column) : side.LoadFour(item, column, row);
        }
        return new() { X = LoadOne(row, column, end), Y = LoadOne(row, column + 1, end), Z = LoadOne(row, column + 2, end), W = LoadOne(row, column + 3, end) };
    }

    float LoadOne(int row, int column, int end)
    {
        if (column >= end)
            return 0f;
        return side.IsDeep ? side.Load(item, row, column) : side.Load(item, column, row);
    }

    /// <summary>Fragments are read of the places of a tile from one on.</summary>
    public void BeginFragments(int place)
    {
        int first = FragmentAt(place);
        side.BeginFragments(first, SecondHalf(first));
    }

    /// <summary>
    /// Where a lane reads fragments of a stage: the first half of its depth, at a place of the tile. The second half lies at
    /// <see cref="SecondHalf"/>.
    /// </summary>
    int FragmentAt(int place)
    {
        // Of the four matrices that eight lanes each give the rows of, the left side's second, and the right one's third, are eight places further.
        int lane = Group.IdxX & 31, row = lane & 7, second = (lane >> 3) & 1, third = lane >> 4;
        int further = side.IsLeft ? second : third, deeper = side.IsLeft ? third : second;
        if (side.IsDeep)
            return placeBase + (place + further * 8 + row) * DepthBytes + ((deeper ^ ((row >> 1) & 3)) << 4);
        if (format.ElementBytes == 2)
            return placeBase + (deeper * 8 + row) * rowBytes + (((place / 8 + further) ^ row) << 4);
        int depth = lane & 3, among = lane >> 2;
        return placeBase + depth * rowBytes + (((place / 4 + (among >> 2)) ^ (depth * 2)) << 4) + (among & 3) * 4;
    }

    /// <summary>From where the first half of a step's depth is read to where the second is.</summary>
    int SecondHalf(int at) => side.IsDeep ? at ^ (DepthBytes / 2) : at + DepthBytes / 2 / format.ElementBytes * rowBytes;

    /// <summary>Bytes to four depths further, in tiles of floats whose places lie next to each other.</summary>
    public int Further => 4 * rowBytes;

    /// <summary>Whether fragments are read float by float.</summary>
    public bool ReadsSingles => !side.IsDeep && format.ElementBytes == 4;

    public bool IsDeep => side.IsDeep;

    public bool IsStored => side.IsStored;
}

/// <summary>Elements of 16 bytes of a part: eight of 16 bits, or four of 32, which leave the second four unused.</summary>
struct TensorPiece
{
    public Four First, Second;
}

/// <summary>What a thread contributes to a part.</summary>
struct TensorPieces
{
    public TensorPiece First, Second, Third, Fourth;
}
