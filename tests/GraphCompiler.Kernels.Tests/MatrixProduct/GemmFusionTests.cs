using Xunit;

namespace GraphCompiler.Kernels.Tests;

/// <summary>Prologues, epilogues and batches, as generated code writes them.</summary>
public abstract unsafe class GemmFusionTests<V>
    where V : unmanaged, IVector<V>
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 5, 7, 0 }, { 3, 20, 9 }, { 32, 16, 784 }, { 33, 61, 17 },
        { 100, 130, 70 }, { 97, 50, 1300 }, { 3, 900, 600 },
        { 300, 1, 40 }, { 40, 1, 1300 }, { 1, 300, 40 }, { 30, 40, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_epilogue_gets_every_sum_once_at_its_place(int m, int n, int k)
    {
        for (int form = 0; form < 4; form++)
        {
            for (int workers = 1; workers <= 4; workers++)
            {
                using var product = new GemmCase(m, n, k, (form & 1) != 0, (form & 2) != 0, extraStride: 1, seed: form);
                using var calls = new AlignedMemory(m * n * sizeof(float));
                using var saved = new AlignedMemory(m * n * sizeof(float));
                product.Multiply<V, CountingEpilogue>(
                    workers, new CountingEpilogue(product.Output, (float*)calls.Pointer, (float*)saved.Pointer, n));
                for (int i = 0; i < m * n; i++)
                {
                    Assert.Equal(1, ((float*)calls.Pointer)[i]);
                    (double sum, double tolerance) = product.Expected(i / n, i % n);
                    Assert.Equal(sum, ((float*)saved.Pointer)[i], tolerance);
                    Assert.Equal((i / n * 1000) + (i % n), product.C(i / n, i % n));
                }
                product.AssertSentinels();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Computed_operands_are_multiplied_as_if_stored(int m, int n, int k)
    {
        int[]? bits = null;
        for (int workers = 1; workers <= 3; workers++)
        {
            Check<ComputedRows, ComputedRows>(m, n, k, workers, new(k), new(n), ref bits);
            Check<ComputedColumns, ComputedRows>(m, n, k, workers, new(m), new(n), ref bits);
            Check<ComputedRows, ComputedColumns>(m, n, k, workers, new(k), new(k), ref bits);
            Check<ComputedColumns, ComputedColumns>(m, n, k, workers, new(m), new(k), ref bits);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Operands_of_16_bits_are_multiplied_as_what_they_are(int m, int n, int k)
    {
        CheckRounded<BFloat16>(m, n, k);
        CheckRounded<Float16>(m, n, k);
        CheckRounded<Float8E5M2>(m, n, k);
    }

    /// <summary>All orders of storage, at the end of memory, beside the same numbers in single precision.</summary>
    static void CheckRounded<T>(int m, int n, int k)
        where T : unmanaged, IElement<T>
    {
        for (int form = 0; form < 4; form++)
        {
            bool transposeA = (form & 1) != 0, transposeB = (form & 2) != 0;
            using var product = new GemmCase(m, n, k, transposeA, transposeB, extraStride: 0, seed: 5);
            using var left = new GuardedMemory(int.Max(1, m * k) * sizeof(T));
            using var right = new GuardedMemory(int.Max(1, k * n) * sizeof(T));
            T* a = (T*)left.End - (m * k), b = (T*)right.End - (k * n);
            for (int i = 0; i < m * k; i++)
            {
                ref T element = ref a[transposeA ? (i % k * m) + (i / k) : i];
                element = (T)(*product.A(i / k, i % k));
                *product.A(i / k, i % k) = element;
            }
            for (int i = 0; i < k * n; i++)
            {
                ref T element = ref b[transposeB ? (i % n * k) + (i / n) : i];
                element = (T)(*product.B(i / n, i % n));
                *product.B(i / n, i % n) = element;
            }
            product.Multiply<V, StoreTo>(1, product.Output);
            int[] bits = product.Bits();
            for (int workers = 1; workers <= 2; workers++)
            {
                product.ClearC();
                if (form == 0)
                    product.Multiply<V, RowMajorMatrix<T>, RowMajorMatrix<T>, StoreTo>(workers, new(a, k), new(b, n), product.Output);
                else if (form == 1)
                    product.Multiply<V, ColumnMajorMatrix<T>, RowMajorMatrix<T>, StoreTo>(workers, new(a, m), new(b, n), product.Output);
                else if (form == 2)
                    product.Multiply<V, RowMajorMatrix<T>, ColumnMajorMatrix<T>, StoreTo>(workers, new(a, k), new(b, k), product.Output);
                else
                    product.Multiply<V, ColumnMajorMatrix<T>, ColumnMajorMatrix<T>, StoreTo>(workers, new(a, m), new(b, k), product.Output);
                product.AssertProduct();
                Assert.Equal(bits, product.Bits());
            }
        }
    }

    static void Check<TA, TB>(int m, int n, int k, int workers, TA a, TB b, ref int[]? bits)
        where TA : struct, IGemmOperand
        where TB : struct, IGemmOperand
    {
        using var product = new GemmCase(m, n, k, false, false, extraStride: 0, seed: 1);
        for (int row = 0; row < m; row++)
        {
            for (int i = 0; i < k; i++)
                *product.A(row, i) = Computed.Element(row, i);
        }
        for (int i = 0; i < k; i++)
        {
            for (int column = 0; column < n; column++)
                *product.B(i, column) = Computed.Element(i, column);
        }
        product.Multiply<V, TA, TB, StoreTo>(workers, a, b, product.Output);
        product.AssertProduct();
        bits ??= product.Bits();
        Assert.Equal(bits, product.Bits());
    }

    [Theory]
    [InlineData(0, 4, 4, 4)]
    [InlineData(1, 65, 70, 33)]
    [InlineData(7, 5, 9, 16)]
    [InlineData(12, 64, 64, 48)]
    [InlineData(3, 100, 20, 600)]
    public void A_batch_multiplies_every_item(int count, int m, int n, int k)
    {
        using var a = new GemmCase(int.Max(count, 1) * m, n, k, false, true, extraStride: 0, seed: 3);
        int[]? bits = null;
        for (int workers = 1; workers <= 5; workers++)
        {
            a.FillC(float.NaN);
            var batch = new RowBlocks(a.A(0, 0), a.B(0, 0), a.Output.Elements, m, n, k);
            Teams.Run(workers, worker =>
                Gemm.MultiplyBatched<V, RowMajorMatrix, ColumnMajorMatrix, StoreTo, RowBlocks>(
                    worker, count, m, n, k, batch));
            if (count > 0)
                a.AssertProduct();
            bits ??= a.Bits();
            Assert.Equal(bits, a.Bits());
        }
    }

    /// <summary>Items are blocks of rows of A and C; B is shared.</summary>
    readonly struct RowBlocks(float* a, float* b, float* c, int m, int n, int k)
        : IGemmBatch<RowMajorMatrix, ColumnMajorMatrix, StoreTo>
    {
        public RowMajorMatrix A(int item) => new(a + ((long)item * m * k), k);

        public ColumnMajorMatrix B(int item) => new(b, k);

        public StoreTo Epilogue(int item) => new(c + ((long)item * m * n), n);
    }

    /// <summary>Counts calls, saves the sum, and stores the coordinates.</summary>
    readonly struct CountingEpilogue(StoreTo output, float* calls, float* saved, int columns) : IGemmEpilogue
    {
        public void Store<W>(int row, int column, W sum) where W : unmanaged, IVector<W>
        {
            int place = (row * columns) + column;
            W.Store(calls + place, W.Load(calls + place) + W.Splat(1));
            W.Store(saved + place, sum);
            output.Store(row, column, W.Iota((row * 1000) + column));
        }

        public void StorePartial<W>(int row, int column, int count, W sum) where W : unmanaged, IVector<W>
        {
            Assert.InRange(count, 1, W.Count - 1);
            int place = (row * columns) + column;
            W.StorePartial(calls + place, count, W.LoadPartial(calls + place, count) + W.Splat(1));
            W.StorePartial(saved + place, count, sum);
            output.StorePartial(row, column, count, W.Iota((row * 1000) + column));
        }
    }

    static class Computed
    {
        public static float Element(int row, int column) => ((row * 7) + (column * 3)) % 11 * 0.25f - 1;

        public static W Along<W>(int row, int column, bool isRow, int count) where W : unmanaged, IVector<W>
        {
            Span<float> lanes = stackalloc float[16];
            lanes.Fill(float.NaN);
            for (int lane = 0; lane < count; lane++)
                lanes[lane] = isRow ? Element(row, column + lane) : Element(row + lane, column);
            fixed (float* first = lanes)
                return W.Load(first);
        }
    }

    readonly struct ComputedRows(int columns) : IGemmOperand
    {
        public static bool IsRowMajor => true;

        public W Load<W>(int row, int column) where W : unmanaged, IVector<W>
        {
            Assert.InRange(column + W.Count, 1, columns);
            return Computed.Along<W>(row, column, isRow: true, W.Count);
        }

        public W LoadPartial<W>(int row, int column, int count) where W : unmanaged, IVector<W>
        {
            Assert.InRange(count, 1, W.Count - 1);
            Assert.InRange(column + count, 1, columns);
            return Computed.Along<W>(row, column, isRow: true, count);
        }
    }

    readonly struct ComputedColumns(int rows) : IGemmOperand
    {
        public static bool IsRowMajor => false;

        public W Load<W>(int row, int column) where W : unmanaged, IVector<W>
        {
            Assert.InRange(row + W.Count, 1, rows);
            return Computed.Along<W>(row, column, isRow: false, W.Count);
        }

        public W LoadPartial<W>(int row, int column, int count) where W : unmanaged, IVector<W>
        {
            Assert.InRange(count, 1, W.Count - 1);
            Assert.InRange(row + count, 1, rows);
            return Computed.Along<W>(row, column, isRow: false, count);
        }
    }
}

public sealed class GemmFusionTests512 : GemmFusionTests<Float512>;

public sealed class GemmFusionTests256 : GemmFusionTests<Float256>;

public sealed class GemmFusionTests128 : GemmFusionTests<Float128>;
