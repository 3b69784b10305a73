using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Targets;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>Which losses become one kernel that holds some rows of logits, and that their values stay.</summary>
public class LinearCrossEntropyTests
{
    static readonly Shape Tokens = new(3, 4);

    /// <summary>Named builders of a loss for each row, with a vocabulary of 7.</summary>
    static readonly Dictionary<string, Func<GraphSketch, Node>> Losses = new()
    {
        ["linear"] = s => s.Graph.CrossEntropy(Linear(s, Hidden(s), bias: false), s.Labels(Tokens, 7)),
        ["bias"] = s => s.Graph.CrossEntropy(Linear(s, Hidden(s), bias: true), s.Labels(Tokens, 7)),
        ["bias first"] = s =>
        {
            var product = Linear(s, Hidden(s), bias: false);
            return s.Graph.CrossEntropy(s.Graph.Add(s.Parameter(new Shape((Dim)7)), product), s.Labels(Tokens, 7));
        },
        ["rows joined"] = s => s.Graph.CrossEntropy(
            s.Graph.Reshape(Linear(s, Hidden(s), bias: true), new Shape(12, 7)), s.Graph.Reshape(s.Labels(Tokens, 7), new Shape((Dim)12))),
        ["shifted"] = s => s.Graph.CrossEntropy(
            s.Graph.Slice(Linear(s, Hidden(s), bias: true), 1, 0, 3), s.Graph.Slice(s.Labels(Tokens, 7), 1, 1, 3)),
        ["time first"] = s => s.Graph.CrossEntropy(s.Graph.Permute(Linear(s, Hidden(s), bias: false), [1, 0, 2]), s.Labels(new Shape(4, 3), 7)),
        ["weight by inputs"] = s => s.Graph.CrossEntropy(
            s.Graph.MatMul(Hidden(s), s.Parameter(new Shape(5, 7))), s.Labels(Tokens, 7)),
        ["tied"] = s =>
        {
            var table = s.Parameter(new Shape(7, 5));
            var x = s.Graph.Unary(Op.Tanh, s.Graph.Gather(table, s.Labels(Tokens, 7)));
            return s.Graph.CrossEntropy(s.Graph.MatMul(x, table, transposeRight: true), s.Labels(Tokens, 7));
        },
        ["transposed input"] = s => s.Graph.CrossEntropy(
            s.Graph.MatMul(s.Parameter(new Shape(5, 6)), s.Parameter(new Shape(7, 5)), true, true), s.Labels(new Shape((Dim)6), 7)),
    };

    static readonly Dictionary<string, Func<GraphSketch, Node>> SmoothedLosses = new()
    {
        ["alike"] = s => s.Graph.SmoothedCrossEntropy(Linear(s, Hidden(s), bias: true), s.Labels(Tokens, 7), s.Graph.Constant(1, new Shape((Dim)7)), 0.1),
        ["weighted"] = s => s.Graph.SmoothedCrossEntropy(Linear(s, Hidden(s), bias: false), s.Labels(Tokens, 7), s.Input(new Shape((Dim)7), 0, 3), 0.3),
        ["spread alone"] = s => s.Graph.SmoothedCrossEntropy(Linear(s, Hidden(s), bias: true), s.Labels(Tokens, 7), s.Input(new Shape((Dim)7), 0, 3), 1),
    };

    static readonly Dictionary<string, Func<GraphSketch, Node>> OtherLosses = new()
    {
        ["weights of classes that learn"] = s => s.Graph.SmoothedCrossEntropy(
            Linear(s, Hidden(s), bias: false), s.Labels(Tokens, 7), s.Graph.Unary(Op.Exp, s.Parameter(new Shape((Dim)7))), 0.1),
        ["not linear"] = s => s.Graph.CrossEntropy(s.Graph.Unary(Op.Tanh, Linear(s, Hidden(s), bias: false)), s.Labels(Tokens, 7)),
        ["logits used twice"] = s =>
        {
            var logits = Linear(s, Hidden(s), bias: false);
            return s.Graph.Add(s.Graph.CrossEntropy(logits, s.Labels(Tokens, 7)), s.Graph.Reduce(Op.ReduceMax, logits, [2], keepDimensions: false));
        },
        ["a matrix an item"] = s => s.Graph.CrossEntropy(
            s.Graph.MatMul(Hidden(s), s.Parameter(new Shape(3, 5, 7))), s.Labels(Tokens, 7)),
        ["classes sliced"] = s => s.Graph.CrossEntropy(s.Graph.Slice(Linear(s, Hidden(s), bias: false), 2, 1, 6), s.Labels(Tokens, 6)),
        ["bias of rows"] = s => s.Graph.CrossEntropy(
            s.Graph.Add(Linear(s, Hidden(s), bias: false), s.Parameter(new Shape(3, 4, 1))), s.Labels(Tokens, 7)),
    };

