using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Graphs;

// The operations that are run by templates, and the choice between training and inference.
internal sealed partial class RandomGraphBuilder
{
    static IEnumerable<Maker> Templates()
    {
        yield return b => b.PickFloat() is { Shape.Rank: >= 3 } x ? b.AttentionOf(x) : null;
        yield return b => b.PickFloat() is { Shape.Rank: >= 3 } x ? b.Graph.Attention(x, x, x, b.PickForm(x)) : null;
        yield return b => b.PickFloat() is { Shape.Rank: > 0 } x ? b.LinearCrossEntropyOf(x) : null;
        yield return b => b.PickFloat() is var x ? b.Graph.WhenTraining(x, b.Sketch.Parameter(x.Shape)) : null;
    }

    /// <summary>x asks, new keys and values answer; now and then x is a view of something larger.</summary>
    Node AttentionOf(Node x)
    {
        int rank = x.Shape.Rank;
        var keys = x.Shape.With(rank - 3, Pick(sizes));
        if (random.Next(2) == 0)
            keys = keys.With(rank - 2, 1);
        return Graph.Attention(x, Sketch.Parameter(keys), Sketch.Parameter(keys), PickForm(x));
    }

    AttentionForm PickForm(Node query)
    {
        double dropout = random.Next(3) == 0 ? 0.25 : 0;
        return new AttentionForm
        {
            Scale = 1 / Math.Sqrt(Sketch.SizeOf(new Shape(query.Shape.Last))),
            IsCausal = random.Next(2) == 0,
            Window = random.Next(3) == 0 ? random.Next(1, 5) : 0,
            Dropout = dropout,
            Stream = dropout > 0 ? streams++ : 0,
        };
    }

    Node LinearCrossEntropyOf(Node x)
    {
        int classes = random.Next(2, 9);
        x = Graph.Reshape(x, new Shape(x.Shape.Product(0, x.Shape.Rank - 1), x.Shape.Last));
        var weight = Sketch.Parameter(new Shape(classes, x.Shape.Last));
        var labels = Sketch.Labels(new Shape(x.Shape[0]), classes);
        return Graph.LinearCrossEntropy(x, weight, labels, random.Next(2) == 0 ? Sketch.Parameter(new Shape(classes)) : null);
    }
}
