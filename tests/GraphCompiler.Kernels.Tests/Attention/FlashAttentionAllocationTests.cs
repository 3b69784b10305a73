using System.Runtime.Intrinsics;
using Xunit;

namespace GraphCompiler.Kernels.Tests;

[Collection(QuietProcess.Name)]
public sealed unsafe class FlashAttentionAllocationTests
{
    sealed class Program(AttentionShape shape, float* memory) : TeamProgram
    {
        public override void Run(Worker worker)
        {
            int size = shape.QueryLength * shape.Heads * shape.HeadSize;
            int keys = shape.KeyLength * shape.KeyHeads * shape.HeadSize;
            var rows = (nint)(shape.Heads * shape.HeadSize);
            AttentionTensor At(int place) => new(memory + (place * keys), size, rows, shape.HeadSize);
            float* logSumExp = memory + (9 * keys);
            FlashAttention.Forward<Float256>(
                worker, shape, At(0), At(1), At(2), default, new(0.1f, 1, 2, 3), At(3), logSumExp);
            worker.Barrier();
            FlashAttention.Backward<Float256>(
                worker, shape, At(0), At(1), At(2), default, new(0.1f, 1, 2, 3), At(3), logSumExp, At(4), At(5), At(6),
                At(7));
            worker.Barrier();
        }
    }

    [Theory]
    [InlineData(1, 70)]
    [InlineData(3, 70)]
    [InlineData(3, 1)]
    public void Forward_and_backward_allocate_nothing(int threads, int queryLength)
    {
        // What the runtime puts in place of missing instructions may box.
        if (!Vector256.IsHardwareAccelerated)
            return;
        var shape = new AttentionShape
        {
            Batch = 1,
            Heads = 2,
            KeyHeads = 2,
            QueryLength = queryLength,
            KeyLength = 600,
            KeyCount = 600,
            HeadSize = 20,
            Scale = 0.2f,
            IsCausal = true,
        };
        using var memory = new AlignedMemory(10L * 600 * 2 * 20 * sizeof(float));
        using var team = new WorkerTeam(threads);
        team.ReserveScratch(FlashAttention.ScratchFloats(shape.HeadSize));
        var program = new Program(shape, (float*)memory.Pointer);
        long fewest = long.MaxValue;
        // The runtime and the test runner have threads of their own; kernels that allocated would do so every time.
        for (int attempt = 0; attempt < 20 && fewest > 0; attempt++)
        {
            team.Run(program);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int run = 0; run < 5; run++)
                team.Run(program);
            fewest = Math.Min(fewest, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        Assert.Equal(0, fewest);
    }
}
