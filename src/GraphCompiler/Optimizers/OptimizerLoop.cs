namespace GraphCompiler;

/// <summary>
/// The loop of one optimizer: its coefficients for the current update, and the formula over a run of floats. The
/// coefficients are worked out in double once an update; the formula is the same for every element, so the bits do not
/// depend on how the block is divided. Loops are fully compiled at their first call: in
/// code of the first tier an update would take longer than the step it follows.
/// </summary>
internal abstract unsafe class OptimizerLoop
{
    /// <summary>Works out the coefficients.</summary>
    /// <param name="learningRate">The learning rate of this update.</param>
    /// <param name="update">The number of this update, from 1.</param>
    public abstract void Prepare(double learningRate, long update);

    /// <summary>Updates <paramref name="count"/> parameters that lie together. Called by several threads at once.</summary>
    /// <param name="parameters">The values to update.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="gradientScale">What to multiply the gradients with: clipping and the mean of accumulated steps.</param>
    /// <param name="state">Their place in the first block of state.</param>
    /// <param name="stateStride">From one block of state to the next, in floats.</param>
    /// <param name="count">How many values.</param>
    /// <param name="decays">Whether weight decay applies to them.</param>
    public abstract void Apply(
        float* parameters, float* gradients, float gradientScale, float* state, long stateStride, int count, bool decays);
}
