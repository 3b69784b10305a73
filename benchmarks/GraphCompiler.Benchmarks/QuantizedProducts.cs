using System.Diagnostics;
using System.Globalization;
using GraphCompiler.Kernels;

namespace GraphCompiler.Benchmarks;

/// <summary>
/// The linear maps of GPT-2 124M, its head too, with weights in single precision, in 8 bits and in 4: for one token and for a prompt.
/// Each turn times all of them, so that whatever else the machine does meets all; medians of the times and of the ratios in a turn.
/// </summary>
internal sealed unsafe class QuantizedProducts : IDisposable
{
    const int Layers = 12, Turns = 15;

    static readonly (int Outputs, int Inputs)[] Shapes =
        [.. Enumerable.Repeat<(int, int)[]>([(2304, 768), (768, 768), (3072, 768), (768, 3072)], Layers).SelectMany(shapes => shapes), (50257, 768)];

    readonly WorkerTeam team;
    readonly int rows;
    readonly AlignedMemory single, int8, int4, activations, results;

    QuantizedProducts(int threads, int rows)
    {
        team = new WorkerTeam(threads);
        team.ReserveScratch(Math.Max(Gemm.ScratchFloats, QuantizedProduct.ScratchFloats));
        this.rows = rows;
        single = new AlignedMemory(Shapes.Sum(s => (long)s.Outputs * s.Inputs) * sizeof(float));
        int8 = new AlignedMemory(Shapes.Sum(s => WeightPacking.Bytes(WeightFormat.Int8, s.Outputs, s.Inputs)));
        int4 = new AlignedMemory(Shapes.Sum(s => WeightPacking.Bytes(WeightFormat.Int4, s.Outputs, s.Inputs)));
        activations = new AlignedMemory((long)rows * 3072 * sizeof(float));
        results = new AlignedMemory((long)rows * 50257 * sizeof(float));
        var random = new Random(1);
        foreach (var memory in new[] { single, activations })
        {
            for (long i = 0; i < memory.Length / sizeof(float); i++)
                ((float*)memory.Pointer)[i] = random.NextSingle() - 0.5f;
        }
        // What is read decides the time, not what it is.
        random.NextBytes(new Span<byte>(int8.Pointer, (int)int8.Length));
        random.NextBytes(new Span<byte>(int4.Pointer, (int)int4.Length));
    }

    public static void Measure(int threads, int rows)
    {
        using var products = new QuantizedProducts(threads, rows);
        TeamProgram[] programs = [new Products(products, 32), new Products(products, 8), new Products(products, 4), new Reading(products)];
        long[] bytes = [products.single.Length, products.int8.Length, products.int4.Length, products.single.Length];
        var times = programs.Select(_ => new List<double>()).ToArray();
        for (int turn = 0; turn <= Turns; turn++)
        {
            for (int i = 0; i < programs.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                products.team.Run(programs[i]);
                // The first turn is the compiler's.
                if (turn > 0)
                    times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        string[] names = ["float32", "int8", "int4", "reading"];
        for (int i = 0; i < programs.Length; i++)
        {
            double ratio = Median(times[0].Zip(times[i], (one, other) => one / other));
            double bandwidth = Median(times[i].Select(time => bytes[i] / time / 1e6));
            double share = Median(times[i].Zip(times[^1], (time, reading) => bytes[i] / time / (bytes[^1] / reading)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{threads} threads, {rows} rows, {names[i]}: {Median(times[i]):F2} ms, {ratio:F2} times as fast, {bandwidth:F1} GB/s, {share:F2} of reading"));
        }
    }

    static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    sealed class Products(QuantizedProducts owner, int bits) : TeamProgram
    {
        public override void Run(Worker worker)
        {
            if (Vector512Pays)
                Run<Float512>(worker);
            else
                Run<Float256>(worker);
        }

        static bool Vector512Pays => VectorWidth.Widest == 512;

        void Run<V>(Worker worker)
            where V : unmanaged, IVector<V>
        {
            byte* weights = bits == 32 ? owner.single.Pointer : bits == 8 ? owner.int8.Pointer : owner.int4.Pointer;
            float* a = (float*)owner.activations.Pointer, c = (float*)owner.results.Pointer;
            int rows = owner.rows;
            foreach (var (outputs, inputs) in Shapes)
            {
                if (bits == 32)
                {
                    Gemm.Multiply<V, RowMajorMatrix, ColumnMajorMatrix, StoreTo>(
                        worker, rows, outputs, inputs, new(a, inputs), new((float*)weights, inputs), new(c, outputs));
                    weights += (long)outputs * inputs * sizeof(float);
                }
                else if (bits == 8)
                {
                    QuantizedProduct.Multiply<V, Int8Weights, RowMajorMatrix, StoreTo>(worker, rows, outputs, inputs, new(a, inputs), weights, new(c, outputs));
                    weights += WeightPacking.Bytes(WeightFormat.Int8, outputs, inputs);
                }
                else
                {
                    QuantizedProduct.Multiply<V, Int4Weights, RowMajorMatrix, StoreTo>(worker, rows, outputs, inputs, new(a, inputs), weights, new(c, outputs));
                    weights += WeightPacking.Bytes(WeightFormat.Int4, outputs, inputs);
                }
                worker.Barrier();
            }
        }
    }

    /// <summary>Adds up all numbers of single precision.</summary>
    sealed class Reading(QuantizedProducts owner) : TeamProgram
    {
        public override void Run(Worker worker)
        {
            worker.Share((int)(owner.single.Length / 64), 1, out int start, out int end);
            var (first, second) = (Float256.Zero, Float256.Zero);
            float* at = (float*)owner.single.Pointer;
            for (long i = start; i < end; i++)
            {
                first += Float256.Load(at + (i * 16));
                second += Float256.Load(at + (i * 16) + 8);
            }
            ((float*)owner.results.Pointer)[worker.Index * 64] = Float256.SumLanes(first + second);
        }
    }

    public void Dispose()
    {
        team.Dispose();
        foreach (var memory in new[] { single, int8, int4, activations, results })
            memory.Dispose();
    }
}
