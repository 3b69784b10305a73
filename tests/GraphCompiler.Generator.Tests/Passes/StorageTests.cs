using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>What values take in memory is what their types say.</summary>
public sealed class StorageTests
{
    const double MostOfFloat32 = 0.8, MostOfFloat32WithActivations = 0.6;

    static readonly string[] Precisions = ["Float32", "BFloat16", "Float16"];

    /// <summary>A GPT of four layers, trained.</summary>
    static ProgramPlan Gpt(string precisions)
    {
        var model = Reading.Accept($$"""
            [Module]
            public sealed class Block(int width, int heads)
            {
                readonly LayerNorm beforeAttention = new(width), beforeMlp = new(width);
                readonly CausalSelfAttention attention = new(width, heads);
                readonly Mlp mlp = new(width, 4 * width);

                public Tensor Forward(Tensor x)
                {
                    x += attention.Forward(beforeAttention.Forward(x));
                    return x + mlp.Forward(beforeMlp.Forward(x));
                }
            }

            [Graph({{precisions}})]
            public sealed partial class Gpt
            {
                readonly Embedding tokens = new(65, 128);
                readonly LearnedPositions positions = new(64, 128);
                readonly Block[] blocks = [new(128, 4), new(128, 4), new(128, 4), new(128, 4)];
                readonly LayerNorm norm = new(128);

                [Objective]
                public Tensor Loss([Shape(12, 64)] Tensor<int> ids, [Shape(12, 64)] Tensor<int> next)
                {
                    var x = tokens.Forward(ids) + positions.Forward(64);
                    foreach (var block in blocks)
                        x = block.Forward(x);
                    return CrossEntropy(MatMul(norm.Forward(x), tokens.Weight.Transpose()), next);
                }
            }
            """);
        return CompiledModel.From(model, CpuCostModel.Instance, default).Methods[0].Training!;
    }

    [Fact]
    public void Training_with_16_bits_plans_less_memory()
    {
        var plans = Precisions.ToDictionary(p => p, p => Gpt($"MatMulPrecision = MatMulPrecision.{p}"));
        Assert.All(Precisions.Skip(1), p => Assert.InRange(plans[p].Arena.Size, 1, (long)(MostOfFloat32 * plans["Float32"].Arena.Size)));

        Assert.All(Precisions.Skip(1), p => Assert.InRange(Gpt($"Precision = Precision.{p}").Arena.Size, 1, (long)(MostOfFloat32WithActivations * plans["Float32"].Arena.Size)));
    }
}
