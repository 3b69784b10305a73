using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Results that take no computing: inputs, parameters, constants, views, one tensor twice.</summary>
[Graph]
public sealed partial class PlainResults
{
    readonly Parameter weight = new([2, 3], Init.Normal());
    readonly Parameter single = new([], Init.Constant(0.5));

    public (Tensor Same, Tensor Again, Tensor Turned, Tensor Row, Tensor Wide) Views([Shape(2, 3)] Tensor x)
        => (x, x, x.Transpose(), x[1], x.Unsqueeze(0).BroadcastTo(2, 2, 3));

    public (Tensor Weight, Tensor Turned, Tensor Ones, Tensor Single) Constants()
        => (weight, weight.Transpose(), Ones(2, 2), single);

    public (Tensor Sum, Tensor Twice, Tensor Turned) Shared([Shape(2, 3)] Tensor x)
    {
        Tensor sum = x + weight;
        return (sum, sum * 2, sum.Transpose());
    }

    public Tensor Number([Shape(2, 3)] Tensor x) => x.Sum() * single;

    [Objective]
    public Tensor Loss([Shape(2, 3)] Tensor x, [Shape] Tensor target) => Square(Number(x) * weight.Sum() - target);
}

/// <summary>Parameters whose gradient is nothing, a constant, an input or another parameter.</summary>
[Graph]
public sealed partial class PlainGradients
{
    readonly Parameter idle = new([3], Init.Normal());
    readonly Parameter linear = new([2, 3], Init.Normal());
    readonly Parameter left = new([3], Init.Normal());
    readonly Parameter right = new([3], Init.Normal());
    readonly Parameter flat = new([4], Init.Normal());

    public Tensor Idle() => idle * 1;

    [Objective]
    public Tensor Loss([Shape(2, 3)] Tensor x)
        => (linear * x).Sum() + (left * right).Sum() + flat.Sum() + Floor(idle).Sum() + Select(idle > 1e9, idle, Zeros(3)).Sum();
}

/// <summary>Long reductions, many rows to few slots, and maxima that tie.</summary>
[Graph]
public sealed partial class LongSums
{
    public const int Rows = 3000, Columns = 37, Slots = 5;

    readonly Embedding table = new(Slots, Columns);
    readonly Parameter bias = new([Columns], Init.Zeros);

    public (Tensor Rows, Tensor Columns, Tensor All) Sums([Shape(Rows, Columns)] Tensor x)
        => (x.Sum(1), x.Sum(0), x.Sum());

    [Objective]
    public Tensor Loss([Shape(Rows, Columns)] Tensor x, [Shape(Rows)] Tensor<int> slots)
        => Square(x + bias - table.Forward(slots)).Sum(1).Mean();
}

/// <summary>Functions where float32 ends.</summary>
[Graph]
public sealed partial class Extremes
{
    readonly Parameter scale = new([4], Init.Ones);

    public (Tensor Softmax, Tensor LogSoftmax, Tensor Sigmoid, Tensor Softplus, Tensor Gelu, Tensor Tanh) Functions([Shape(2, 4)] Tensor x)
        => (Softmax(x), LogSoftmax(x), Sigmoid(x), Softplus(x), Gelu(x), Tanh(x));

    public Tensor Peak([Shape(2, 4)] Tensor x) => (x * scale).Max(axis: 1);

    [Objective]
    public Tensor Loss([Shape(2, 4)] Tensor x, [Shape(2)] Tensor<int> labels)
        => CrossEntropy(x * scale, labels) + BinaryCrossEntropyWithLogits(x * scale, Zeros(2, 4));
}

/// <summary>The largest of equal values: what is passed back is shared by them.</summary>
[Graph]
public sealed partial class Ties
{
    readonly Parameter values = new([2, 4], Init.Ones);

    [Objective]
    public Tensor Loss([Shape(2, 4)] Tensor x)
        => (values * x).Max(axis: 1).Sum() + Maximum(values, x).Sum() + Relu(values - x).Sum();
}

/// <summary>Rows of infinities, of NaN and of equal numbers.</summary>
[Graph]
public sealed partial class SpecialRows
{
    readonly Parameter left = new([5, 5], Init.Zeros), right = new([5, 5], Init.Zeros);

    public (Tensor Sums, Tensor Largest, Tensor Smallest, Tensor Deviations) Rows([Shape(5, 5)] Tensor x)
        => (LogSumExp(x, 1), ArgMax(x, 1).To<float>(), ArgMin(x, 1).To<float>(), Std(x, 1));

    [Objective]
    public Tensor Loss([Shape(5, 5)] Tensor x, [Shape(5, 5)] Tensor y) => LogSumExp(x + left, 1).Sum() + Std(y + right, 1).Sum();
}

/// <summary>An axis longer than the floats count: how far the place found is from where it should be.</summary>
[Graph]
public sealed partial class LongAxis
{
    public const int Length = (1 << 24) + 9;

    public Tensor Distance([Shape(Length)] Tensor x, [Shape] Tensor<int> place) => (ArgMax(x) - place).To<float>();
}

/// <summary>A table with a row that pads, which is looked up and read as a whole.</summary>
[Graph]
public sealed partial class PaddedTable
{
    readonly Embedding table = new(4, 3, paddingIndex: 1), last = new(4, 3, Init.Ones, paddingIndex: -1);

    public (Tensor First, Tensor Last) Rows([Shape(2, 2)] Tensor<int> numbers) => (table.Forward(numbers), last.Forward(numbers));

    [Objective]
    public Tensor Loss([Shape(2, 2)] Tensor<int> numbers, [Shape(2, 2, 3)] Tensor weights)
        => Sum(table.Forward(numbers) * weights) + (table.Weight * 0.5f).Sum() + Sum(last.Forward(numbers) * weights);
}
