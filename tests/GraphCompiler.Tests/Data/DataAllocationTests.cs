using GraphCompiler.Data;
using Xunit;

namespace GraphCompiler.Tests.Data;

public class DataAllocationTests
{
    const int Epochs = 40, WarmUpEpochs = 10;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Batches_allocate_nothing_on_either_thread(int prefetch)
    {
        // The transform runs on the thread that fills: the place to read what that thread has allocated.
        const int Examples = 1000;
        long images = 0, fillingBefore = 0, fillingAfter = 0;
        ImageBatches batches = ImageBatchesTests.Numbered(Examples, 28, 28)
            .Shuffle(seed: 1).RandomShift(2, probability: 0.5f)
            .Transform((image, random) =>
            {
                images++;
                if (images == WarmUpEpochs * Examples)
                    fillingBefore = GC.GetAllocatedBytesForCurrentThread();
                if (images == Epochs * Examples)
                    fillingAfter = GC.GetAllocatedBytesForCurrentThread();
            })
            .Batches(40);
        if (prefetch > 0)
            batches = batches.Prefetch(prefetch);

        long before = 0, after = 0;
        foreach (ImageBatch batch in batches.Epochs(0, Epochs))
        {
            if (batch.Epoch == WarmUpEpochs && batch.Index == 0)
                before = GC.GetAllocatedBytesForCurrentThread();
            if (batch.Epoch == Epochs - 1 && batch.IsLastOfEpoch)
                after = GC.GetAllocatedBytesForCurrentThread();
        }

        Assert.Equal(0, fillingAfter - fillingBefore);
        Assert.Equal(0, after - before);
        Assert.Equal(Epochs * Examples, images);
    }
}
