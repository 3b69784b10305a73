using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Parameters of 16 bits that are trained, among ones of floats and one that is frozen, in an order that memory has not.</summary>
[Graph]
[Dim("rows", Max = 9)]
public sealed partial class NarrowParameters
{
    readonly Parameter<Half> table = new([70, 8], Init.Normal(0, 0.5));
    readonly Parameter bias = new([8], Init.Uniform(-0.1, 0.1));
    [Frozen]
    readonly Parameter<BFloat16> shift = new([8], Init.Normal(0, 0.1));
    readonly Parameter<BFloat16> hidden = new([8, 520], Init.Normal(0, 0.3));
    readonly Parameter<BFloat16> gain = new([520], Init.Ones);
    readonly Linear output = new(520, 4);

    [Objective]
    public Tensor Loss([Shape("rows")] Tensor<int> words, [Shape("rows")] Tensor<int> labels)
    {
        Tensor x = Gather(table.To<float>(), words) + bias + shift.To<float>();
        return CrossEntropy(output.Forward(Tanh(MatMul(x, hidden.To<float>())) * gain.To<float>()), labels);
    }
}

/// <summary>The same of floats.</summary>
[Graph]
[Dim("rows", Max = 9)]
public sealed partial class WideParameters
{
    readonly Parameter table = new([70, 8], Init.Normal(0, 0.5));
    readonly Parameter bias = new([8], Init.Uniform(-0.1, 0.1));
    [Frozen]
    readonly Parameter shift = new([8], Init.Normal(0, 0.1));
    readonly Parameter hidden = new([8, 520], Init.Normal(0, 0.3)), gain = new([520], Init.Ones);
    readonly Linear output = new(520, 4);

    [Objective]
    public Tensor Loss([Shape("rows")] Tensor<int> words, [Shape("rows")] Tensor<int> labels)
        => CrossEntropy(output.Forward(Tanh(MatMul(Gather(table, words) + bias + shift, hidden)) * gain), labels);
}
