namespace GraphCompiler;

/// <summary>
/// What changes from update to update. In <see cref="Optimizer.Update"/> these are numbers that the formula computes with, in double
/// and once an update; they become floats where they meet a tensor.
/// </summary>
/// <param name="LearningRate">The learning rate of this update, the schedule's factor worked in.</param>
/// <param name="Number">The number of this update, from 1.</param>
/// <param name="WeightDecay">
/// <see cref="Optimizer.WeightDecay"/> where <see cref="Optimizer.DecayRule"/> chooses the parameter, else 0.
/// </param>
public readonly record struct UpdateStep(double LearningRate, long Number, double WeightDecay);
