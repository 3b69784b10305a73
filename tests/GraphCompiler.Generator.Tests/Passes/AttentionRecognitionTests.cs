using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>Attention in the spellings people write it in, and what only looks like it.</summary>
public sealed class AttentionRecognitionTests
{
    const string Scores = "var s = MatMul(q, k.Transpose()) * 0.5f; ";

    /// <summary>i counts keys along the last axis, r queries along the one before.</summary>
    const string Positions = "var i = Arange(5); var r = i.Unsqueeze(1); " + Scores;

    const string Tail = " return MatMul(Softmax(s), v);";

    static Graph Read(string body) => Reading.AcceptMembers($$"""
        readonly Parameter bias = new([5, 5]);
        public Tensor F([Shape(2, 4, 5, 4)] Tensor q, [Shape(2, 4, 5, 4)] Tensor k, [Shape(2, 4, 5, 4)] Tensor v, [Shape(2, 5)] Tensor<int> tokens, [Shape(5, 5)] Tensor square)
        { {{body}} }
        public Tensor UsesBias([Shape(5, 5)] Tensor x) => x * bias;
        """).Methods[0].Graph;

    /// <summary>Values for the inputs; every row of integers begins with 1, so that no query sees nothing.</summary>
    static Bindings BindingsOf(Graph graph, int seed)
    {
        var random = new Random(seed);
        var bindings = new Bindings { Training = true, Seed = (ulong)seed, Step = 3 };
        foreach (var symbol in graph.Nodes.SelectMany(n => n.Shape).SelectMany(d => d.Symbols.ToArray()).Distinct())
            bindings.Dims[symbol.Name] = random.Next(1, symbol.Max + 1);
        foreach (var leaf in graph.Nodes.Where(n => n.Op is Op.Input or Op.Parameter))
        {
            int[] sizes = [.. leaf.Shape.Select(d => d.Symbols.ToArray().Aggregate((int)d.Coefficient, (size, symbol) => size * bindings.Dims[symbol.Name]))];
            double[] values = new double[TensorValue.SizeOf(sizes)];
            for (int i = 0; i < values.Length; i++)
                values[i] = leaf.Type == ElementType.Float32 ? (2 * random.NextDouble()) - 1 : i % sizes[^1] == 0 ? 1 : random.Next(2);
            (leaf.Op == Op.Input ? bindings.Inputs : bindings.Parameters)[leaf.Name] = values;
        }
        return bindings;
    }

    /// <summary>What a graph becomes, held against the oracle.</summary>
    static Graph Recognise(Graph graph)
    {
        var source = Specialize.Run(graph, training: true);
        var result = AttentionRecognition.Run(source);
        GraphAssert.Sound(result);
        for (int seed = 0; seed < 3; seed++)
            GraphAssert.SameValues(source, result, BindingsOf(source, seed), 1e-9);
        return result;
    }

    static void IsRecognised(Graph graph, string form, string key, string mask = "")
    {
        var result = Recognise(graph);
        var attention = Assert.Single(result.Nodes, n => n.Op == Op.Attention);
        Assert.DoesNotContain(result.Nodes, n => n.Op is Op.Softmax or Op.Dropout or Op.MatMul);
        Assert.Equal(form, attention.Get<AttentionAttributes>().Form.ToString());
        Assert.Equal(key, attention.Inputs[1].Shape.ToString());
        Assert.Equal(mask, attention.Get<AttentionAttributes>().Form.HasKeyMask ? attention.Inputs[3].Shape.ToString() : "");
    }

    [Theory]
    [InlineData("return MatMul(Softmax(MatMul(q, k.Transpose())), v);", "scale 1")]
    [InlineData("return MatMul(Softmax(MatMul(q, k.Transpose()) * 0.5f), v);", "scale 0.5")]
    [InlineData("return MatMul(Softmax(0.5f * MatMul(q, k.Transpose(2, 3))), v);", "scale 0.5")]
    [InlineData("return MatMul(Softmax(MatMul(q, k.Transpose(-2, -1)) / Math.Sqrt(q.Shape[^1])), v);", "scale 0.5")]
    [InlineData("return MatMul(Softmax(MatMul(q, k.Permute(0, 1, 3, 2)) / Sqrt(4f)), v);", "scale 0.5")]
    [InlineData("return MatMul(Softmax(MatMul(q * 0.5f, k.Transpose())), v);", "scale 0.5")]
    [InlineData("return MatMul(Softmax(MatMul(q / 2f, k.Transpose())), v);", "scale 0.5")]
    [InlineData("return MatMul(Softmax(MatMul(q, k.Transpose() * 0.5f)), v);", "scale 0.5")]
    [InlineData("return MatMul(Softmax(MatMul(q * 0.5f, (0.25f * k).Transpose()) * 4f), v);", "scale 0.5")]
    [InlineData("return MatMul(Dropout(Softmax(MatMul(q, k.Transpose()) * 0.5f), 0.25f), v);", "scale 0.5 dropout 0.25 of stream 0")]
    public void Products_and_their_scale(string body, string form) => IsRecognised(Read(body), form, "[2, 5, 4, 4]");

