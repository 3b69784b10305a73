using GraphCompiler.Kernels.Ilgpu;
using ILGPU;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>Kernels of one product each.</summary>
public static class ProductKernels
{
    public struct Arguments
    {
        public ArrayView<float> Left, Right, Bias, Result;
        public int Rows, Columns, Depth, LeftTransposed, RightTransposed, ByFours;
    }

    /// <summary>|x| * 2, of a matrix that may lie transposed.</summary>
    public struct Operand : IProductOperand
    {
        public ArrayView<float> Values;
        public int Height, Width, Transposed, IsComputed, ByFours;

        public readonly bool IsRowMajor => Transposed == 0;

        public readonly float Load(int item, int row, int column) => Computed(Values[Place(item, row, column)]);

        public readonly bool IsVector => ByFours != 0;

        public readonly Four LoadFour(int item, int row, int column)
        {
            var four = Four.Load(Values, Place(item, row, column));
            return new() { X = Computed(four.X), Y = Computed(four.Y), Z = Computed(four.Z), W = Computed(four.W) };
        }

        readonly int Place(int item, int row, int column) => item * Height * Width + (Transposed == 0 ? row * Width + column : column * Height + row);

        readonly float Computed(float value) => IsComputed != 0 ? MathF.Abs(value) * 2f : value;
    }

    /// <summary>relu(sum + bias of the column).</summary>
    public struct Epilogue : IProductEpilogue
    {
        public ArrayView<float> Bias, Result;
        public int Height, Width;

        public readonly void Store(int item, int row, int column, float sum)
            => Result[(item * Height + row) * Width + column] = DeviceMath.Relu(sum + Bias[column]);

        public readonly bool IsVector => Width % Four.Count == 0;

        public readonly void StoreFour(int item, int row, int column, Four sums)
            => Four.Store(Result, (item * Height + row) * Width + column, DeviceMath.Relu(sums + Four.Load(Bias, column)));
    }

    static Operand Left(Arguments a) => new() { Values = a.Left, Height = a.Rows, Width = a.Depth, Transposed = a.LeftTransposed, IsComputed = 1, ByFours = a.ByFours };

    static Operand Right(Arguments a) => new() { Values = a.Right, Height = a.Depth, Width = a.Columns, Transposed = a.RightTransposed, ByFours = a.ByFours };

    static Epilogue Stores(Arguments a) => new() { Bias = a.Bias, Result = a.Result, Height = a.Rows, Width = a.Columns };

    public static void Small(Arguments a) => SmallProduct.Multiply(a.Rows, a.Columns, a.Depth, Left(a), Right(a), Stores(a));

    public static void Large(Arguments a) => LargeProduct.Multiply(a.Rows, a.Columns, a.Depth, Left(a), Right(a), Stores(a));

    public static void FewRows(Arguments a) => FewRowsProduct.Multiply(a.Rows, a.Columns, a.Depth, Left(a), Right(a), Stores(a));

    /// <summary>The code of the large tiles with small groups, whose threads take fewer turns.</summary>
    public static void Medium(Arguments a) => MediumProduct.Multiply(a.Rows, a.Columns, a.Depth, Left(a), Right(a), Stores(a));
}

/// <summary>
/// Both tiled products against a plain one: every way the operands lie, edges that cut tiles, several items, an operand
/// that is computed while it is read, and an epilogue that reads more than the sum.
/// </summary>
public class ProductTests
{
    static void Check(Action<ProductKernels.Arguments> kernel, int tile, int threads, int items, int m, int n, int k, bool leftTransposed, bool rightTransposed,
        bool byFours = false, int width = 0)
    {
        var random = new Random(m * 10007 + n * 101 + k);
        int[] sizes = [items * m * k, items * k * n, n, items * m * n];
        float[] values = [.. Enumerable.Range(0, sizes.Sum()).Select(i => i < sizes.Take(3).Sum() ? random.NextSingle() * 2 - 1 : float.NaN)];
        ProductKernels.Arguments Of(ArrayView<float> buffer) => new()
        {
            Left = buffer.SubView(0, sizes[0]),
            Right = buffer.SubView(sizes[0], sizes[1]),
            Bias = buffer.SubView(sizes[0] + sizes[1], sizes[2]),
            Result = buffer.SubView(sizes[0] + sizes[1] + sizes[2], sizes[3]),
            Rows = m,
            Columns = n,
            Depth = k,
            LeftTransposed = leftTransposed ? 1 : 0,
            RightTransposed = rightTransposed ? 1 : 0,
            ByFours = byFours ? 1 : 0,
        };
        width = width == 0 ? tile : width;
        int groups = items * ((m + tile - 1) / tile) * ((n + width - 1) / width);
        float[] computed = KernelRun.Run(kernel, Of, groups, threads, values)[^sizes[3]..];
        for (int i = 0; i < computed.Length; i++)
            Assert.Equal(Expected(values, sizes, m, n, k, leftTransposed, rightTransposed, i), computed[i], 1e-5 * k);
        Assert.Equal(computed, KernelRun.RunBackwards(kernel, Of, groups, threads, values)[^sizes[3]..]);
    }

