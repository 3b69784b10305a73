using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>Nothing of the size of all pairs of queries and keys is kept.</summary>
public sealed class AttentionMemoryTests
{
    static long ArenaBytes(int time, string attention)
    {
        var model = Reading.AcceptMembers($$"""
            readonly Linear input = new(64, 192), output = new(64, 64);
            readonly LayerNorm norm = new(64);

            [Objective]
            public Tensor Loss([Shape(1, {{time}}, 64)] Tensor x, [Shape(1, {{time}})] Tensor<int> tokens)
            {
                var parts = Split(input.Forward(norm.Forward(x)), 3);
                Tensor Heads(Tensor part) => part.Reshape(1, {{time}}, 2, 32).Permute(0, 2, 1, 3);
                Tensor q = Heads(parts[0]), k = Heads(parts[1]), v = Heads(parts[2]);
                var i = Arange({{time}});
                var attended = {{attention}};
                return MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(1, {{time}}, 64)), x);
            }
            """);
        return CompiledModel.From(model, CpuCostModel.Instance, default).Methods[0].Training!.Arena.Size;
    }

    [Theory]
    [InlineData("Attention(q, k, v, causal: true)")]
    [InlineData("Attention(q, k, v, window: 128, keyMask: NotEqual(tokens, 0), dropout: 0.1f)")]
    [InlineData("MatMul(Softmax(Select(i <= i.Unsqueeze(1), MatMul(q, k.Transpose()), float.NegativeInfinity)), v)")]
    [InlineData("MatMul(Dropout(Softmax(MatMul(q, k.Transpose())), 0.1f), v)")]
    public void Memory_grows_with_the_length_not_its_square(string attention)
    {
        long once = ArenaBytes(2048, attention), twice = ArenaBytes(4096, attention);

        Assert.InRange(twice, once, (long)(2.2 * once));
        Assert.InRange(once, 1, sizeof(float) * 2048 * 64 * 20);
    }
}
