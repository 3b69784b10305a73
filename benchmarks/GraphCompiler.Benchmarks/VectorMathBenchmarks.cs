using BenchmarkDotNet.Attributes;
using GraphCompiler.Kernels;

namespace GraphCompiler.Benchmarks;

/// <summary>Elementary functions over 4,096 numbers that stay in the first-level cache.</summary>
public unsafe class VectorMathBenchmarks
{
    const int Count = 4096;

    readonly AlignedMemory memory = new(2 * Count * sizeof(float));

    float* Source => (float*)memory.Pointer;

    float* Destination => Source + Count;

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        for (int i = 0; i < Count; i++)
            Source[i] = 0.1f + 4 * random.NextSingle();
    }

    [GlobalCleanup]
    public void Free() => memory.Dispose();

    [Benchmark]
    public void Exp() => Apply<ExpOf>();

    [Benchmark]
    public void Log() => Apply<LogOf>();

    [Benchmark]
    public void Tanh() => Apply<TanhOf>();

    [Benchmark]
    public void Sigmoid() => Apply<SigmoidOf>();

    [Benchmark]
    public void Erf() => Apply<ErfOf>();

    [Benchmark]
    public void Sin() => Apply<SinOf>();

    void Apply<TFunction>()
        where TFunction : IFunction
    {
        switch (VectorWidth.Widest)
        {
            case 512:
                Apply<Float512, TFunction>(Source, Destination);
                break;
            case 256:
                Apply<Float256, TFunction>(Source, Destination);
                break;
            default:
                Apply<Float128, TFunction>(Source, Destination);
                break;
        }
    }

    static void Apply<V, TFunction>(float* source, float* destination)
        where V : unmanaged, IVector<V>
        where TFunction : IFunction
    {
        for (int i = 0; i < Count; i += V.Count)
            V.Store(destination + i, TFunction.Of(V.Load(source + i)));
    }

    interface IFunction
    {
        static abstract V Of<V>(V x)
            where V : unmanaged, IVector<V>;
    }

    readonly struct ExpOf : IFunction
    {
        public static V Of<V>(V x)
            where V : unmanaged, IVector<V> => V.Exp(x);
    }

    readonly struct LogOf : IFunction
    {
        public static V Of<V>(V x)
            where V : unmanaged, IVector<V> => V.Log(x);
    }

    readonly struct TanhOf : IFunction
    {
        public static V Of<V>(V x)
            where V : unmanaged, IVector<V> => V.Tanh(x);
    }

    readonly struct SigmoidOf : IFunction
    {
        public static V Of<V>(V x)
            where V : unmanaged, IVector<V> => V.Sigmoid(x);
    }

    readonly struct ErfOf : IFunction
    {
        public static V Of<V>(V x)
            where V : unmanaged, IVector<V> => V.Erf(x);
    }

    readonly struct SinOf : IFunction
    {
        public static V Of<V>(V x)
            where V : unmanaged, IVector<V> => V.Sin(x);
    }
}
