using GraphCompiler;
using static GraphCompiler.Ops;

namespace GraphCompilerProject;

/// <summary>A curve through measurements: y for x.</summary>
[Graph, Dim("count", Max = MostValues)]
public sealed partial class Regression
{
    public const int Batch = 32, MostValues = 4096;

    readonly Linear hidden1 = new(1, 32), hidden2 = new(32, 32), output = new(32, 1);

    Tensor Predict(Tensor x) => output.Forward(Tanh(hidden2.Forward(Tanh(hidden1.Forward(x)))));

    /// <summary>y for each x.</summary>
    public Tensor Values([Shape("count", 1)] Tensor x) => Predict(x);

    /// <summary>What training minimises.</summary>
    [Objective]
    public Tensor Loss([Shape(Batch, 1)] Tensor x, [Shape(Batch, 1)] Tensor y) => MeanSquaredError(Predict(x), y);
}
