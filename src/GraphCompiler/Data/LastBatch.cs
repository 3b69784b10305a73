namespace GraphCompiler.Data;

/// <summary>What becomes of the last examples of an epoch when they do not fill a batch.</summary>
public enum LastBatch
{
    /// <summary>
    /// The batch is filled up with the first examples of the epoch, so every batch is full, which a graph with a
    /// constant batch needs. <see cref="ImageBatch.Count"/> and <see cref="TokenBatch.Count"/> say how many examples are the
    /// epoch's own.
    /// </summary>
    Wrap,

    /// <summary>
    /// The batch is filled up with blank images (bytes of 0) whose label is <see cref="ImageBatch.NoLabel"/>, or with windows of token 0 whose
    /// targets are <see cref="TokenBatch.NoTarget"/>. Both are -1, which is no class: a loss that looks its class up, as
    /// <see cref="Ops.CrossEntropy"/> does, refuses it, so nobody trains on padding unawares. A loss that compares instead leaves such rows out:
    /// <code>
    /// Tensor hits = ToFloat(Equal(labels.Unsqueeze(1), Arange(Classes)));            // a row without a label has no hit
    /// return -Sum(hits * LogSoftmax(Logits(images))) / Sum(hits);                    // the mean over the others
    /// </code>
    /// <see cref="ImageBatch.Weights"/> does the same for losses that have no labels.
    /// </summary>
    Pad,

    /// <summary>The batch is smaller than the others: for a graph whose batch is a [Dim].</summary>
    Keep,

    /// <summary>They are left out.</summary>
    Drop,
}
