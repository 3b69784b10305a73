using BenchmarkDotNet.Attributes;
using GraphCompiler.Comparison.Models;
using GraphCompiler.Kernels;

namespace GraphCompiler.Benchmarks;

/// <summary>Generated kernels along the rows of 4096 by 1024 numbers, and over each of them.</summary>
public unsafe class RowKernelBenchmarks
{
    const int Count = RowOperations.Rows * RowOperations.Columns;

    readonly AlignedMemory memory = new(2L * Count * sizeof(float));
    RowOperations model = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    ReadOnlySpan<float> Source => new(memory.Pointer, Count);

    Span<float> Result => new((float*)memory.Pointer + Count, Count);

    [GlobalSetup]
    public void Prepare()
    {
        model = new RowOperations(seed: 1, new ModelOptions { Threads = Threads });
        var random = new Random(1);
        foreach (ref float number in new Span<float>(memory.Pointer, Count))
            number = 6 * random.NextSingle() - 3;
    }

    [GlobalCleanup]
    public void Free()
    {
        model.Dispose();
        memory.Dispose();
    }

    [Benchmark]
    public void Softmax() => model.Softmax(Source, Result);

    [Benchmark]
    public void LayerNorm() => model.LayerNorm(Source, Result);

    [Benchmark]
    public void GeluTanh() => model.GeluTanh(Source, Result);

    [Benchmark]
    public void GeluErf() => model.GeluErf(Source, Result);
}
