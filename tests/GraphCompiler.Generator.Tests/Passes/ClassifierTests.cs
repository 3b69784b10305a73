using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>All passes on a whole model: a classifier with two layers, at a fixed and at a named batch size.</summary>
public class ClassifierTests
{
    static Graph Classifier(Dim batch)
    {
        var graph = new Graph();
        var x = graph.Input("pixels", new Shape(batch, 7), ElementType.Float32);
        var labels = graph.Input("digits", new Shape(batch), ElementType.Int32);
        x = Linear(graph, x, "hidden", 7, 5);
        x = graph.Dropout(graph.Unary(Op.Relu, x), 0.25, 0);
        x = Linear(graph, x, "output", 5, 3);
        graph.AddOutput("loss", graph.Mean(graph.CrossEntropy(x, labels), [], keepDimensions: false));
        return graph;
    }

    static Node Linear(Graph graph, Node x, string name, int inputs, int outputs) => graph.Add(
        graph.MatMul(x, graph.Parameter(name + ".weight", new Shape(outputs, inputs)), transposeRight: true),
        graph.Parameter(name + ".bias", new Shape((Dim)outputs)));

    static Bindings Bind(int batch)
    {
        var random = new Random(5);
        double[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextDouble()) - 1)];
        var bindings = new Bindings { Training = true, Seed = 3, Step = 2 };
        bindings.Dims["batch"] = batch;
        bindings.Inputs["pixels"] = Values(batch * 7);
        bindings.Inputs["digits"] = [.. Enumerable.Range(0, batch).Select(i => (double)(i % 3))];
        bindings.Parameters["hidden.weight"] = Values(35);
        bindings.Parameters["hidden.bias"] = Values(5);
        bindings.Parameters["output.weight"] = Values(15);
        bindings.Parameters["output.bias"] = Values(3);
        return bindings;
    }

    public static TheoryData<bool, int> Batches => new() { { false, 4 }, { true, 4 }, { true, 1 }, { true, 9 } };

    [Theory]
    [MemberData(nameof(Batches))]
    public void Gradients_agree_with_differences_and_every_pass_keeps_the_values(bool named, int batch)
    {
        var graph = Specialize.Run(Classifier(named ? Dim.Named("batch", 16) : batch), training: true);
        var bindings = Bind(batch);
        GradientCheck.EveryElement(graph, bindings);

        var differentiated = Differentiation.Run(graph);
        var lowered = Lowering.Run(differentiated);
        var simplified = Simplification.Run(lowered);
        foreach (var result in new[] { lowered, simplified })
        {
            GraphAssert.Sound(result);
            GraphAssert.SameValues(differentiated, result, bindings);
            Assert.DoesNotContain(result.Nodes, n => n.Kind == OpKind.Composite);
        }
        Assert.Single(simplified.Nodes, n => n.Op == Op.Random);
    }

    [Fact]
    public void Inference_has_no_dropout()
    {
        var bindings = Bind(4);
        bindings.Training = false;
        var inference = Specialize.Run(Classifier(4), training: false);
        Assert.DoesNotContain(inference.Nodes, n => n.Op == Op.Dropout);
        GraphAssert.SameValues(Classifier(4), inference, bindings);
    }

    [Fact]
    public void Passes_are_deterministic()
    {
        static string Compile() =>
            Simplification.Run(Lowering.Run(Differentiation.Run(Specialize.Run(Classifier(Dim.Named("batch", 16)), training: true)))).ToString();
        Assert.Equal(Compile(), Compile());
    }
}
