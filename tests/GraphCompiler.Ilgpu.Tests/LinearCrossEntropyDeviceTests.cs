using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Passes;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Linear maps with cross-entropy on the device under test, forward and backward, against the oracle.</summary>
public class LinearCrossEntropyDeviceTests
{
    /// <summary>Operation cases with all their sizes: named rows, named widths, named classes, several blocks of rows.</summary>
    [Fact]
    public void Every_case_agrees() => DeviceCheck.Gradients(
        Enumerable.Range(0, OpCases.All.Count).Where(n => OpCases.All[n].Op is Op.LinearCrossEntropy or Op.LinearCrossEntropyGradient)
            .SelectMany(number => OpTests.Variants(number).Select((v, variant) => ($"case {number} {OpCases.All[number].Op} variant {variant}", v.Objective, v.Bindings))));

    /// <summary>A last block of few rows, of none, sums over classes in slices, and both ways in which a weight lies.</summary>
    [Fact]
    public void Blocks_of_rows_and_slices_of_classes_agree() => DeviceCheck.Gradients(
    [
        Case("ragged rows", rows: 21, width: 5, classes: 19, hasBias: true, byInputs: false),
        Case("few of many rows", Dim.Named("n", 24), width: 6, classes: 9, hasBias: true, byInputs: true, named: 11),
        Case("one row of many", Dim.Named("n", 24), width: 6, classes: 9, hasBias: false, byInputs: false, named: 1),
        Case("slices", rows: 3, width: 3, classes: 4133, hasBias: true, byInputs: true),
    ]);

    /// <summary>Products with large tiles.</summary>
    [DeviceFact(DeviceNeeds.ManyThreads)]
    public void Large_tiles_agree() => DeviceCheck.Gradients([Case("large", rows: 130, width: 64, classes: 70, hasBias: true, byInputs: false)]);

    /// <summary>The table that words are looked up in gives the logits too: its two gradients are one.</summary>
    [Fact]
    public void A_tied_table_gets_both_gradients()
    {
        var sketch = new GraphSketch(seed: 3);
        var table = sketch.Parameter(new Shape(40, 6));
        var words = sketch.Labels(new Shape((Dim)20), 40);
        var losses = sketch.Graph.LinearCrossEntropy(sketch.Graph.Unary(Op.Tanh, sketch.Graph.Gather(table, words)), table, sketch.Labels(new Shape((Dim)20), 40), null);
        DeviceCheck.Gradients([("tied", sketch.Objective(losses), sketch.Bindings)]);
    }

    /// <summary>
    /// The language's options of a loss whose logits are held (MaskedLossDeviceTests has one of a large vocabulary): rows left out, some or all,
    /// weights of classes and rows, labels that are smoothed.
    /// </summary>
    [Fact]
    public void Rows_left_out_weights_and_smoothing_agree() => DeviceCheck.Gradients(
    [
        Loss("ignoreIndex: -1, weights: weights", [3, -1, 36, 0, -1, 12, 5, -1, 7]),
        Loss("ignoreIndex: -1, classWeights: classes", [-1, 2, 2, -1, 30, 1, 0, 36, -1]),
        Loss("ignoreIndex: -1, labelSmoothing: 0.1f", [-1, 2, 9, -1, 30, 1, 0, 36, -1]),
        Loss("ignoreIndex: -1", [-1, -1, -1, -1, -1, -1, -1, -1, -1]),
    ]);

    /// <summary>A head of 37 classes on rows of 6.</summary>
    static (string Name, Graph Graph, Bindings Bindings) Loss(string options, double[] labels)
    {
        var graph = Reading.AcceptMembers($$"""
            readonly Linear head = new(6, 37);
            [Objective]
            public Tensor Loss([Shape(9, 6)] Tensor x, [Shape(9)] Tensor<int> labels, [Shape(9)] Tensor weights, [Shape(37)] Tensor classes)
                => CrossEntropy(head.Forward(Tanh(x)), labels, {{options}}) + (weights.Sum() + classes.Sum()) * 0f;
            """).Methods[0].Graph;
        var random = new Random(labels.Length);
        var bindings = new Bindings { Training = true };
        foreach (var leaf in graph.Nodes.Where(n => n.Op is Op.Input or Op.Parameter))
        {
            (leaf.Op == Op.Input ? bindings.Inputs : bindings.Parameters)[leaf.Name] =
                [.. Enumerable.Range(0, (int)leaf.Shape.Size.Max).Select(_ => (double)(0.1f + random.NextSingle()))];
        }
        bindings.Inputs["labels"] = labels;
        return (options, graph, bindings);
    }

    static (string Name, Graph Graph, Bindings Bindings) Case(string name, Dim rows, int width, int classes, bool hasBias, bool byInputs, int named = 0)
    {
        var sketch = new GraphSketch(seed: width + classes);
        if (named > 0)
            sketch.Bindings.Dims["n"] = named;
        var weight = byInputs ? sketch.Graph.Permute(sketch.Parameter(new Shape(width, classes)), [1, 0]) : sketch.Parameter(new Shape(classes, width));
        var losses = sketch.Graph.LinearCrossEntropy(
            sketch.Parameter(new Shape(rows, width)), weight, sketch.Labels(new Shape(rows), classes), hasBias ? sketch.Parameter(new Shape((Dim)classes)) : null);
        return (name, sketch.Objective(losses), sketch.Bindings);
    }
}