    public static TheoryData<string> Recognised => [.. Losses.Keys, .. SmoothedLosses.Keys];

    public static TheoryData<string> Others => [.. OtherLosses.Keys];

    static Node Hidden(GraphSketch s) => s.Graph.Unary(Op.Tanh, s.Parameter(new Shape(3, 4, 5)));

    static Node Linear(GraphSketch s, Node x, bool bias)
    {
        var product = s.Graph.MatMul(x, s.Graph.Permute(s.Parameter(new Shape(7, 5)), [1, 0]));
        return bias ? s.Graph.Add(product, s.Parameter(new Shape((Dim)7))) : product;
    }

    static Graph Fuse(Graph graph) => LinearCrossEntropyFusion.Run(graph, manyClasses: 0, manyLogits: 0, default);

    static void KeepsValues(Graph graph, Graph fused, Bindings bindings)
    {
        GraphAssert.Sound(fused);
        GraphAssert.SameValues(graph, fused, bindings);
        GraphAssert.SameValues(Differentiation.Run(graph), Simplification.Run(Lowering.Run(Differentiation.Run(fused))), bindings);
    }

    [Theory]
    [MemberData(nameof(Recognised))]
    public void Linear_maps_are_recognised(string name)
    {
        var sketch = new GraphSketch(seed: 1);
        var graph = sketch.Objective((Losses.GetValueOrDefault(name) ?? SmoothedLosses[name])(sketch));
        var fused = Fuse(graph);
        Assert.Single(fused.Nodes, n => n.Op == Op.LinearCrossEntropy);
        Assert.DoesNotContain(fused.Nodes, n => n.Op is Op.CrossEntropy or Op.SmoothedCrossEntropy or Op.MatMul);
        KeepsValues(graph, fused, sketch.Bindings);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Others_are_left_alone(string name)
    {
        var sketch = new GraphSketch(seed: 2);
        var graph = sketch.Objective(OtherLosses[name](sketch));
        var fused = Fuse(graph);
        Assert.DoesNotContain(fused.Nodes, n => n.Op == Op.LinearCrossEntropy);
        KeepsValues(graph, fused, sketch.Bindings);
    }

    [Fact]
    public void Few_logits_are_left_alone()
    {
        var sketch = new GraphSketch(seed: 3);
        var graph = sketch.Objective(Losses["tied"](sketch));
        Assert.Contains(LinearCrossEntropyFusion.Run(graph).Nodes, n => n.Op == Op.CrossEntropy);
    }

    /// <summary>The mean, a weighted mean, and a reduction whose gradient depends on the losses themselves.</summary>
    static readonly Func<GraphSketch, Node, Node>[] Reductions =
    [
        (s, losses) => s.Graph.Mean(losses, [], keepDimensions: false),
        (s, losses) => s.Graph.Reduce(Op.ReduceSum, s.Graph.Multiply(losses, s.Input(losses.Shape, 0, 1)), [], keepDimensions: false),
        (s, losses) => s.Graph.Mean(s.Graph.Multiply(losses, losses), [], keepDimensions: false),
    ];

    /// <summary>Random sizes beyond the cost model's limits, in every form, emitted, compiled and run, against the oracle.</summary>
    [Fact]
    public void Emitted_losses_and_gradients_agree_with_the_oracle()
    {
        var random = new Random(6);
        var cases = new List<(string, Graph, Bindings)>();
        for (int i = 0; i < 8; i++)
        {
            var sketch = new GraphSketch(seed: 100 + i);
            var g = sketch.Graph;
            int classes = random.Next(1024, 3000), width = random.Next(1, 12), rows = (LinearCrossEntropyFusion.ManyLogits / classes) + random.Next(1, 30);
            Dim n = i % 4 == 3 ? Dim.Named("n", 2 * rows) : rows;
            if (!n.IsConstant)
                sketch.Bindings.Dims["n"] = rows;
            var table = sketch.Parameter(i % 3 == 1 ? new Shape(width, classes) : new Shape(classes, width));
            var x = i % 3 == 2 ? g.Gather(table, sketch.Labels(new Shape(n), classes)) : g.Unary(Op.Tanh, sketch.Parameter(new Shape(n, width)));
            var logits = g.MatMul(x, table, transposeRight: i % 3 != 1);
            if (i % 2 == 0)
                logits = g.Add(logits, sketch.Parameter(new Shape((Dim)classes)));
            var labels = sketch.Labels(new Shape(n), classes);
            var losses = (i % 4) switch
            {
                1 => g.SmoothedCrossEntropy(logits, labels, g.Constant(1, new Shape((Dim)classes)), 0.1),
                2 => g.SmoothedCrossEntropy(logits, labels, sketch.Input(new Shape((Dim)classes), 0, 5), 0.3),
                _ => g.CrossEntropy(logits, labels),
            };
            g.AddOutput("loss", Reductions[i % Reductions.Length](sketch, losses));
            Assert.Contains(LinearCrossEntropyFusion.Run(g).Nodes, node => node.Op == Op.LinearCrossEntropy);
            cases.Add(($"case {i}: {rows} rows, {classes} classes, width {width}", g, sketch.Bindings));
        }
        EmissionCheck.Gradients(cases);
    }

    /// <summary>What moves rows between a linear map and its loss, at random: named parts, steps, other orders and shapes of the rows.</summary>
    static Node Moved(GraphSketch s, Node logits, Random random, int moves)
    {
        for (int i = 0; i < moves; i++)
        {
            Shape shape = logits.Shape;
            int rows = shape.Rank - 1, axis = random.Next(rows);
            Dim size = shape[axis];
            logits = random.Next(5) switch
            {
                0 => SlicedAt(s.Graph, logits, axis, random),
                1 => s.Graph.Permute(logits, [.. Enumerable.Range(0, rows).OrderBy(_ => random.Next()), rows]),
                2 when axis + 1 < rows => s.Graph.Reshape(logits, new Shape([.. shape.Take(axis), size * shape[axis + 1], .. shape.Skip(axis + 2)])),
                3 when size.Coefficient > 1 && size.TryDivide(size.Coefficient, out var unit) =>
                    s.Graph.Reshape(logits, new Shape([.. shape.Take(axis), size.Coefficient, unit, .. shape.Skip(axis + 1)])),
                _ => s.Graph.Reshape(logits, new Shape([.. shape.Take(axis), 1, .. shape.Skip(axis)])),
            };
        }
        return logits;
    }

    static Node SlicedAt(Graph graph, Node x, int axis, Random random)
    {
        Dim size = x.Shape[axis];
        if (size.IsConstant)
        {
            int start = random.Next(size.Value), step = random.Next(1, 4);
            return graph.Slice(x, axis, start, random.Next(1, 2 + ((size.Value - 1 - start) / step)), step);
        }
        // k·n positions: some multiples of n from one on, the last one, or one that counts from the end.
        size.TryDivide(size.Coefficient, out var unit);
        int first = random.Next((int)size.Coefficient);
        return random.Next(3) switch
        {
            0 => graph.Slice(x, new AxisPart(axis, 0, Offset: unit * first), unit * random.Next(1, (int)size.Coefficient - first + 1)),
            1 => graph.Slice(x, new AxisPart(axis, -1, Offset: size), 1),
            _ => graph.Slice(x, new AxisPart(axis, 0, Offset: unit * first), 1),
        };
    }

    /// <summary>A loss of moved rows of a linear map on rows of two joined tensors, a named number of each.</summary>
    static GraphSketch RandomLoss(int seed, int classes, int width, int most)
    {
        var random = new Random(seed);
        var s = new GraphSketch(seed);
        Dim n = random.Next(4) == 0 ? random.Next(1, most) : Dim.Named("n", most);
        s.Bindings.Dims["n"] = random.Next(1, most);
        var parts = Enumerable.Range(0, random.Next(1, 4)).Select(_ => s.Parameter(new Shape(n, 2, width))).ToList();
        var x = s.Graph.Unary(Op.Tanh, parts.Count == 1 ? parts[0] : s.Graph.Concat(parts, 0));
        var logits = s.Graph.MatMul(x, s.Parameter(new Shape(classes, width)), transposeRight: true);
        if (random.Next(2) == 0)
            logits = s.Graph.Add(logits, s.Parameter(new Shape((Dim)classes)));
        logits = Moved(s, logits, random, random.Next(1, 6));
        var labels = s.Labels(new Shape(logits.Shape.Take(logits.Shape.Rank - 1)), classes);
        s.Graph.AddOutput("loss", s.WeightedSum(s.Graph.CrossEntropy(logits, labels)));
        return s;
    }

    [Fact]
    public void Moved_rows_keep_their_places()
    {
        int named = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var sketch = RandomLoss(seed, classes: 7, width: 5, most: 5);
            var fused = Fuse(sketch.Graph);
            Assert.True(fused.Nodes.Count(n => n.Op == Op.LinearCrossEntropy) == 1, $"seed {seed}:\n{sketch.Graph}");
            KeepsValues(sketch.Graph, fused, sketch.Bindings);
            named += sketch.Graph.Nodes.Any(n => n.Op == Op.Slice && !n.Part.HasConstantStart) ? 1 : 0;
        }
        Assert.True(named > 30, $"{named} with named places");
    }

