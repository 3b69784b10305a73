using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Every option of the losses, alone and together; its twin is in tests/reference/models.py.</summary>
[Graph]
public sealed partial class LossMix
{
    public const int Batch = 8, Inputs = 5, Classes = 6, Values = 3;

    const int None = -1;

    readonly Linear scores = new(Inputs, Classes);
    readonly Linear estimates = new(Inputs, Values);

    public (Tensor Numbers, Tensor EachRow, Tensor EachElement) Outputs(
        [Shape(Batch, Inputs)] Tensor x, [Shape(Batch)] Tensor<int> labels, [Shape(Batch)] Tensor rows, [Shape(Classes)] Tensor classes,
        [Shape(Batch, Values)] Tensor targets, [Shape(Batch, Values)] Tensor elements)
    {
        Tensor z = scores.Forward(x), y = estimates.Forward(x), columns = elements[0];
        Tensor[] numbers =
        [
            CrossEntropy(z, labels, None),
            CrossEntropy(z, labels, None, classes),
            CrossEntropy(z, labels, None, weights: rows),
            CrossEntropy(z, labels, None, labelSmoothing: 0.1f),
            CrossEntropy(z, labels, None, classes, rows),
            CrossEntropy(z, labels, None, classes, labelSmoothing: 0.2f),
            CrossEntropy(z, labels, None, weights: rows, labelSmoothing: 0.3f),
            CrossEntropy(z, labels, None, classes, rows, 0.4f),
            CrossEntropy(z, labels, None, classes, rows, 0.4f, Reduction.Sum),
            CrossEntropy(z, labels, None, reduction: Reduction.Sum),
            BinaryCrossEntropyWithLogits(y, targets, elements),
            BinaryCrossEntropyWithLogits(y, targets, reduction: Reduction.Sum),
            MeanSquaredError(y, targets, elements),
            MeanSquaredError(y, targets, columns, Reduction.Sum),
            L1(y, targets, columns),
            L1(y, targets, elements, Reduction.Sum),
            Huber(y, targets, 0.3f, elements),
            Huber(y, targets, 0.3f, columns, Reduction.Sum),
        ];
        Tensor eachRow = CrossEntropy(z, labels, None, classes, rows, 0.1f, Reduction.None);
        Tensor eachElement = BinaryCrossEntropyWithLogits(y, targets, elements, Reduction.None) + MeanSquaredError(y, targets, columns, Reduction.None)
            + L1(y, targets, reduction: Reduction.None) + Huber(y, targets, 0.3f, reduction: Reduction.None);
        return (Concat(numbers.Select(number => number.Reshape(1)).ToArray(), 0), eachRow, eachElement);
    }

    [Objective]
    public Tensor Loss(
        [Shape(Batch, Inputs)] Tensor x, [Shape(Batch)] Tensor<int> labels, [Shape(Batch)] Tensor rows, [Shape(Classes)] Tensor classes,
        [Shape(Batch, Values)] Tensor targets, [Shape(Batch, Values)] Tensor elements)
    {
        (Tensor numbers, Tensor eachRow, Tensor eachElement) = Outputs(x, labels, rows, classes, targets, elements);
        // Each has a factor of its own, so that no two mistakes cancel.
        return Sum(numbers / (Arange(numbers.Shape[0]).To<float>() + 1)) + 0.3 * Sum(Square(eachRow)) + 0.07 * Sum(eachElement);
    }
}
