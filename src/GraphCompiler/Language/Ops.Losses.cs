namespace GraphCompiler;

/// <summary>Losses, each a scalar mean over all elements, and dropout.</summary>
public static partial class Ops
{
    /// <summary>
    /// The mean of −log softmax(logits)[label] over all labels, but for those that are left out; 0 if all are. PyTorch's
    /// <c>cross_entropy</c>, with the classes on the last axis.
    /// </summary>
    /// <param name="logits">[..., classes].</param>
    /// <param name="labels">
    /// [...]: class numbers from 0 to classes − 1, exact where they are computed. A call with another that is not left out throws
    /// <see cref="System.ArgumentOutOfRangeException"/> before anything runs.
    /// </param>
    /// <param name="ignoreIndex">
    /// A constant: rows with this label have no part in the loss, its mean and its gradients, such as
    /// <see cref="Data.ImageBatch.NoLabel"/> for padding. Null leaves none out.
    /// </param>
    public static Tensor CrossEntropy(Tensor logits, Tensor<int> labels, int? ignoreIndex = null) => throw Symbolic.Executed();

    /// <summary>
    /// The mean of max(z, 0) − z·t + log(1 + exp(−|z|)): binary cross-entropy of sigmoid(z) against t. PyTorch's
    /// <c>binary_cross_entropy_with_logits</c>.
    /// </summary>
    /// <param name="logits">Any shape: z.</param>
    /// <param name="targets">The same shape: probabilities t from 0 to 1.</param>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor logits, Tensor targets) => throw Symbolic.Executed();

    /// <summary>The mean of (prediction − target)². PyTorch's <c>mse_loss</c>.</summary>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">The same shape.</param>
    public static Tensor MeanSquaredError(Tensor prediction, Tensor target) => throw Symbolic.Executed();

    /// <summary>The mean of |prediction − target|. PyTorch's <c>l1_loss</c>.</summary>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">The same shape.</param>
    public static Tensor L1(Tensor prediction, Tensor target) => throw Symbolic.Executed();

    /// <summary>
    /// The mean of d²/2 where |d| ≤ delta and of delta·(|d| − delta/2) elsewhere, d = prediction − target. Huber 1964;
    /// PyTorch's <c>huber_loss</c>.
    /// </summary>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="delta">Where the square ends, above 0.</param>
    public static Tensor Huber(Tensor prediction, Tensor target, float delta = 1) => throw Symbolic.Executed();

    /// <summary>
    /// In training, zero with probability p and x / (1 − p) otherwise; in inference, x. Srivastava et al. 2014;
    /// PyTorch's <c>dropout</c>. The mask is drawn from Philox by seed, step and element, and drawn again in the
    /// backward pass rather than kept.
    /// </summary>
    /// <param name="x">Any shape; the result has the same.</param>
    /// <param name="p">The probability of zero, at least 0 and below 1.</param>
    public static Tensor Dropout(Tensor x, float p = 0.5f) => throw Symbolic.Executed();
}