    static double Expected(float[] values, int[] sizes, int m, int n, int k, bool leftTransposed, bool rightTransposed, int place)
    {
        int item = place / (m * n), row = place / n % m, column = place % n;
        double sum = values[sizes[0] + sizes[1] + column];
        for (int depth = 0; depth < k; depth++)
        {
            double left = values[item * m * k + (leftTransposed ? depth * m + row : row * k + depth)];
            sum += Math.Abs(left) * 2 * values[sizes[0] + item * k * n + (rightTransposed ? column * k + depth : depth * n + column)];
        }
        return Math.Max(sum, 0);
    }

    public static TheoryData<bool, bool> Forms => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Small_tiles_multiply(bool leftTransposed, bool rightTransposed)
    {
        Check(ProductKernels.Small, SmallProduct.Tile, SmallProduct.Threads, 2, 5, 3, 4, leftTransposed, rightTransposed);
        if (!DeviceUnderTest.IsSlow)
            Check(ProductKernels.Small, SmallProduct.Tile, SmallProduct.Threads, 2, 33, 17, 35, leftTransposed, rightTransposed);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Few_rows_multiply(bool leftTransposed, bool rightTransposed)
    {
        int width = rightTransposed ? FewRowsProduct.Columns : FewRowsProduct.ColumnsOfRows;
        void Few(int items, int m, int n, int k, bool byFours)
            => Check(ProductKernels.FewRows, FewRowsProduct.Rows, FewRowsProduct.Threads, items, m, n, k, leftTransposed, rightTransposed, byFours, width);
        Few(1, 1, 7, 301, byFours: false);
        Few(1, 4, 8, 260, byFours: true);
        if (DeviceUnderTest.IsSlow)
            return;
        Few(2, 6, 33, 130, byFours: false);
        Few(2, 8, 36, 388, byFours: true);
        Few(1, 3, 18, 2, byFours: false);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Large_tiles_multiply(bool leftTransposed, bool rightTransposed)
    {
        Check(ProductKernels.Medium, MediumProduct.Tile, MediumProduct.Threads, 1, 7, 11, 5, leftTransposed, rightTransposed);
        if (!DeviceUnderTest.IsSlow)
            Check(ProductKernels.Medium, MediumProduct.Tile, MediumProduct.Threads, 2, 67, 70, 9, leftTransposed, rightTransposed);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Large_tiles_of_operands_that_are_read_by_fours_multiply(bool leftTransposed, bool rightTransposed)
    {
        Check(ProductKernels.Medium, MediumProduct.Tile, MediumProduct.Threads, 1, 8, 12, 4, leftTransposed, rightTransposed, byFours: true);
        if (!DeviceUnderTest.IsSlow)
            Check(ProductKernels.Medium, MediumProduct.Tile, MediumProduct.Threads, 2, 68, 72, 12, leftTransposed, rightTransposed, byFours: true);
    }

    [DeviceTheory(DeviceNeeds.ManyThreads)]
    [InlineData(128, 128, 16, false, false, false)]
    [InlineData(130, 71, 9, true, true, false)]
    [InlineData(132, 68, 20, false, true, true)]
    [InlineData(68, 132, 12, true, false, true)]
    public void Tiles_of_the_real_size_multiply(int m, int n, int k, bool leftTransposed, bool rightTransposed, bool byFours)
        => Check(ProductKernels.Large, LargeProduct.Tile, LargeProduct.Threads, 1, m, n, k, leftTransposed, rightTransposed, byFours);
}
