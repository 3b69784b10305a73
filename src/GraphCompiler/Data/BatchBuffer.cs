using System.Runtime.CompilerServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Data;

/// <summary>The memory of one batch: pinned, and aligned to a cache line so that vector loads do not straddle two.</summary>
sealed class BatchBuffer
{
    readonly float[] memory;
    readonly int start;
    readonly int imageSize;
    readonly int[] labels;
    readonly float[] weights;

    public BatchBuffer(int size, int imageSize)
    {
        this.imageSize = imageSize;
        labels = GC.AllocateArray<int>(size, pinned: true);
        weights = GC.AllocateArray<float>(size, pinned: true);
        memory = GC.AllocateArray<float>(size * imageSize + MemoryContract.Alignment / sizeof(float), pinned: true);
        start = StartOf(memory);
    }

    public int Size { get; set; }

    public int Count { get; set; }

    public int Epoch { get; set; }

    public int Index { get; set; }

    public bool IsLastOfEpoch { get; set; }

    public Span<float> Images => memory.AsSpan(start, Size * imageSize);

    public Span<int> Labels => labels.AsSpan(0, Size);

    public Span<float> Weights => weights.AsSpan(0, Size);

    static unsafe int StartOf(float[] memory)
    {
        nint address = (nint)Unsafe.AsPointer(ref memory[0]);
        return (int)(((MemoryContract.Alignment - address % MemoryContract.Alignment) % MemoryContract.Alignment) / sizeof(float));
    }
}
