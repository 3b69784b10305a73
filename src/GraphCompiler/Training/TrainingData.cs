using GraphCompiler.Data;

namespace GraphCompiler;

/// <summary>What a training goes through, epoch by epoch: batches of any type. The same epoch gives the same batches.</summary>
/// <typeparam name="TBatch">A batch.</typeparam>
public abstract class TrainingData<TBatch>
{
    /// <summary>How many batches an epoch has; null where that is known only at its end, or it has none.</summary>
    public virtual int? BatchesPerEpoch => null;

    /// <summary>The batches of an epoch. What a batch shows is good until the next one is asked for.</summary>
    /// <param name="epoch">The epoch's number, from 0.</param>
    public abstract IEnumerator<TBatch> Epoch(int epoch);
}

/// <summary>Makes data of what a program has.</summary>
public static class TrainingData
{
    /// <summary>The batches of a sequence of images.</summary>
    public static TrainingData<ImageBatch> Of(ImageBatches batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return new OfImages(batches);
    }

    /// <summary>The same batches in every epoch.</summary>
    public static TrainingData<TBatch> Of<TBatch>(IEnumerable<TBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        return new OfEpochs<TBatch>(_ => batches, batches.TryGetNonEnumeratedCount(out int count) ? count : null);
    }

    /// <summary>For each epoch, by its number from 0, its batches.</summary>
    public static TrainingData<TBatch> Epochs<TBatch>(Func<int, IEnumerable<TBatch>> epochs)
    {
        ArgumentNullException.ThrowIfNull(epochs);
        return new OfEpochs<TBatch>(epochs, batchesPerEpoch: null);
    }

    /// <summary>For each step, by its number from 0, its batch, without an end: <c>TrainingData.Steps(windows.Batch)</c>. All is one epoch.</summary>
    public static TrainingData<TBatch> Steps<TBatch>(Func<long, TBatch> batchOf)
    {
        ArgumentNullException.ThrowIfNull(batchOf);
        return new OfSteps<TBatch>(batchOf);
    }

    sealed class OfImages(ImageBatches batches) : TrainingData<ImageBatch>
    {
        public override int? BatchesPerEpoch => batches.BatchesPerEpoch;

        public override IEnumerator<ImageBatch> Epoch(int epoch)
        {
            foreach (ImageBatch batch in batches.Epochs(epoch, 1))
                yield return batch;
        }
    }

    sealed class OfEpochs<TBatch>(Func<int, IEnumerable<TBatch>> epochs, int? batchesPerEpoch) : TrainingData<TBatch>
    {
        public override int? BatchesPerEpoch => batchesPerEpoch;

        public override IEnumerator<TBatch> Epoch(int epoch) => epochs(epoch).GetEnumerator();
    }

    /// <summary>The number of the step is that of the batch, so what lies before the first batch that is used costs nothing.</summary>
    internal sealed class OfSteps<TBatch>(Func<long, TBatch> batchOf) : TrainingData<TBatch>
    {
        public override IEnumerator<TBatch> Epoch(int epoch) => From(0);

        public IEnumerator<TBatch> From(long step)
        {
            while (true)
                yield return batchOf(step++);
        }
    }
}
