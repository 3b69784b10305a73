using System.ComponentModel;

namespace GraphCompiler.Runtime;

/// <summary>
/// An optimizer's formula as the compiler writes it out: the coefficients of an update, worked out once in double, and one pass over
/// the memory of a run of parameters. Each element is computed from that element and from sums over its parameter alone, so the bits do not depend
/// on who updates which run.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract unsafe class UpdateFormula
{
    /// <summary>For classes that the compiler writes.</summary>
    /// <param name="number">Which of the formulas that hyper-parameters choose among, from 0.</param>
    /// <param name="stateNames">The names of its states.</param>
    /// <param name="coefficients">How many coefficients it has.</param>
    /// <param name="sums">How many sums over a parameter it is computed with.</param>
    protected UpdateFormula(int number, string[] stateNames, int coefficients, int sums = 0)
    {
        Sums = sums;
        Number = number;
        StateNames = stateNames;
        Coefficients = coefficients;
    }

    /// <summary>Which of the formulas that the optimizer's hyper-parameters choose among, from 0.</summary>
    public int Number { get; }

    /// <summary>The names of its blocks of state.</summary>
    public IReadOnlyList<string> StateNames { get; }

    /// <summary>How many coefficients it has.</summary>
    public int Coefficients { get; }

    /// <summary>How many sums over a parameter it is computed with.</summary>
    public int Sums { get; }

    /// <summary>Works out the coefficients.</summary>
    /// <param name="step">The update.</param>
    /// <param name="coefficients">Receives them.</param>
    public abstract void Prepare(UpdateStep step, Span<float> coefficients);

    /// <summary>Works out the coefficients for each of some settings, a set after the other.</summary>
    internal void Prepare(UpdateSettings[] settings, double factor, long number, Span<float> coefficients)
    {
        for (int index = 0; index < settings.Length; index++)
        {
            Prepare(new UpdateStep(settings[index].LearningRate * factor, number, settings[index].WeightDecay), coefficients[..Coefficients]);
            coefficients = coefficients[Coefficients..];
        }
    }

    /// <summary>Updates parameters that lie together. Called by several threads at once.</summary>
    /// <param name="parameter">The values to update.</param>
    /// <param name="gradient">Their gradients.</param>
    /// <param name="scale">What to multiply the gradients with: clipping and the mean of accumulated steps.</param>
    /// <param name="coefficients">What <see cref="Prepare(UpdateStep, Span{float})"/> worked out for them.</param>
    /// <param name="sumsOfParameter">What <see cref="Sum"/> gave for the runs of their parameter, added up; not read if there are no sums.</param>
    /// <param name="state">Their place in the first block of state.</param>
    /// <param name="stateStride">From one block of state to the next, in floats.</param>
    /// <param name="count">How many values.</param>
    public abstract void Apply(
        float* parameter, float* gradient, float* scale, float* coefficients, float* sumsOfParameter, float* state, long stateStride, int count);

    /// <summary>Takes the sums of a run of a parameter, before anything is updated. Called by several threads at once.</summary>
    /// <param name="parameter">The values.</param>
    /// <param name="gradient">Their gradients.</param>
    /// <param name="scale">What to multiply the gradients with.</param>
    /// <param name="coefficients">What <see cref="Prepare(UpdateStep, Span{float})"/> worked out for them.</param>
    /// <param name="state">Their place in the first block of state.</param>
    /// <param name="stateStride">From one block of state to the next, in floats.</param>
    /// <param name="count">How many values.</param>
    /// <param name="sums">Receives them.</param>
    public virtual void Sum(float* parameter, float* gradient, float* scale, float* coefficients, float* state, long stateStride, int count, float* sums)
    {
    }
}
