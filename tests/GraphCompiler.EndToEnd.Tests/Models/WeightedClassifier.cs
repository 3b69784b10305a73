using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>A small classifier of any number of rows, which count differently, and so do classes; -1 is no class.</summary>
[Graph]
[Dim("rows", Max = 6)]
public sealed partial class WeightedClassifier
{
    public const int Inputs = 20, Classes = 5;

    readonly Linear hidden1 = new(Inputs, 9);
    readonly Linear hidden2 = new(9, 7);
    readonly Linear output = new(7, Classes);

    [Objective]
    public Tensor Loss(
        [Shape("rows", Inputs)] Tensor features, [Shape("rows")] Tensor<int> labels, [Shape("rows")] Tensor weights, [Shape(Classes)] Tensor classWeights)
        => CrossEntropy(
            output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(features))))), labels, ignoreIndex: -1, classWeights: classWeights, weights: weights);
}
