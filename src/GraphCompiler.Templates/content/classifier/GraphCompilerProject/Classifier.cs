using GraphCompiler;
using static GraphCompiler.Ops;

namespace GraphCompilerProject;

/// <summary>Which of three spirals a point of the plane lies on.</summary>
[Graph, Dim("count", Max = MostPoints)]
public sealed partial class Classifier
{
    public const int Classes = 3, Batch = 64, MostPoints = 4096;

    readonly Linear hidden1 = new(2, 32), hidden2 = new(32, 32), output = new(32, Classes);

    Tensor Logits(Tensor points) => output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(points)))));

    /// <summary>The probability of each class for each point.</summary>
    public Tensor Probabilities([Shape("count", 2)] Tensor points) => Softmax(Logits(points));

    /// <summary>What training minimises.</summary>
    [Objective]
    public Tensor Loss([Shape(Batch, 2)] Tensor points, [Shape(Batch)] Tensor<int> classes) => CrossEntropy(Logits(points), classes);
}