    [Theory]
    [InlineData("s = Select(i <= r, s, float.NegativeInfinity);", "causal")]
    [InlineData("s = Select(r >= i, s, -1e9f);", "causal")]
    [InlineData("s = Select(i > r, -1e9f, s);", "causal")]
    [InlineData("s = Select(!(i > r), s, float.MinValue);", "causal")]
    [InlineData("s = Select(i < r + 1, s, -1e4f);", "causal")]
    [InlineData("s = Select(i - r <= 0, s, -1e9f);", "causal")]
    [InlineData("s = Select(i.To<float>() <= r.To<float>(), s, -1e9f);", "causal")]
    [InlineData("s = Select((i <= r).Reshape(1, 1, 5, 5), s, Full([5, 5], -1e9f));", "causal")]
    [InlineData("s = Select((i <= r).BroadcastTo(2, 1, 5, 5), s, -1e9f);", "causal")]
    [InlineData("s = Select((r <= i).Transpose(), s, -1e9f);", "causal")]
    [InlineData("s = Select(Arange(9)[2..7] <= Arange(9)[2..7].Unsqueeze(1), s, -1e9f);", "causal")]
    [InlineData("s += Select(i <= r, 0f, -1e9f);", "causal")]
    [InlineData("s = Select(i <= r, Zeros(5, 5), Full([5, 5], float.NegativeInfinity)) + s;", "causal")]
    [InlineData("s += (1f - (i <= r).To<float>()) * -1e9f;", "causal")]
    [InlineData("s -= (i > r).To<float>() * 1e10f;", "causal")]
    [InlineData("s = (s + Select(i <= r, 0f, -1e9f)) * 2f;", "causal")]
    [InlineData("s = Select(Equal((i <= r).To<float>(), 0), -1e9f, s);", "causal")]
    [InlineData("s = Select((i <= r).To<float>() > 0.5f, s, -1e9f);", "causal")]
    [InlineData("s = Select((i <= r) & (i > r - 3), s, -1e9f);", "causal window 3")]
    [InlineData("s = Select(i > r | r - i >= 3, -1e9f, s);", "causal window 3")]
    [InlineData("s = Select(i > r, -1e9f, Select(i + 2 < r, -1e9f, s));", "causal window 3")]
    [InlineData("s += Select(i <= r, 0f, -1e9f) + Select(r - i < 3, 0f, -1e9f);", "causal window 3")]
    [InlineData("s = Select(Abs(i.To<float>() - r.To<float>()) < 2f, s, -1e9f);", "window 2")]
    [InlineData("s = Select((i - r < 2) & (r - i < 2), s, -1e9f);", "window 2")]
    [InlineData("s = Select(Abs(r.To<float>() - i.To<float>()) > 1f, -1e9f, s);", "window 2")]
    [InlineData("s = Select(i <= r + 4, s, -1e9f);", "")]
    public void Causal_masks_and_windows(string mask, string form) => IsRecognised(
        Read(Positions + mask + Tail), string.Join(" ", new[] { mask.Contains("* 2f") ? "scale 1" : "scale 0.5", form }.Where(f => f.Length > 0)), "[2, 5, 4, 4]");

    [Theory]
    [InlineData("s = Select(NotEqual(tokens, 0).Reshape(2, 1, 1, 5), s, -1e9f);", "")]
    [InlineData("s = Select(Equal(tokens, 0).Unsqueeze(1).Unsqueeze(1), float.NegativeInfinity, s);", "")]
    [InlineData("s += (1f - NotEqual(tokens, 0).To<float>().Reshape(2, 1, 1, 5)) * -1e4f;", "")]
    [InlineData("s += Select(NotEqual(tokens, 0), 0f, -1e9f).Reshape(2, 1, 1, 5).BroadcastTo(2, 4, 5, 5);", "")]
    [InlineData("s = Select((i <= r) & NotEqual(tokens, 0).Reshape(2, 1, 1, 5), s, -1e9f);", " causal")]
    [InlineData("s = Select(NotEqual(tokens, 0).Reshape(2, 1, 1, 5) & (i <= r) & (i > r - 2) , s, -1e9f);", " causal window 2")]
    [InlineData("s = Select(i > r | Equal(tokens, 0).Reshape(2, 1, 1, 5), -1e9f, s);", " causal")]
    [InlineData("s = Select(i < 3, s, -1e9f);", "", "[2, 5]")]
    [InlineData("s = Select(i < tokens[.., ..1].Reshape(2, 1, 1, 1) + 2, s, -1e9f);", "")]
    public void Masks_of_keys(string mask, string form, string shape = "[2, 5]")
    {
        // Windows leave queries without keys where these are masked: there the two differ by definition.
        string body = Positions + mask + Tail;
        if (form.Contains("window"))
            Assert.Equal("scale 0.5" + form,
                Assert.Single(AttentionRecognition.Run(Specialize.Run(Read(body), training: true)).Nodes, n => n.Op == Op.Attention).Get<AttentionAttributes>().Form.ToString());
        else
            IsRecognised(Read(body), "scale 0.5" + form, "[2, 5, 4, 4]", shape);
    }