    /// <summary>The same with a vocabulary, emitted, compiled and run.</summary>
    [Fact]
    public void Emitted_losses_of_moved_rows_agree_with_the_oracle()
    {
        var cases = Enumerable.Range(0, 60).Select(seed => (Seed: seed, Sketch: RandomLoss(seed, classes: 20_000, width: 3, most: 40)))
            .Where(c => LinearCrossEntropyFusion.Run(c.Sketch.Graph).Nodes.Any(n => n.Op == Op.LinearCrossEntropy))
            .Where(c => c.Sketch.Graph.Nodes.Any(n => n.Op == Op.Slice && !n.Part.HasConstantStart)).Take(4).ToList();
        Assert.Equal(4, cases.Count);
        EmissionCheck.Gradients([.. cases.Select(c => ($"seed {c.Seed}", c.Sketch.Graph, c.Sketch.Bindings))]);
    }

    /// <summary>Ways to cut logits that a user writes.</summary>
    [Theory]
    [InlineData("head.Forward(Concat([a, b], 0))[time..], ids[.., 0]")]
    [InlineData("head.Forward(Concat([a, b], 0))[^1..], ids[..1, 0]")]
    [InlineData("head.Forward(Stack([a, b], 1))[.., ^1], ids[.., 0]")]
    [InlineData("head.Forward(Stack([a, b], 0))[.., ^1], ids[0]")]
    [InlineData("head.Forward(Stack([a, b], 0))[1, ..], ids[.., 1]")]
    [InlineData("head.Forward(Stack([a, b], 0)).Transpose(0, 1)[^1], ids[0]")]
    [InlineData("head.Forward(Stack([a, b], 1))[.., ..1].Squeeze(1), ids[.., 0]")]
    [InlineData("head.Forward(c).Slice(0, 1, 21, step: 3).Reshape(3, 7, Classes)[^2..].Permute(1, 0, 2)[.., 1], Arange(7)")]
    public void Cut_logits_compile(string arguments)
    {
        var model = Reading.Accept($$"""
            [Graph, Dim("time", Max = 64)] public sealed partial class Net
            {
                const int Classes = 20000;
                readonly Linear head = new(8, Classes);
                [Objective]
                public Tensor Loss([Shape("time", 8)] Tensor a, [Shape("time", 8)] Tensor b, [Shape("time", 2)] Tensor<int> ids, [Shape(64, 8)] Tensor c)
                {
                    var time = a.Shape[0];
                    return CrossEntropy({{arguments}}) + c.Mean() * 0f;
                }
            }
            """);
        Assert.Null(EmittedModel.From(model, forDevices: true, default).Fault);
    }

