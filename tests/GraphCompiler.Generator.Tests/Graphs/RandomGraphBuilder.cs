using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Graphs;

/// <summary>Grows a graph by one random operation at a time; see <see cref="RandomGraphs"/>.</summary>
internal sealed partial class RandomGraphBuilder
{
    const int MaxElements = 300;
    const double KinkDistance = 0.02;

    readonly Random random;
    readonly List<Node> floats = [];
    readonly List<Node> conditions = [];
    readonly List<Dim> sizes = [1, 2, 3, 5, 7];
    IReadOnlyList<TensorValue> values = [];
    int streams;

    public RandomGraphBuilder(int seed)
    {
        random = new Random(seed * 7919);
        Sketch = new GraphSketch(seed);
        if (random.Next(3) == 0)
        {
            sizes.Add(Sketch.Named("n", random.Next(1, 7)));
            sizes.Add(sizes[^1]);
        }
        if (random.Next(6) == 0)
            sizes.Add(2 * Sketch.Named("m", random.Next(1, 4)));
    }

    public GraphSketch Sketch { get; }

    Graph Graph => Sketch.Graph;

    /// <summary>Adds parameters, inputs and 6 to 20 operations.</summary>
    public void Grow()
    {
        Keep(Sketch.Parameter(RandomShape()));
        Keep(Sketch.Parameter(RandomShape()));
        Keep(Sketch.Input(RandomShape()));
        int operations = random.Next(6, 21);
        for (int made = 0, tries = 0; made < operations && tries < 400; tries++)
        {
            if (Makers[random.Next(Makers.Count)](this) is not { } node || !Acceptable(node))
                continue;
            Keep(node);
            made++;
        }
    }

    /// <summary>The floating-point nodes that no node uses; they depend on everything that was made.</summary>
    public IReadOnlyList<Node> Unused()
    {
        var used = Graph.Nodes.SelectMany(n => n.Inputs).ToHashSet();
        return [.. floats.Where(n => !used.Contains(n)).Distinct()];
    }

    public double[] ValuesOf(Node node)
    {
        if (values.Count < Graph.Nodes.Count)
            values = Oracle.RunAll(Graph, Sketch.Bindings);
        return values[node.Id].Elements;
    }

    bool Acceptable(Node node) =>
        Sketch.SizeOf(node.Shape) is > 0 and <= MaxElements && ValuesOf(node).All(double.IsFinite);

    void Keep(Node node)
    {
        if (node.Type == ElementType.Bool)
        {
            conditions.Add(node);
            return;
        }
        double largest = ValuesOf(node).Max(Math.Abs);
        floats.Add(largest > 4 ? Graph.Scale(node, 1 / Math.Floor(largest)) : node);
    }

    T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    /// <summary>A value made before, the later the likelier.</summary>
    Node PickFloat() => floats[Math.Max(random.Next(floats.Count), random.Next(floats.Count))];

    Shape RandomShape()
    {
        while (true)
        {
            var shape = new Shape(Enumerable.Range(0, random.Next(5)).Select(_ => Pick(sizes)));
            if (Sketch.SizeOf(shape) <= MaxElements)
                return shape;
        }
    }

    int PickAxis(Node x) => random.Next(x.Shape.Rank);

    /// <summary>One or more axes.</summary>
    int[] PickAxes(Node x)
    {
        int[] axes = [.. Enumerable.Range(0, x.Shape.Rank).Where(_ => random.Next(2) == 0)];
        return axes.Length > 0 ? axes : [PickAxis(x)];
    }

    int[] PickPermutation(int rank)
    {
        int[] axes = [.. Enumerable.Range(0, rank)];
        random.Shuffle(axes);
        return axes;
    }

    /// <summary>A shape that broadcasts to the given one: leading axes left out, others 1.</summary>
    Shape Narrower(Shape shape)
    {
        int skipped = random.Next(3) == 0 ? random.Next(shape.Rank + 1) : 0;
        return new Shape(shape.Skip(skipped).Select(size => random.Next(3) == 0 ? (Dim)1 : size));
    }

    /// <summary>Something to combine with x elementwise: a value whose shape broadcasts with x's, or a new leaf.</summary>
    Node Partner(Node x)
    {
        var fitting = floats.Where(y => Broadcasts(x.Shape, y.Shape)).ToList();
        return random.Next(4) switch
        {
            0 => Sketch.Parameter(Narrower(x.Shape)),
            1 => Sketch.Input(Narrower(x.Shape)),
            _ => Pick(fitting),
        };
    }

    bool Broadcasts(Shape a, Shape b)
    {
        try
        {
            return Sketch.SizeOf(Graph.BroadcastShapes("", a, b)) <= MaxElements;
        }
        catch (ShapeException)
        {
            return false;
        }
    }

    /// <summary>x moved to values of at least 0.4, smoothly.</summary>
    Node Positive(Node x) => Graph.Add(Graph.Unary(Op.Softplus, x), Graph.Constant(0.375));

    bool IsAwayFromKinks(Node x, double at = 0) => ValuesOf(x).All(v => Math.Abs(v - at) > KinkDistance);

    bool AreApart(Node x, Node y)
    {
        var difference = Graph.Subtract(x, y);
        return ValuesOf(difference).All(v => Math.Abs(v) > KinkDistance);
    }
}
