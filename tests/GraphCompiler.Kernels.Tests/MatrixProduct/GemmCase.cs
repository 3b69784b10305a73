using Xunit;

namespace GraphCompiler.Kernels.Tests;

/// <summary>
/// One product to check: operands with room around them that holds NaN, a result between sentinels, scratch memory full
/// of NaN, and the sums in double precision.
/// </summary>
internal sealed unsafe class GemmCase : IDisposable
{
    const int Margin = 40;
    const float Sentinel = -12345.5f;

    readonly bool transposeA, transposeB;
    readonly int aStride, bStride, cStride;
    readonly AlignedMemory aMemory, bMemory, cMemory;

    public GemmCase(int m, int n, int k, bool transposeA, bool transposeB, int extraStride, int seed)
    {
        (M, N, K, this.transposeA, this.transposeB) = (m, n, k, transposeA, transposeB);
        aStride = (transposeA ? m : k) + extraStride;
        bStride = (transposeB ? k : n) + extraStride;
        cStride = n + extraStride;
        aMemory = new AlignedMemory(((long)aStride * ((transposeA ? k : m) + 1) + Margin) * sizeof(float));
        bMemory = new AlignedMemory(((long)bStride * ((transposeB ? n : k) + 1) + Margin) * sizeof(float));
        cMemory = new AlignedMemory(((long)cStride * m + (2 * Margin)) * sizeof(float));
        var random = new Random(seed);
        Fill(aMemory, float.NaN);
        Fill(bMemory, float.NaN);
        for (int row = 0; row < m; row++)
        {
            for (int i = 0; i < k; i++)
                *A(row, i) = random.NextSingle() - 0.5f;
        }
        for (int i = 0; i < k; i++)
        {
            for (int column = 0; column < n; column++)
                *B(i, column) = random.NextSingle() - 0.5f;
        }
        Fill(cMemory, Sentinel);
    }

    public int M { get; }
    public int N { get; }
    public int K { get; }
    public StoreTo Output => new((float*)cMemory.Pointer + Margin, cStride);
    public AddTo Sum => new((float*)cMemory.Pointer + Margin, cStride);

    /// <summary>Where A[row, i] lies.</summary>
    public float* A(int row, int i)
        => (float*)aMemory.Pointer + 3 + (transposeA ? ((long)i * aStride) + row : ((long)row * aStride) + i);

    /// <summary>Where B[i, column] lies.</summary>
    public float* B(int i, int column)
        => (float*)bMemory.Pointer + 5 + (transposeB ? ((long)column * bStride) + i : ((long)i * bStride) + column);

    /// <summary>C[row, column] as it is now.</summary>
    public float C(int row, int column) => Output.Elements[((long)row * cStride) + column];

    public void ClearC() => Fill(cMemory, Sentinel);

    /// <summary>Multiplies with plain operands and the epilogue on a team of so many workers.</summary>
    public void Multiply<V, TEpilogue>(int workers, TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TEpilogue : struct, IGemmEpilogue
    {
        var rowMajorA = new RowMajorMatrix(A(0, 0), aStride);
        var rowMajorB = new RowMajorMatrix(B(0, 0), bStride);
        var columnMajorA = new ColumnMajorMatrix(A(0, 0), aStride);
        var columnMajorB = new ColumnMajorMatrix(B(0, 0), bStride);
        if (transposeA && transposeB)
            Multiply<V, ColumnMajorMatrix, ColumnMajorMatrix, TEpilogue>(workers, columnMajorA, columnMajorB, epilogue);
        else if (transposeA)
            Multiply<V, ColumnMajorMatrix, RowMajorMatrix, TEpilogue>(workers, columnMajorA, rowMajorB, epilogue);
        else if (transposeB)
            Multiply<V, RowMajorMatrix, ColumnMajorMatrix, TEpilogue>(workers, rowMajorA, columnMajorB, epilogue);
        else
            Multiply<V, RowMajorMatrix, RowMajorMatrix, TEpilogue>(workers, rowMajorA, rowMajorB, epilogue);
    }

    /// <summary>Multiplies on a team of so many workers.</summary>
    public void Multiply<V, TA, TB, TEpilogue>(int workers, TA a, TB b, TEpilogue epilogue)
        where V : unmanaged, IVector<V>
        where TA : struct, IGemmOperand
        where TB : struct, IGemmOperand
        where TEpilogue : struct, IGemmEpilogue
        => Teams.Run(workers, worker => Gemm.Multiply<V, TA, TB, TEpilogue>(worker, M, N, K, a, b, epilogue));

    /// <summary>The sum for C[row, column] in double precision, and how far single precision may be from it.</summary>
    public (double Sum, double Tolerance) Expected(int row, int column)
    {
        double sum = 0, magnitude = 0;
        for (int i = 0; i < K; i++)
        {
            double product = (double)*A(row, i) * *B(i, column);
            sum += product;
            magnitude += Math.Abs(product);
        }
        return (sum, (magnitude * 2e-7 * (Math.Sqrt(K) + 2)) + 1e-30);
    }

    /// <summary>Every element is its sum, and nothing around the elements was written.</summary>
    public void AssertProduct(double start = 0)
    {
        for (int row = 0; row < M; row++)
        {
            for (int column = 0; column < N; column++)
            {
                (double sum, double tolerance) = Expected(row, column);
                double tolerated = tolerance + (Math.Abs(start) * 2e-7);
                Assert.True(
                    Math.Abs(C(row, column) - sum - start) <= tolerated,
                    $"{this} [{row}, {column}]: {C(row, column)} is not {sum + start}");
            }
        }
        AssertSentinels();
    }

    /// <summary>Nothing around the elements of C was written.</summary>
    public void AssertSentinels()
    {
        float* memory = (float*)cMemory.Pointer;
        for (long i = 0; i < cMemory.Length / sizeof(float); i++)
        {
            long position = i - Margin;
            bool isElement = position >= 0 && position < (long)M * cStride && position % cStride < N;
            if (!isElement)
                Assert.True(memory[i] == Sentinel, $"{this} wrote at {position} of C");
        }
    }

    /// <summary>The bits of C.</summary>
    public int[] Bits()
    {
        var bits = new int[M * N];
        for (int i = 0; i < bits.Length; i++)
            bits[i] = BitConverter.SingleToInt32Bits(C(i / N, i % N));
        return bits;
    }

    /// <summary>Sets every element of C.</summary>
    public void FillC(float value)
    {
        for (int row = 0; row < M; row++)
            new Span<float>(Output.Elements + ((long)row * cStride), N).Fill(value);
    }

    public override string ToString()
        => $"{M}x{N}x{K}{(transposeA ? " A transposed" : "")}{(transposeB ? " B transposed" : "")}";

    public void Dispose()
    {
        aMemory.Dispose();
        bMemory.Dispose();
        cMemory.Dispose();
    }

    static void Fill(AlignedMemory memory, float value)
        => new Span<float>(memory.Pointer, checked((int)(memory.Length / sizeof(float)))).Fill(value);
}