    /// <summary>What no program holds may have any size; what one would compute is refused where it is written.</summary>
    [Fact]
    public void Logits_that_are_never_held_may_be_many()
    {
        const string Net = """
            readonly Linear head = new(64, 50257);
            [Objective]
            public Tensor Loss([Shape(64, 1024, 64)] Tensor x, [Shape(64, 1024)] Tensor<int> next) => CrossEntropy(head.Forward(x), next);
            """;
        var model = Reading.AcceptMembers(Net);
        Assert.Null(EmittedModel.From(model, forDevices: true, default).Fault);
        Reading.RejectMembers("GC0206", Net + "public Tensor Logits([Shape(64, 1024, 64)] Tensor x) => [|head.Forward(x)|];");
        Reading.RejectMembers("GC0206", Net.Replace("head.Forward(x), next)", "[|head.Forward(x)|] * 2f, next)", StringComparison.Ordinal));
    }

    [Fact]
    public void Scores_that_are_never_held_may_be_many()
    {
        const string Inputs = "[Shape(16, 16, 8192, 64)] Tensor q, [Shape(16, 16, 8192, 64)] Tensor k";
        var model = Reading.AcceptMembers($"public Tensor F({Inputs}) => MatMul(Softmax(MatMul(q, k.Transpose())), k);");
        Assert.Null(EmittedModel.From(model, forDevices: true, default).Fault);
        Reading.RejectMembers("GC0206", $"public Tensor F({Inputs}) => MatMul(Tanh([|MatMul(q, k.Transpose())|]), k);");
    }

