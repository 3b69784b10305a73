using BenchmarkDotNet.Attributes;
using GraphCompiler.Kernels;

namespace GraphCompiler.Benchmarks;

/// <summary>
/// Causal attention on a fused projection: GPT-2's heads, TinyGpt's, longer texts with grouped queries; and one token
/// against the keys of a long context.
/// </summary>
public unsafe class AttentionBenchmarks
{
    AlignedMemory memory = null!;
    WorkerTeam team = null!;
    AttentionProgram forward = null!, backward = null!, decoding = null!;

    /// <summary>Batch, query heads, key heads, length and head size.</summary>
    [Params("4x12x12x256x64", "12x4x4x64x32", "1x8x2x1024x128")]
    public string Sizes { get; set; } = "";

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        int[] sizes = [.. Sizes.Split('x').Select(int.Parse)];
        var shape = new AttentionShape
        {
            Batch = sizes[0],
            Heads = sizes[1],
            KeyHeads = sizes[2],
            QueryLength = sizes[3],
            KeyLength = sizes[3],
            KeyCount = sizes[3],
            HeadSize = sizes[4],
            Scale = 1 / MathF.Sqrt(sizes[4]),
            IsCausal = true,
        };
        team = new WorkerTeam(Threads);
        team.ReserveScratch(FlashAttention.ScratchFloats(shape.HeadSize));
        Arrays arrays = Allocate(shape);
        (forward, backward, decoding) = VectorWidth.Widest switch
        {
            512 => Programs<Float512>(shape, arrays),
            256 => Programs<Float256>(shape, arrays),
            _ => Programs<Float128>(shape, arrays),
        };
        team.Run(forward);
    }

    [GlobalCleanup]
    public void Free()
    {
        team.Dispose();
        memory.Dispose();
    }

    [Benchmark]
    public void Forward() => team.Run(forward);

    [Benchmark]
    public void Backward() => team.Run(backward);

    [Benchmark]
    public void OneToken() => team.Run(decoding);

    Arrays Allocate(in AttentionShape shape)
    {
        int rows = shape.Batch * shape.QueryLength, width = shape.Heads * shape.HeadSize;
        int fusedWidth = width + (2 * shape.KeyHeads * shape.HeadSize);
        long floats = (2L * rows * (fusedWidth + width)) + ((long)rows * shape.Heads);
        memory = new AlignedMemory(floats * sizeof(float));
        float* fused = (float*)memory.Pointer, gradients = fused + ((long)rows * fusedWidth);
        float* result = gradients + ((long)rows * fusedWidth), cotangent = result + ((long)rows * width);
        var random = new Random(1);
        foreach (ref float number in new Span<float>(fused, rows * fusedWidth))
            number = random.NextSingle() - 0.5f;
        foreach (ref float number in new Span<float>(cotangent, rows * width))
            number = random.NextSingle() - 0.5f;
        return new Arrays(fused, gradients, result, cotangent, cotangent + ((long)rows * width));
    }

    static (AttentionProgram, AttentionProgram, AttentionProgram) Programs<V>(in AttentionShape shape, Arrays arrays)
        where V : unmanaged, IVector<V>
        => (new ForwardProgram<V>(shape, arrays), new BackwardProgram<V>(shape, arrays),
            new ForwardProgram<V>(shape with { QueryLength = 1 }, arrays));

    readonly struct Arrays(float* fused, float* gradients, float* result, float* cotangent, float* logSumExp)
    {
        public readonly float* Fused = fused, Gradients = gradients, Result = result, Cotangent = cotangent;
        public readonly float* LogSumExp = logSumExp;
    }

    abstract class AttentionProgram(AttentionShape shape) : TeamProgram
    {
        protected AttentionShape Shape => shape;

        /// <summary>Heads of a fused projection from one on.</summary>
        protected AttentionTensor Part(float* fused, int firstHead)
        {
            nint width = (nint)(shape.Heads + (2 * shape.KeyHeads)) * shape.HeadSize;
            return new(fused + (firstHead * shape.HeadSize), shape.KeyLength * width, width, shape.HeadSize);
        }

        protected AttentionTensor Plain(float* elements)
        {
            nint width = (nint)shape.Heads * shape.HeadSize;
            return new(elements, shape.QueryLength * width, width, shape.HeadSize);
        }
    }

    sealed class ForwardProgram<V>(AttentionShape shape, Arrays arrays) : AttentionProgram(shape)
        where V : unmanaged, IVector<V>
    {
        public override void Run(Worker worker) => FlashAttention.Forward<V>(
            worker, Shape, Part(arrays.Fused, 0), Part(arrays.Fused, Shape.Heads),
            Part(arrays.Fused, Shape.Heads + Shape.KeyHeads), default, default, Plain(arrays.Result), arrays.LogSumExp);
    }

    sealed class BackwardProgram<V>(AttentionShape shape, Arrays arrays) : AttentionProgram(shape)
        where V : unmanaged, IVector<V>
    {
        public override void Run(Worker worker) => FlashAttention.Backward<V>(
            worker, Shape, Part(arrays.Fused, 0), Part(arrays.Fused, Shape.Heads),
            Part(arrays.Fused, Shape.Heads + Shape.KeyHeads), default, default, Plain(arrays.Result), arrays.LogSumExp,
            Plain(arrays.Cotangent), Part(arrays.Gradients, 0), Part(arrays.Gradients, Shape.Heads),
            Part(arrays.Gradients, Shape.Heads + Shape.KeyHeads));
    }
}