    [Theory]
    [InlineData("2, 3, 5, 4", "2, 3, 7, 4", "return MatMul(Softmax(Select(Arange(7) <= Arange(5).Unsqueeze(1) + 2, MatMul(q, k.Transpose()), -1e9f)), v);", "scale 1 causal",
        "[2, 7, 3, 4]")]
    [InlineData("2, 2, 4", "2, 7, 4", "return MatMul(Softmax(Select(Arange(7) > Arange(2).Unsqueeze(1) + 2, MatMul(q, k.Transpose()), -1e9f)), v);", "scale 1 window 3",
        "[2, 7, 1, 4]")]
    [InlineData("6, 5, 4", "6, 7, 4", "return MatMul(Softmax(MatMul(q, k.Transpose())), v);", "scale 1", "[6, 7, 1, 4]")]
    [InlineData("5, 4", "7, 4", "return MatMul(Softmax(MatMul(q, k.Transpose())), v);", "scale 1", "[7, 1, 4]")]
    [InlineData("6, 5, 4", "1, 7, 4", "return MatMul(Softmax(MatMul(q, k.Transpose())), v);", "scale 1", "[7, 1, 4]")]
    [InlineData("2, 6, 5, 4", "2, 1, 7, 4", "return MatMul(Softmax(MatMul(q, k.Transpose())), v);", "scale 1", "[2, 7, 1, 4]")]
    [InlineData("2, 6, 5, 4", "1, 6, 7, 4", "return MatMul(Softmax(MatMul(q, k.Transpose())), v);", "scale 1", "[2, 7, 6, 4]")]
    [InlineData("2, 3, 2, 5, 4", "2, 3, 1, 7, 4", "return MatMul(Softmax(MatMul(q, k.Transpose())), v);", "scale 1", "[2, 7, 3, 4]")]
    [InlineData("2, 3, 2, 5, 4", "2, 3, 2, 7, 4", "return MatMul(Softmax(MatMul(q, k.Transpose())), v);", "scale 1", "[2, 3, 7, 2, 4]")]
    [InlineData("2, 5, 6, 4", "2, 7, 3, 4", """
        Tensor Repeat(Tensor x) => x.Permute(0, 2, 1, 3).Unsqueeze(2).BroadcastTo(2, 3, 2, 7, 4).Reshape(2, 6, 7, 4);
        return MatMul(Softmax(MatMul(q.Permute(0, 2, 1, 3), Repeat(k).Transpose())), Repeat(v)).Permute(0, 2, 1, 3);
        """, "scale 1", "[2, 7, 3, 4]")]
    [InlineData("2, 5, 6, 4", "2, 7, 3, 4", """
        Tensor Repeat(Tensor x) => x.Unsqueeze(3).BroadcastTo(2, 7, 3, 2, 4).Reshape(2, 7, 6, 4).Permute(0, 2, 1, 3);
        return MatMul(Softmax(MatMul(q.Permute(0, 2, 1, 3), Repeat(k).Transpose())), Repeat(v)).Permute(0, 2, 1, 3);
        """, "scale 1", "[2, 7, 3, 4]")]
    [InlineData("2, 6, 5, 4", "2, 3, 7, 4", """
        Tensor Repeat(Tensor x) => x.Unsqueeze(2).BroadcastTo(2, 3, 2, 7, 4).Reshape(2, 6, 7, 4);
        return Attention(q, Repeat(k), Repeat(v), causal: true, scale: 1);
        """, "scale 1 causal", "[2, 7, 3, 4]")]
    [InlineData("2, 3, \"t\", 4", "2, 3, \"t\", 4", "return MatMul(Softmax(Select(Arange(k.Shape[2]) <= Arange(q.Shape[2]).Unsqueeze(1), MatMul(q, k.Transpose()), -1e9f)), v);",
        "scale 1 causal", "[2, t, 3, 4]")]
    [InlineData("\"n\", 3, 5, 4", "\"n\", 3, \"t\", 4", "return MatMul(Softmax(Select(Arange(k.Shape[2]) <= Arange(5).Unsqueeze(1) + k.Shape[2] - 5, MatMul(q, k.Transpose()), -1e9f)), v);", "scale 1 causal", "[n, t, 3, 4]", false)]
    public void Head_layouts(string query, string key, string body, string form, string keyShape, bool hasKeys = true)
    {
        var graph = Reading.Accept($$"""
            [Graph, Dim("t", Max = 6), Dim("n", Max = 3)] public sealed partial class Net
            {
                public Tensor F([Shape({{query}})] Tensor q, [Shape({{key}})] Tensor k, [Shape({{key}})] Tensor v) { {{body}} }
                public Tensor UsesNames([Shape("t", "n")] Tensor x) => x * 2f;
            }
            """).Methods[0].Graph;
        if (hasKeys)
        {
            IsRecognised(graph, form, keyShape);
            return;
        }
        // With fewer keys than queries some see nothing: zeros, where the softmax of large negative numbers as such is a mean.
        var source = Specialize.Run(graph, training: true);
        var result = AttentionRecognition.Run(source);
        for (int seed = 0; seed < 3; seed++)
            GraphAssert.SameValues(SoftmaxMasking.Run(source), result, BindingsOf(source, seed), 1e-9);
        var attention = Assert.Single(result.Nodes, n => n.Op == Op.Attention);
        Assert.Equal((form, keyShape), (attention.Get<AttentionAttributes>().Form.ToString(), attention.Inputs[1].Shape.ToString()));
    }

