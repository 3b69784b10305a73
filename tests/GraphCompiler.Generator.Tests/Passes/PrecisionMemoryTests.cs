using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>What activations of 16 bits save of a language model's arena.</summary>
public class PrecisionMemoryTests
{
    /// <summary>GPT-2's smallest, on 4 texts of 64 tokens: few activations beside a large vocabulary, whose logits stay Float32.</summary>
    [Fact]
    public void The_arena_of_a_gpt_of_16_bits_is_at_most_six_tenths()
    {
        long single = Arena("Float32"), half = Arena("BFloat16");

        Assert.True(half <= 0.6 * single, $"{half} of {single} bytes");
    }

    static long Arena(string precision)
    {
        var model = Reading.Accept($$"""
            [Graph(Precision = Precision.{{precision}})]
            public sealed partial class Net
            {
                readonly Gpt2 gpt = new(new Gpt2Options());
                [Objective]
                public Tensor Loss([Shape(4, 64)] Tensor<int> tokens, [Shape(4, 64)] Tensor<int> next) => CrossEntropy(gpt.Forward(tokens), next);
            }
            """);
        return CompiledModel.From(model, CpuCostModel.Instance, default).Methods[0].Training!.Arena.Size;
    }
}
