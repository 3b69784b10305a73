using GraphCompiler.Data;
using Xunit;

namespace GraphCompiler.Tests.Data;

/// <summary>Counts the allocations of the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(DataAllocationTests), DisableParallelization = true)]
public class DataAllocationCollection;

[Collection(nameof(DataAllocationTests))]
public class DataAllocationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Batches_allocate_nothing(int prefetch)
    {
        ImageBatches batches = ImageBatchesTests.Numbered(1000, 28, 28)
            .Shuffle(seed: 1).RandomShift(2, probability: 0.5f).Transform((image, random) => image[0] = random).Batches(32);
        if (prefetch > 0)
            batches = batches.Prefetch(prefetch);
        float sum = 0;
        long before = 0, after = 0;
        foreach (ImageBatch batch in batches.Epochs(0, 50))
        {
            sum += batch.Images[0];
            if (batch.Epoch == 9)
                before = GC.GetTotalAllocatedBytes(precise: true);
            if (batch.Epoch == 49)
                after = GC.GetTotalAllocatedBytes(precise: true);
        }

        // 1,280 batches: one small object per batch would already be 30 kB. The test host itself allocates a little.
        Assert.InRange(after - before, 0, 10_000);
        Assert.True(sum > 0);
    }
}
