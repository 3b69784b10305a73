using System.Runtime.CompilerServices;
using GraphCompiler.Generator.Tests.Pipeline;
using Xunit;

namespace GraphCompiler.Generator.Tests.Snapshots;

/// <summary>What each kind of kernel looks like, from the smallest class that makes one.</summary>
public sealed class KernelSnapshotTests
{
    const string Programs = "namespace GraphCompiler.Emitted", Kernels = "    /// <summary>The fused loops";

    static void Verify(string members, string attributes = "Graph", string from = Kernels, [CallerMemberName] string method = "")
    {
        string text = Assert.Single(GeneratorRun.Accept(GeneratorRun.Net(members, attributes)));
        Snapshot.Verify(text[text.IndexOf(from, StringComparison.Ordinal)..], method: method);
    }

    [Fact]
    public void Map() => Verify("public Tensor Forward([Shape(32, 100)] Tensor x, [Shape(32, 100)] Tensor y) => Relu(x) * y + 1f;");

    [Fact]
    public void Map_over_broadcast_rows() => Verify("public Tensor Forward([Shape(32, 100)] Tensor x, [Shape(32, 1)] Tensor scale) => Tanh(x * scale);");

    [Fact]
    public void Permuted_map() => Verify("public Tensor Forward([Shape(4, 8, 20)] Tensor x, [Shape(8, 4, 20)] Tensor y) => x.Transpose(0, 1) - Exp(y);");

    [Fact]
    public void Strided_map() => Verify("public Tensor Forward([Shape(6, 40)] Tensor x) => x.Slice(1, 1, 13, step: 3) + x.Slice(1, 0, 13);");

    [Fact]
    public void Softmax_of_narrow_rows() => Verify("public Tensor Forward([Shape(32, 10)] Tensor x) => Softmax(x);");

    [Fact]
    public void Softmax_of_wide_rows() => Verify("public Tensor Forward([Shape(32, 1000)] Tensor x) => Softmax(x);");

    [Fact]
    public void LayerNorm_forward_and_backward() => Verify("""
        readonly Parameter table = new([32, 64], Init.Normal());
            readonly LayerNorm norm = new(64);

            [Objective]
            public Tensor Loss([Shape(32, 64)] Tensor target) => MeanSquaredError(norm.Forward(table), target);
        """);

    [Fact]
    public void Column_reduction() => Verify("public Tensor Forward([Shape(500, 100)] Tensor x) => Square(x).Mean(0);");

    [Fact]
    public void Grouped_column_reduction() => Verify("public Tensor Forward([Shape(9, 50, 12)] Tensor x) => x.Max(1);");

    [Fact]
    public void Product_with_epilogue() => Verify("""
        readonly Linear layer = new(48, 40);

            public Tensor Forward([Shape(20, 48)] Tensor x, [Shape(20, 40)] Tensor y) => Gelu(layer.Forward(x)) + y;
        """);

    [Fact]
    public void Product_with_prologue() => Verify("public Tensor Forward([Shape(20, 48)] Tensor x, [Shape(48, 40)] Tensor y) => MatMul(Abs(x) * 2f, y);");

    [Fact]
    public void Transposed_product() => Verify("public Tensor Forward([Shape(48, 20)] Tensor x, [Shape(40, 48)] Tensor y) => MatMul(Transpose(x), Transpose(y));");

    [Fact]
    public void Batched_product()
        => Verify("public Tensor Forward([Shape(6, 20, 16)] Tensor queries, [Shape(6, 24, 16)] Tensor keys) => MatMul(queries, Transpose(keys)) * 0.25f;");

    [Fact]
    public void Attention() => Verify("""
        public Tensor Forward([Shape(2, 20, 96)] Tensor projection, [Shape(2, 20)] Tensor<int> tokens)
            {
                var parts = Split(projection.Reshape(2, 20, 12, 8).Permute(0, 2, 1, 3), 3, axis: 1);
                return Attention(parts[0], parts[1], parts[2], causal: true, keyMask: NotEqual(tokens, 0));
            }
        """);

