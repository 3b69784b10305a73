namespace GraphCompiler.Data;

/// <summary>What one enumeration works with; kept by its <see cref="ImageBatches"/> for the next one.</summary>
sealed class BatchWork(BatchFiller filler, BatchBuffer[] buffers)
{
    public BatchFiller Filler { get; } = filler;

    public BatchBuffer[] Buffers { get; } = buffers;
}