    static ProgramPlan LanguageModel(int rows, int vocabulary, int width)
    {
        var g = new Graph();
        var table = g.Parameter("table", new Shape(vocabulary, width));
        var x = g.Gather(table, g.Input("tokens", new Shape((Dim)rows), ElementType.Int32));
        var logits = g.MatMul(g.Unary(Op.Tanh, x), table, transposeRight: true);
        g.AddOutput("loss", g.Mean(g.CrossEntropy(logits, g.Input("targets", new Shape((Dim)rows), ElementType.Int32)), [], keepDimensions: false));
        var blocks = new ModelBlocks();
        blocks.AddTrained("table", (long)vocabulary * width);
        return Compile.Training(g, default, blocks, CpuCostModel.Instance, default);
    }

    [Theory]
    [InlineData(256, 50257)]
    [InlineData(4096, 50257)]
    [InlineData(64, 32000)]
    public void The_logits_are_never_planned(int rows, int vocabulary)
    {
        const int Width = 64;
        var plan = LanguageModel(rows, vocabulary, Width);
        var kernel = Assert.Single(plan.Steps, s => s.Kernel.Kind == KernelKind.LinearCrossEntropy).Kernel;
        Assert.Equal(3, kernel.Stores.Count);
        long logits = (long)rows * vocabulary;
        Assert.InRange(plan.Workspaces[kernel].Size, 1, sizeof(float) * ((logits / 2) + (16 * rows)));
        Assert.True(plan.Workspaces[kernel].Size <= sizeof(float) * (12 << 20));
        Assert.All(plan.Locations.Where(l => l.Value.Space == MemorySpace.Arena), l => Assert.True(l.Value.Size <= sizeof(float) * (long)rows * Width, $"{l.Key}"));
        Assert.True(plan.Arena.Size <= plan.Workspaces[kernel].Size + (sizeof(float) * 4L * rows * Width));
    }

    /// <summary>The logits are computed once as without, and nothing is kept besides.</summary>
    [Theory]
    [InlineData("ignoreIndex: -1")]
    [InlineData("weights: weights")]
    [InlineData("classWeights: classes")]
    [InlineData("ignoreIndex: -1, classWeights: classes")]
    [InlineData("ignoreIndex: -1, weights: weights")]
    [InlineData("ignoreIndex: -1, weights: weights, reduction: Reduction.Sum")]
    public void Rows_left_out_of_a_large_vocabulary_take_no_memory(string options)
    {
        ProgramPlan plain = Training("ignoreIndex: null"), masked = Training(options);
        Assert.Single(masked.Steps, s => s.Kernel.Kind == KernelKind.LinearCrossEntropy);
        Assert.True(masked.WorkingBytes <= plain.WorkingBytes, $"{masked.WorkingBytes} instead of {plain.WorkingBytes}");
    }

    /// <summary>What classes count is all that is kept besides, in whole lines.</summary>
    [Theory]
    [InlineData("labelSmoothing: 0.1f")]
    [InlineData("ignoreIndex: -1, labelSmoothing: 0.1f")]
    [InlineData("ignoreIndex: -1, classWeights: classes, labelSmoothing: 0.1f")]
    [InlineData("classWeights: classes, weights: weights, labelSmoothing: 0.1f, reduction: Reduction.Sum")]
    public void Smoothed_labels_of_a_large_vocabulary_hold_no_logits(string options)
    {
        ProgramPlan plain = Training("ignoreIndex: null"), smoothed = Training(options);
        Assert.Single(smoothed.Steps, s => s.Kernel.Kind == KernelKind.LinearCrossEntropy);
        Assert.DoesNotContain(smoothed.Graph.Nodes, n => n.Shape.Size.Max >= 256 * 50257L);
        long most = plain.WorkingBytes + (50257 * sizeof(float)) + 1024;
        Assert.True(smoothed.WorkingBytes <= most, $"{smoothed.WorkingBytes} instead of {most}");
    }

    static ProgramPlan Training(string options)
    {
        var model = Reading.AcceptMembers($$"""
            readonly Embedding words = new(50257, 64);
            [Objective]
            public Tensor Loss([Shape(256)] Tensor<int> tokens, [Shape(256)] Tensor<int> next, [Shape(256)] Tensor weights, [Shape(50257)] Tensor classes)
                => CrossEntropy(MatMul(Tanh(words.Forward(tokens)), words.Weight.Transpose()), next, {{options}}) + weights.Sum() * 0f + classes.Sum() * 0f;
            """);
        var blocks = new ModelBlocks();
        blocks.AddTrained("words.weight", 0);
        return Compile.Training(model.Methods[0].Graph, default, blocks, CpuCostModel.Instance, default);
    }
}
