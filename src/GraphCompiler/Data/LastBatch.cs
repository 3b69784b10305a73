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
    /// targets are <see cref="TokenBatch.NoTarget"/>. Both are -1, which is no class. A loss leaves such rows out when it is told to:
    /// <code>
    /// CrossEntropy(Logits(images), labels, ignoreIndex: ImageBatch.NoLabel)
    /// </code>
    /// Without it <see cref="Ops.CrossEntropy(Tensor, Tensor{int}, int?, Tensor?, Tensor?, float, Reduction)"/> refuses
    /// them, so nobody trains on padding unawares. <see cref="ImageBatch.Weights"/>
    /// does the same for losses that have no labels: <c>Sum(weights * losses) / Sum(weights)</c>.
    /// </summary>
    Pad,

    /// <summary>The batch is smaller than the others: for a graph whose batch is a [Dim].</summary>
    Keep,

    /// <summary>They are left out.</summary>
    Drop,
}
