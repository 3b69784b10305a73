namespace GraphCompiler.Data;

/// <summary>Fills batch after batch from a first one on, epoch after epoch, for one enumeration at a time.</summary>
sealed class BatchFiller
{
    // A shuffled image is nowhere near the one before it; asking for it this many images early hides the way to memory.
    const int ImagesAhead = 4;

    readonly ImageSequence sequence;
    readonly int batchSize;
    readonly int batchesPerEpoch;
    readonly LastBatch last;
    readonly int[] order;
    readonly byte[] window;
    readonly float scale, offset;

    int orderedEpoch = -1;
    int epoch, endEpoch, batch;

    public BatchFiller(ImageSequence sequence, int batchSize, int batchesPerEpoch, LastBatch last)
    {
        this.sequence = sequence;
        this.batchSize = batchSize;
        this.batchesPerEpoch = batchesPerEpoch;
        this.last = last;
        order = new int[sequence.Set.Count];
        window = new byte[sequence.ImageShape.Size];
        (scale, offset) = sequence.Set.Normalization();
    }

    /// <summary>Places the filler before a batch.</summary>
    public void Start(int firstEpoch, int epochs, int firstBatch)
    {
        epoch = firstEpoch;
        endEpoch = firstEpoch + epochs;
        batch = firstBatch;
    }

    /// <summary>Fills the next batch; false, and nothing done, after the last.</summary>
    public bool TryFill(BatchBuffer buffer)
    {
        if (batch == batchesPerEpoch)
        {
            batch = 0;
            epoch++;
        }

        if (epoch >= endEpoch)
            return false;
        Order();
        Describe(buffer);
        int first = batch * batchSize;
        int imageSize = sequence.ImageShape.Size;
        for (int i = 0; i < buffer.Size; i++)
        {
            int ahead = first + i + ImagesAhead;
            if (ahead < order.Length)
                PixelConversion.BringNear(sequence.Set.Bytes(order[ahead]));
            FillImage(buffer.Images.Slice(i * imageSize, imageSize), out buffer.Labels[i], first + i);
        }

        batch++;
        return true;
    }

    void Order()
    {
        if (orderedEpoch == epoch)
            return;

        // An order that failed halfway must not be taken for one of this epoch.
        orderedEpoch = -1;
        if (sequence.ShuffleSeed is { } seed)
            ExampleRandom.Permute(order, seed, epoch, ExampleRandom.ShuffleStream);
        else
            for (int i = 0; i < order.Length; i++)
                order[i] = i;
        orderedEpoch = epoch;
    }

    void Describe(BatchBuffer buffer)
    {
        int own = Math.Min(batchSize, order.Length - batch * batchSize);
        buffer.Count = own;
        buffer.Size = last == LastBatch.Keep ? own : batchSize;
        buffer.Weights[..own].Fill(1);
        buffer.Weights[own..].Clear();
        buffer.Epoch = epoch;
        buffer.Index = batch;
        buffer.IsLastOfEpoch = batch == batchesPerEpoch - 1;
    }

    void FillImage(Span<float> image, out int label, int position)
    {
        if (position >= order.Length && last == LastBatch.Pad)
        {
            image.Fill(offset);
            label = ImageBatch.NoLabel;
            return;
        }

        int example = order[position % order.Length];
        label = sequence.Set.Label(example);
        ReadOnlySpan<byte> bytes = sequence.Set.Bytes(example);
        if (sequence.Crop is { } crop)
        {
            crop.Apply(bytes, window, epoch, position);
            bytes = window;
        }

        PixelConversion.Convert(bytes, image, scale, offset);
        if (sequence.ImageTransform is { } transform)
            transform(image, RandomBits(position));
    }

    ulong RandomBits(int position)
    {
        Span<uint> words = stackalloc uint[4];
        ExampleRandom.Words(sequence.TransformSeed, epoch, ExampleRandom.TransformStream, position, words);
        return words[0] | ((ulong)words[1] << 32);
    }
}
