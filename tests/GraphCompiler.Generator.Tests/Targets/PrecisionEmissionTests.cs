using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Targets.Ilgpu;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Products of rounded operands: where they are rounded, and emitted and run, against the oracle.</summary>
public class PrecisionEmissionTests
{
    [Theory]
    [InlineData(nameof(ElementType.BFloat16))]
    [InlineData(nameof(ElementType.Float16))]
    public void Rounded_products_agree(string format)
    {
        var precision = Enum.Parse<ElementType>(format);
        EmissionCheck.Gradients([.. RoundedProducts.Cases, .. RoundedProducts.CrossEntropies], precision: precision);
        // Without the rounding the numbers are others.
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients([RoundedProducts.Cases[0]], precision: precision, emitted: ElementType.Float32));
    }

    /// <summary>The oracle rounds where the plan says; of these models it rounds the very same numbers.</summary>
    [Fact]
    public void Rounded_activations_agree()
    {
        EmissionCheck.Gradients([.. RoundedProducts.Cases, .. RoundedProducts.CrossEntropies], precision: ElementType.BFloat16, activations: ElementType.BFloat16);
        EmissionCheck.Gradients(RoundedProducts.Cases, activations: ElementType.BFloat16);
        // Without the rounding the numbers are others.
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients([RoundedProducts.Cases[0]], activations: ElementType.BFloat16, emittedActivations: ElementType.Float32));
    }

    /// <summary>Of any numbers some lie so near a tie that the oracle, in double precision, rounds them to the other side.</summary>
    [Fact]
    public void Random_models_of_sixteen_bits_agree()
    {
        (string, Graph Graph, Bindings)[] cases = [.. Enumerable.Range(0, 40).Select(seed => (Seed: seed, Case: RandomGraphs.Objective(seed)))
            .Select(c => ($"seed {c.Seed}", c.Case.Graph, c.Case.Bindings))];

        EmissionCheck.Gradients(cases, precision: ElementType.BFloat16, activations: ElementType.BFloat16, tolerance: 1.0 / 64);

        var precision = new ModelPrecision(ElementType.BFloat16, ElementType.BFloat16);
        Assert.InRange(cases.Count(c => EmittedNet.Trained(c.Graph, precision).Nodes.Any(n => n.IsStoredCast)), cases.Length / 2, cases.Length);
    }

    /// <summary>
    /// tanh(x·w + b) goes through memory to its mean, and its gradient to the gradients of w and b, in 16 bits, but where products multiply
    /// Float32. The squares, which are only summed, the mean, the loss and the gradients of parameters are Float32.
    /// </summary>
    [Theory]
    [InlineData(nameof(ElementType.BFloat16), 1)]
    [InlineData(nameof(ElementType.Float32), 2)]
    public void Only_activations_lie_in_sixteen_bits(string products, int singles)
    {
        var g = new Graph();
        Node x = g.Input("x", new Shape(64, 32), ElementType.Float32), w = g.Parameter("w", new Shape(32, 48)), b = g.Parameter("b", new Shape((Dim)48));
        var y = g.Unary(Op.Tanh, g.Add(g.MatMul(x, w), b));
        var centred = g.Subtract(y, g.Reduce(Op.ReduceMean, y, [1], keepDimensions: true));
        g.AddOutput("loss", g.Reduce(Op.ReduceSum, g.Multiply(centred, centred), [], keepDimensions: false));

        var stored = EmittedNet.Plan(g, new(Enum.Parse<ElementType>(products), ElementType.BFloat16)).Steps.SelectMany(s => s.Kernel.Stores).ToList();

        var activations = stored.Where(n => n.Shape.Size == new Shape(64, 48).Size).ToList();
        Assert.Contains(activations, n => n.IsStoredCast);
        Assert.Equal(singles, activations.Count(n => n.Type == ElementType.Float32));
        Assert.All(stored.Where(n => n.Shape.Size.Max <= 64), n => Assert.Equal(ElementType.Float32, n.Type));
    }

    [Fact]
    public void A_weight_and_an_input_are_rounded_once_in_each_pass_and_an_activation_where_it_is_computed()
    {
        var g = new Graph();
        Node x = g.Input("x", new Shape(64, 32), ElementType.Float32), w = g.Parameter("w", new Shape(32, 48)), v = g.Parameter("v", new Shape(48, 32));
        var y = g.MatMul(g.Unary(Op.Tanh, g.MatMul(x, w)), v);
        g.AddOutput("loss", g.Reduce(Op.ReduceSum, g.Multiply(y, y), [], keepDimensions: false));
        var blocks = new ModelBlocks();
        blocks.AddTrained("w", 32 * 48);
        blocks.AddTrained("v", 48 * 32);

        var plan = Compile.Training(g, new(ElementType.BFloat16), blocks, CpuCostModel.Instance, default);

        var rounds = plan.Graph.Nodes.Where(n => n.Op == Op.Cast).ToList();
        Assert.Equal(rounds.Count, rounds.Select(r => (r.Inputs[0], r.Attributes)).Distinct().Count());
        // No gradient flows through the other weight, whose layer is the first; its own gradient multiplies the input.
        Assert.Equal(["v", "x"], rounds.Where(r => r.Attributes is RepeatedAttributes).Select(r => r.Inputs[0].Name));
        Assert.All(plan.Graph.Nodes.Where(n => n.Op == Op.MatMul), n => Assert.All(n.Inputs, i => Assert.Equal((Op.Cast, ElementType.BFloat16), (BaseOf(i).Op, i.Type))));
        var first = plan.Steps.Select(s => s.Kernel).First(k => k.Members.Any(m => m.Op == Op.MatMul));
        Assert.Contains(first.Stores, s => s.Type == ElementType.BFloat16 && s.Inputs[0].Op == Op.Tanh);
    }

    /// <summary>
    /// By the rows or columns of the result that an operand's elements meet, few tiles of a device round them on the way, and many read them
    /// stored. The CPU stores no weight a second time, whatever the sizes.
    /// </summary>
    [Theory]
    [InlineData(256, 256, 0)]
    [InlineData(256, 257, 1)]
    [InlineData(300, 64, 1)]
    [InlineData(300, 300, 2)]
    public void Operands_of_many_tiles_are_rounded_once_on_devices_and_always_where_they_lie_on_the_CPU(int rows, int columns, int stored)
    {
        var g = new Graph();
        g.AddOutput("y", g.MatMul(g.Parameter("a", new Shape(rows, 64)), g.Parameter("b", new Shape(64, columns))));
        var blocks = BlocksOf(g);

        var plan = Compile.Inference(g, new(ElementType.BFloat16), blocks, CpuCostModel.Instance, default);
        var onDevices = Compile.ForTarget(plan, blocks, DeviceCostModel.Instance, default);

        Assert.Equal((0, 2), (StoredRounded(plan), RoundedWhereTheyLie(plan)));
        Assert.Equal((stored, 2 - stored), (StoredRounded(onDevices), RoundedWhereTheyLie(onDevices)));
    }

    /// <summary>Two products of one weight round it each for itself, and so does the loss of a large vocabulary.</summary>
    [Fact]
    public void A_weight_that_several_products_read_is_stored_once()
    {
        var g = new Graph();
        Node x = g.Input("x", new Shape(64, 64), ElementType.Float32), w = g.Parameter("w", new Shape(20000, 64)), v = g.Parameter("v", new Shape(64, 64));
        var y = g.MatMul(g.Unary(Op.Tanh, g.MatMul(x, v)), v);
        g.AddOutput("loss", g.Mean(g.CrossEntropy(g.MatMul(y, w, transposeRight: true), g.Input("labels", new Shape((Dim)64), ElementType.Int32)), [], keepDimensions: false));

        var plan = Compile.Training(g, new(ElementType.BFloat16), BlocksOf(g), CpuCostModel.Instance, default);

        Assert.Equal(0, StoredRounded(plan));
        Assert.Contains(plan.Steps, s => s.Kernel.Kind == KernelKind.LinearCrossEntropy && s.Kernel.Prologues[1]?.Rounded is { Base.Name: "w" });
        Assert.Equal(3, plan.Steps.Count(s => s.Kernel.Prologues[1]?.Rounded is { Base.Name: "v" }));
    }

    static ModelBlocks BlocksOf(Graph graph)
    {
        var blocks = new ModelBlocks();
        foreach (var parameter in graph.Nodes.Where(n => n.Op == Op.Parameter))
            blocks.AddTrained(parameter.Name, parameter.Shape.Size.Max);
        return blocks;
    }

    static int StoredRounded(ProgramPlan plan) => plan.Steps.SelectMany(s => s.Kernel.Stores).Count(s => s.Op == Op.Cast && s.Inputs[0].Op is Op.Parameter or Op.Input);

    static int RoundedWhereTheyLie(ProgramPlan plan) => plan.Steps.Sum(s => s.Kernel.Prologues.Count(p => p?.Rounded is { Base.Op: Op.Parameter or Op.Input }));

    /// <summary>Of a product with few rows or columns only what is computed is rounded; its weight and its input are multiplied as they lie.</summary>
    [Theory]
    [InlineData(32, 32, 2)]
    [InlineData(31, 400, 0)]
    [InlineData(400, 31, 0)]
    [InlineData(1, 400, 0)]
    public void Weights_and_inputs_of_small_products_are_not_rounded(int rows, int columns, int rounded)
    {
        var g = new Graph();
        Node x = g.Input("x", new Shape(rows, 40), ElementType.Float32), w = g.Parameter("w", new Shape(columns, 40)), v = g.Parameter("v", new Shape(columns, 40));
        g.AddOutput("y", g.MatMul(x, w, transposeRight: true));
        g.AddOutput("z", g.MatMul(g.Unary(Op.Tanh, x), g.Reshape(g.Permute(v, [1, 0]), new Shape(40, columns))));

        var casts = OperandRounding.Run(g, ElementType.BFloat16).Nodes.Where(n => n.Op == Op.Cast).Select(n => n.Inputs[0].Op).ToList();

        Assert.Equal(rounded == 0 ? [Op.Tanh] : new[] { Op.Input, Op.Parameter, Op.Parameter, Op.Tanh }, casts.OrderBy(op => op.ToString(), StringComparer.Ordinal));
    }

    [Fact]
    public void Rounding_goes_behind_what_moves_values()
    {
        var g = new Graph();
        Node x = g.Input("x", new Shape(64, 96), ElementType.Float32), y = g.Input("y", new Shape(32, 96), ElementType.Float32);
        var sliced = g.Slice(x, 0, 0, 32);
        g.AddOutput("a", g.MatMul(g.Reshape(g.Permute(sliced, [1, 0]), new Shape(48, 64)), g.Reshape(g.Slice(x, 0, 32, 32), new Shape(64, 48))));
        g.AddOutput("b", g.Multiply(g.MatMul(g.Slice(y, 1, 0, 32), g.Slice(y, 1, 32, 32)), g.Slice(y, 1, 64, 32)));

        var rounded = OperandRounding.Run(g, ElementType.BFloat16);

        GraphAssert.Sound(rounded);
        Assert.Equal([Op.Input, Op.Slice, Op.Slice], rounded.Nodes.Where(n => n.Op == Op.Cast).Select(n => n.Inputs[0].Op).Order());
    }

    /// <summary>What lies in 16 bits, and several of its formats at once, in kernels of every kind.</summary>
    [Theory]
    [InlineData(nameof(ElementType.BFloat16))]
    [InlineData(nameof(ElementType.Float16))]
    public void Random_attention_of_sixteen_bits_agrees(string format)
    {
        var precision = Enum.Parse<ElementType>(format);
        (string, Graph, Bindings)[] cases = [.. Enumerable.Range(0, 30).Select(seed => new AttentionEmissionTests.RandomAttention(seed))
            .Select(a => (a.Name, a.Graph, a.Bindings))];
        EmissionCheck.Gradients(cases, smallestScale: 0.5, precision: precision, sumCancels: true);
        // Without the rounding the numbers are others.
        Assert.ThrowsAny<Exception>(() => EmissionCheck.Gradients([cases[0]], smallestScale: 0.5, precision: precision, emitted: ElementType.Float32, sumCancels: true));
    }

    /// <summary>
    /// With activations of 16 bits the backward pass reads the result of an attention as the product behind it does. The oracle does too, but of numbers
    /// in double precision, of which some round to the other side.
    /// </summary>
    [Fact]
    public void Attention_whose_result_is_multiplied_keeps_it_in_sixteen_bits()
    {
        (string, Graph Graph, Bindings)[] cases = [.. Enumerable.Range(0, 4).Select(AttentionBeforeProduct)];

        EmissionCheck.Gradients(cases, precision: ElementType.BFloat16, activations: ElementType.BFloat16, tolerance: 1.0 / 64, sumCancels: true);

        foreach (var (_, graph, _) in cases)
        {
            var plan = EmittedNet.Plan(graph, new(ElementType.BFloat16, ElementType.BFloat16));
            var attention = plan.Steps.Select(s => s.Kernel).Single(k => k.Kind == KernelKind.Attention).Stores.Single(s => s.Op == Op.Attention);
            var reader = Assert.Single(plan.Steps, s => s.Kernel.Reads().Any(a => a.Base == attention)).Kernel;
            Assert.Equal(ElementType.BFloat16, Assert.Single(reader.Stores).Type);
        }
    }

    static (string, Graph, Bindings) AttentionBeforeProduct(int seed)
    {
        var sketch = new GraphSketch(seed);
        var g = sketch.Graph;
        Node query = sketch.Parameter(new Shape(2, 9, 2, 8)), key = sketch.Parameter(new Shape(2, 9, 2, 8)), value = sketch.Parameter(new Shape(2, 9, 2, 8));
        var result = g.Attention(query, key, value, new AttentionForm { Scale = 0.35, IsCausal = true });
        return ($"attention {seed}", sketch.Objective(g.MatMul(g.Reshape(result, new Shape(18, 16)), sketch.Parameter(new Shape(16, 40)))), sketch.Bindings);
    }

    static Node BaseOf(Node node)
    {
        while (node.Op is Op.Reshape or Op.Permute or Op.Broadcast or Op.Slice)
            node = node.Inputs[0];
        return node;
    }
}