    [Fact]
    public void Attention_forward_and_backward() => Verify("""
        readonly Linear input = new(64, 192), output = new(64, 64);

            [Objective]
            public Tensor Loss([Shape(2, "time", 64)] Tensor x)
            {
                var parts = Split(input.Forward(x), 3);
                Tensor Heads(Tensor part) => part.Reshape(2, x.Shape[1], 2, 32).Permute(0, 2, 1, 3);
                var attended = Attention(Heads(parts[0]), Heads(parts[1]), Heads(parts[2]), window: 16, dropout: 0.1f);
                return MeanSquaredError(output.Forward(attended.Permute(0, 2, 1, 3).Reshape(2, x.Shape[1], 64)), x);
            }
        """, "Graph, Dim(\"time\", Max = 100)", Programs);

    [Fact]
    public void Gather() => Verify("""
        readonly Embedding words = new(100, 24), places = new(12, 24);

            public Tensor Forward([Shape(5, 12)] Tensor<int> tokens) => words.Forward(tokens) + places.Weight;
        """);

    [Fact]
    public void Scatter() => Verify("""
        readonly Embedding words = new(100, 24);

            [Objective]
            public Tensor Loss([Shape(5, 12)] Tensor<int> tokens) => Square(words.Forward(tokens)).Sum();
        """);

    [Fact]
    public void Computed_indices() => Verify("""
        readonly Embedding words = new(100, 24), places = new(12, 24);
            readonly SessionState rows = new([16, 24]);

            public Tensor Forward([Shape("n", 2)] Tensor<int> ids, [Shape] Tensor<int> position)
            {
                rows.Write(words.Forward(ids[.., 0] * 10 + ids[.., 1]) + places.Forward(ids[.., 1]), at: position + 1);
                return rows;
            }
        """, "Graph, Dim(\"n\", Max = 10)", Programs);

    [Fact]
    public void Linear_CrossEntropy_of_tied_embedding() => Verify("""
        readonly Embedding words = new(32000, 24);

            [Objective]
            public Tensor Loss([Shape(5, 12)] Tensor<int> tokens, [Shape(5, 12)] Tensor<int> next)
                => CrossEntropy(MatMul(Tanh(words.Forward(tokens)), Transpose(words.Weight)), next);
        """);

    [Fact]
    public void Concat() => Verify("public Tensor Forward([Shape(8, 20)] Tensor left, [Shape(8, 30)] Tensor right) => Concat([left, right], axis: 1);");

    [Fact]
    public void Pad() => Verify("""
        readonly Parameter signal = new([8, 40], Init.Normal());

            [Objective]
            public Tensor Loss([Shape(8, 13)] Tensor x) => (signal.Slice(1, 1, 13, step: 3) * x).Sum();
        """);

    [Fact]
    public void Dropout() => Verify("""
        readonly Parameter x = new([8, 40], Init.Normal());

            [Objective]
            public Tensor Loss([Shape(8, 40)] Tensor y) => (Dropout(Square(x), 0.1f) * y).Sum();
        """);

    [Fact]
    public void Dynamic_dimension() => Verify("""
        readonly Linear layer = new(24, 10);

            public Tensor Forward([Shape("batch", 24)] Tensor x) => Softmax(layer.Forward(x));
        """, "Graph, Dim(\"batch\", Max = 256)", Programs);

    [Fact]
    public void Program_of_a_team() => Verify("""
        readonly Linear hidden = new(784, 512), output = new(512, 10);

            [Objective]
            public Tensor Loss([Shape(128, 784)] Tensor pixels, [Shape(128)] Tensor<int> digits)
                => CrossEntropy(output.Forward(Relu(hidden.Forward(pixels))), digits);
        """, from: Programs);

    /// <summary>Layers are iterations of a loop, forward and backward; what they keep lies evenly or is looked up.</summary>
    [Fact]
    public void Program_of_many_layers() => Verify("""
        readonly Linear[] layers = [new(256, 256), new(256, 256), new(256, 256), new(256, 256), new(256, 256), new(256, 256)];

            [Objective]
            public Tensor Loss([Shape(64, 256)] Tensor x)
            {
                foreach (var layer in layers)
                    x = Dropout(x + Tanh(layer.Forward(x)), 0.1f);
                return Square(x).Mean();
            }
        """, from: Programs);
}
