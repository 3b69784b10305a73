using BenchmarkDotNet.Attributes;
using GraphCompiler.Kernels;

namespace GraphCompiler.Benchmarks;

/// <summary>The matrix product C = A * B on plain matrices: squares, and the first layer of the digit classifier.</summary>
public unsafe class MatrixProductBenchmarks
{
    AlignedMemory memory = null!;
    WorkerTeam team = null!;
    Product product = null!;

    [Params("64x64x64", "256x256x256", "512x512x512", "1024x1024x1024", "32x16x784")]
    public string Sizes { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        int[] sizes = [.. Sizes.Split('x').Select(int.Parse)];
        int m = sizes[0], n = sizes[1], k = sizes[2];
        memory = new AlignedMemory(sizeof(float) * ((long)m * k + (long)k * n + (long)m * n));
        float* a = (float*)memory.Pointer, b = a + m * k, c = b + k * n;
        var random = new Random(1);
        for (int i = 0; i < m * k + k * n; i++)
            a[i] = random.NextSingle() - 0.5f;
        team = new WorkerTeam(Threads);
        team.ReserveScratch(Gemm.ScratchFloats);
        product = VectorWidth.Widest switch
        {
            512 => new Product<Float512>(m, n, k, a, b, c),
            256 => new Product<Float256>(m, n, k, a, b, c),
            _ => new Product<Float128>(m, n, k, a, b, c),
        };
    }

    [GlobalCleanup]
    public void Free()
    {
        team.Dispose();
        memory.Dispose();
    }

    [Benchmark]
    public void Multiply() => team.Run(product);

    abstract class Product : TeamProgram;

    sealed class Product<V>(int m, int n, int k, float* a, float* b, float* c) : Product
        where V : unmanaged, IVector<V>
    {
        public override void Run(Worker worker)
            => Gemm.Multiply<V, RowMajorMatrix, RowMajorMatrix, StoreTo>(worker, m, n, k, new(a, k), new(b, n), new(c, n));
    }
}
