namespace GraphCompiler;

/// <summary>Losses, each a mean over all elements unless another reduction is asked for, and dropout.</summary>
public static partial class Ops
{
    /// <summary>
    /// −log softmax(logits)[label], and its mean over all labels that are not left out. PyTorch's <c>cross_entropy</c>, with the classes
    /// on the last axis and weights for rows too. With label smoothing s and class weights w, a row's loss is
    /// <c>−(1 − s) w[label] log p[label] − s / classes · Σ w[c] log p[c]</c>, and the mean divides by the sum of
    /// <c>weights · w[label]</c>. The loss of a large vocabulary never holds its logits, whatever is left out, weighted or smoothed.
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
    /// <param name="classWeights">[classes]: what the losses of a class count.</param>
    /// <param name="weights">[...]: what the rows' losses count, such as a mask of zeros and ones.</param>
    /// <param name="labelSmoothing">The share of a row's target, from 0 to 1, that is spread over all classes.</param>
    /// <param name="reduction">A number, or the losses of all rows, [...].</param>
    public static Tensor CrossEntropy(
        Tensor logits, Tensor<int> labels, int? ignoreIndex = null, Tensor? classWeights = null, Tensor? weights = null,
        float labelSmoothing = 0, Reduction reduction = Reduction.Mean) => throw Symbolic.Executed();

    /// <inheritdoc cref="CrossEntropy(Tensor, Tensor{int}, int?, Tensor?, Tensor?, float, Reduction)"/>
    public static Tensor CrossEntropy(
        Tensor logits, Tensor<long> labels, int? ignoreIndex = null, Tensor? classWeights = null, Tensor? weights = null,
        float labelSmoothing = 0, Reduction reduction = Reduction.Mean) => throw Symbolic.Executed();

    /// <summary>
    /// The mean of max(z, 0) − z·t + log(1 + exp(−|z|)): binary cross-entropy of sigmoid(z) against t. PyTorch's
    /// <c>binary_cross_entropy_with_logits</c>.
    /// </summary>
    /// <param name="logits">Any shape: z.</param>
    /// <param name="targets">The same shape: probabilities t from 0 to 1.</param>
    /// <param name="weights">What each element counts, of a shape that broadcasts to the others'; the mean divides by their sum.</param>
    /// <param name="reduction">A number, or all elements' losses.</param>
    public static Tensor BinaryCrossEntropyWithLogits(
        Tensor logits, Tensor targets, Tensor? weights = null, Reduction reduction = Reduction.Mean) => throw Symbolic.Executed();

    /// <summary>The mean of (prediction − target)². PyTorch's <c>mse_loss</c>.</summary>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="weights">What each element counts, of a shape that broadcasts to the others'; the mean divides by their sum.</param>
    /// <param name="reduction">A number, or all elements' losses.</param>
    public static Tensor MeanSquaredError(
        Tensor prediction, Tensor target, Tensor? weights = null, Reduction reduction = Reduction.Mean) => throw Symbolic.Executed();

    /// <summary>The mean of |prediction − target|. PyTorch's <c>l1_loss</c>.</summary>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="weights">What each element counts, of a shape that broadcasts to the others'; the mean divides by their sum.</param>
    /// <param name="reduction">A number, or all elements' losses.</param>
    public static Tensor L1(
        Tensor prediction, Tensor target, Tensor? weights = null, Reduction reduction = Reduction.Mean) => throw Symbolic.Executed();

    /// <summary>
    /// The mean of d²/2 where |d| ≤ delta and of delta·(|d| − delta/2) elsewhere, d = prediction − target. Huber 1964;
    /// PyTorch's <c>huber_loss</c>.
    /// </summary>
    /// <param name="prediction">Any shape.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="delta">Where the square ends, above 0.</param>
    /// <param name="weights">What each element counts, of a shape that broadcasts to the others'; the mean divides by their sum.</param>
    /// <param name="reduction">A number, or all elements' losses.</param>
    public static Tensor Huber(
        Tensor prediction, Tensor target, float delta = 1, Tensor? weights = null, Reduction reduction = Reduction.Mean) => throw Symbolic.Executed();

    /// <summary>
    /// In training, zero with probability p and x / (1 − p) otherwise; in inference, x. Srivastava et al. 2014;
    /// PyTorch's <c>dropout</c>. The mask is drawn from Philox by seed, step and element, and drawn again in the
    /// backward pass rather than kept.
    /// </summary>
    /// <param name="x">Any shape; the result has the same.</param>
    /// <param name="p">The probability of zero, at least 0 and below 1.</param>
    public static Tensor Dropout(Tensor x, float p = 0.5f) => throw Symbolic.Executed();
}