    [Theory]
    [InlineData(Scores + "return MatMul(Softmax(s), v) + s.Sum();")]
    [InlineData(Scores + "var w = Softmax(s); return MatMul(w, v) * w.Max();")]
    [InlineData(Scores + "var w = Dropout(Softmax(s), 0.5f); return MatMul(w, v) * w.Max();")]
    [InlineData(Scores + "return MatMul(Softmax(s, 2), v);")]
    [InlineData(Scores + "return MatMul(Softmax(s).Transpose(), v);")]
    [InlineData(Scores + "return MatMul(Softmax(s), v[.., .., .., ..3]);")]
    [InlineData(Scores + "return MatMul(Softmax(Tanh(s)), v);")]
    [InlineData(Scores + "return MatMul(Softmax(-s), v);")]
    [InlineData(Scores + "return MatMul(Softmax(s * q.Max()), v);")]
    [InlineData(Scores + "s += bias;" + Tail)]
    [InlineData(Scores + "s += square;" + Tail)]
    [InlineData(Scores + "s = Select(square > 0, s, -1e9f);" + Tail)]
    [InlineData(Positions + "s = Select(i <= r, s, -5f);" + Tail)]
    [InlineData(Positions + "s = Select(i <= r, s, 0f);" + Tail)]
    [InlineData(Positions + "s = Select(i >= r, s, -1e9f);" + Tail)]
    [InlineData(Positions + "s = Select(i < r, s, -1e9f);" + Tail)]
    [InlineData(Positions + "s = Select(i <= r | Equal(tokens, 0).Reshape(2, 1, 1, 5), s, -1e9f);" + Tail)]
    [InlineData(Positions + "s = Select(i <= r + 1, s, -1e9f);" + Tail)]
    [InlineData(Positions + "s = Select(2 * i <= r, s, -1e9f);" + Tail)]
    [InlineData(Positions + "s = Select(r < 3, s, -1e9f);" + Tail)]
    [InlineData(Positions + "s = Select(NotEqual(i, r), s, -1e9f);" + Tail)]
    [InlineData(Positions + "s = Select((i - r < 2) & (r - i < 3), s, -1e9f);" + Tail)]
    [InlineData(Positions + "s = Select(Abs(i.To<float>() - r.To<float>()) > 1f, s, -1e9f);" + Tail)]
    [InlineData(Positions + "s += Select(i <= r, 1f, -1e9f);" + Tail)]
    [InlineData("var h = Arange(4).Reshape(4, 1, 1); " + Positions + "s = Select(i + h <= 4, s, -1e9f);" + Tail)]
    [InlineData(Scores + "s = Select(Equal(tokens, 0).Reshape(2, 1, 5, 1), -1e9f, s);" + Tail)]
    public void Other_products_with_a_softmax_stay(string body)
    {
        var result = Recognise(Read(body));
        Assert.DoesNotContain(result.Nodes, n => n.Op == Op.Attention);
    }
}
