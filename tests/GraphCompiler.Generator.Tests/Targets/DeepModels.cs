namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Graph classes of any depth, as sources: the kinds of layers that deep models repeat.</summary>
internal static class DeepModels
{
    public static IReadOnlyList<string> Kinds { get; } = ["pre-norm", "post-norm", "gated", "tower", "alternating", "nested", "gpt2", "llama"];

    /// <summary>The members of a class of a kind, and the modules it uses; the width is a multiple of 4.</summary>
    public static (string Members, string Modules) Source(string kind, int depth, int width, int length, int batch) => kind switch
    {
        "pre-norm" => (Language(depth, width, length, batch), Attention + """
            [Module]
            public sealed class Block(int width)
            {
                readonly LayerNorm beforeAttention = new(width), beforeMlp = new(width);
                readonly Attention attention = new(width, 4);
                readonly Mlp mlp = new(width, 4 * width);

                public Tensor Forward(Tensor x)
                {
                    x += Dropout(attention.Forward(beforeAttention.Forward(x)), 0.1f);
                    return x + Dropout(mlp.Forward(beforeMlp.Forward(x)), 0.1f);
                }
            }
            """),
        "post-norm" => (Language(depth, width, length, batch), Attention + """
            [Module]
            public sealed class Block(int width)
            {
                readonly LayerNorm afterAttention = new(width), afterMlp = new(width);
                readonly Attention attention = new(width, 2);
                readonly Linear expand = new(width, 2 * width), project = new(2 * width, width);

                public Tensor Forward(Tensor x)
                {
                    x = afterAttention.Forward(x + attention.Forward(x));
                    return afterMlp.Forward(x + project.Forward(Gelu(expand.Forward(x))));
                }
            }
            """),
        "gated" => (Language(depth, width, length, batch), Attention + """
            [Module]
            public sealed class Block(int width)
            {
                readonly RmsNorm beforeAttention = new(width), beforeMlp = new(width);
                readonly Attention attention = new(width, 2);
                readonly Linear gate = new(width, 3 * width, bias: false), up = new(width, 3 * width, bias: false), down = new(3 * width, width, bias: false);

                public Tensor Forward(Tensor x)
                {
                    x += attention.Forward(beforeAttention.Forward(x));
                    var y = beforeMlp.Forward(x);
                    return x + down.Forward(Silu(gate.Forward(y)) * up.Forward(y));
                }
            }
            """),
        "alternating" => (Language(
            depth, width, length, batch,
            $"""
            readonly Mixer[] mixers = [.. Enumerable.Range(0, {(depth + 1) / 2}).Select(_ => new Mixer({width}))];
            readonly Perceptron[] perceptrons = [.. Enumerable.Range(0, {depth / 2}).Select(_ => new Perceptron({width}))];
            """,
            $"for (int i = 0; i < {depth}; i++) x = i % 2 == 0 ? mixers[i / 2].Forward(x) : perceptrons[i / 2].Forward(x);"), Attention + """
            [Module]
            public sealed class Mixer(int width)
            {
                readonly RmsNorm norm = new(width);
                readonly Attention attention = new(width, 2);

                public Tensor Forward(Tensor x) => x + attention.Forward(norm.Forward(x));
            }

            [Module]
            public sealed class Perceptron(int width)
            {
                readonly LayerNorm norm = new(width);
                readonly Mlp mlp = new(width, 2 * width);

                public Tensor Forward(Tensor x) => x + mlp.Forward(norm.Forward(x));
            }
            """),
        "nested" => (Language(depth, width, length, batch), """
            [Module]
            public sealed class Block(int width)
            {
                readonly LayerNorm norm = new(width);
                readonly Linear[] inner = [.. Enumerable.Range(0, 4).Select(_ => new Linear(width, width))];
                readonly Linear project = new(width, width);

                public Tensor Forward(Tensor x)
                {
                    var y = norm.Forward(x);
                    foreach (var layer in inner)
                        y = Relu(layer.Forward(y));
                    return x + project.Forward(Tanh(y));
                }
            }
            """),
        "gpt2" => ($$"""
            readonly Gpt2 network = new(new Gpt2Options(Vocabulary: 20, Context: {{length}}, Width: {{width}}, Layers: {{depth}}, Heads: 4, Dropout: 0.1f));

            public Tensor Next([Shape(3)] Tensor<int> text, [Shape] Tensor<int> position) => network.Decode(text, position);

            [Objective]
            public Tensor Loss([Shape({{batch}}, {{length}})] Tensor<int> text, [Shape({{batch}}, {{length}})] Tensor<int> next) => CrossEntropy(network.Forward(text), next);
            """, ""),
        "llama" => (Language(
            depth, width, length, batch,
            $$"""
            readonly Block[] blocks = [.. Enumerable.Range(0, {{depth}}).Select(_ => new Block({{width}}, {{length}}))];

            public Tensor Next([Shape(3)] Tensor<int> text, [Shape] Tensor<int> position)
            {
                var x = characters.Forward(text);
                foreach (var block in blocks)
                    x = block.Decode(x, position);
                return MatMul(norm.Forward(x), Transpose(characters.Weight));
            }
            """,
            "foreach (var block in blocks) x = block.Forward(x);"), """
            [Module]
            public sealed class Block(int width, int context)
            {
                readonly RmsNorm beforeAttention = new(width), beforeMlp = new(width);
                readonly GroupedQueryAttention attention = new(width, 4, 2, rotary: new RotaryEmbedding(width / 4), context: context);
                readonly SwiGlu mlp = new(width, 2 * width);

                public Tensor Forward(Tensor x)
                {
                    x += attention.Forward(beforeAttention.Forward(x));
                    return x + mlp.Forward(beforeMlp.Forward(x));
                }

                public Tensor Decode(Tensor x, Tensor<int> position)
                {
                    x += attention.Decode(beforeAttention.Forward(x), position);
                    return x + mlp.Forward(beforeMlp.Forward(x));
                }
            }
            """),
        "tower" => ($$"""
            readonly Linear first = new(10, {{width}});
            readonly Linear[] layers = [.. Enumerable.Range(0, {{depth}}).Select(_ => new Linear({{width}}, {{width}}))];
            readonly Linear last = new({{width}}, 10);

            public Tensor Logits([Shape({{batch * length}}, 10)] Tensor x)
            {
                x = Relu(first.Forward(x));
                foreach (var layer in layers)
                    x = Relu(layer.Forward(x));
                return last.Forward(x);
            }

            [Objective]
            public Tensor Loss([Shape({{batch * length}}, 10)] Tensor x, [Shape({{batch * length}})] Tensor<int> labels) => CrossEntropy(Logits(x), labels);
            """, ""),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind."),
    };

    static string Language(int depth, int width, int length, int batch) => Language(
        depth, width, length, batch,
        $"readonly Block[] blocks = [.. Enumerable.Range(0, {depth}).Select(_ => new Block({width}))];",
        "foreach (var block in blocks) x = block.Forward(x);");

    /// <summary>A model of characters around a stack of layers, whose output is tied to its embedding.</summary>
    static string Language(int depth, int width, int length, int batch, string fields, string forward) => $$"""
        readonly Embedding characters = new(20, {{width}});
        readonly Parameter places = new([{{length}}, {{width}}], Init.Normal(0, 0.02));
        {{fields}}
        readonly LayerNorm norm = new({{width}});

        public Tensor Logits([Shape({{batch}}, {{length}})] Tensor<int> text)
        {
            var x = characters.Forward(text) + places;
            {{forward}}
            return MatMul(norm.Forward(x), Transpose(characters.Weight));
        }

        [Objective]
        public Tensor Loss([Shape({{batch}}, {{length}})] Tensor<int> text, [Shape({{batch * length}})] Tensor<int> next)
            => CrossEntropy(Logits(text).Reshape({{batch * length}}, 20), next);
        """;

    const string Attention = """
        [Module]
        public sealed class Attention(int width, int heads)
        {
            readonly Linear query = new(width, width), key = new(width, width), value = new(width, width), project = new(width, width);

            public Tensor Forward(Tensor x)
            {
                Tensor q = InHeads(query.Forward(x)), k = InHeads(key.Forward(x)), v = InHeads(value.Forward(x));
                var weights = Softmax(MatMul(q, k.Transpose(2, 3)) * (1 / Math.Sqrt(width / heads)));
                return project.Forward(MatMul(weights, v).Permute(0, 2, 1, 3).Reshape(x.Shape));
            }

            Tensor InHeads(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], heads, width / heads).Permute(0, 2, 1, 3);
        }

        """;
}
