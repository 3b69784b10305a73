using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Random programs that look rows and classes up by integers computed from inputs, counts, sizes and constants.</summary>
internal sealed class IndexPrograms
{
    const int LargestTable = 3000;

    readonly Random random;
    readonly GraphSketch sketch;
    readonly Dim named;
    readonly bool goesOut;

    IndexPrograms(int seed, bool goesOut)
    {
        random = new Random(seed);
        sketch = new GraphSketch(seed);
        named = sketch.Named("n", random.Next(1, 9));
        this.goesOut = goesOut;
    }

    Graph Graph => sketch.Graph;

    /// <summary>A program and its inputs.</summary>
    /// <param name="seed">Which.</param>
    /// <param name="goesOut">Whether one of the integers lies just beside its table or its classes.</param>
    /// <param name="ofParameters">Whether tables are parameters, which get a gradient, instead of inputs.</param>
    public static (string Name, Graph Graph, Bindings Bindings) Make(int seed, bool goesOut = false, bool ofParameters = false)
    {
        var program = new IndexPrograms(seed, goesOut);
        program.Build(ofParameters);
        return ($"seed {seed}", program.Graph, program.sketch.Bindings);
    }

    void Build(bool ofParameters)
    {
        var terms = new List<Node>();
        int uses = random.Next(1, 4);
        for (int use = 0; use < uses; use++)
        {
            var (index, bound) = InRange(Numbers(random.Next(1, 4)), use == uses - 1);
            Node Table(Shape shape) => ofParameters ? sketch.Parameter(shape) : sketch.Input(shape);
            if (random.Next(3) == 0 && bound < 60)
                terms.Add(Graph.CrossEntropy(Table(new Shape(index.Shape.Append(bound))), index));
            else
                terms.Add(Graph.Gather(Table(new Shape(bound, random.Next(1, 19))), index));
            // The same integers, and a part of them, in a larger table.
            if (random.Next(2) == 0)
                terms.Add(Graph.Gather(Table(new Shape(bound + random.Next(3), 2)), index));
            if (random.Next(2) == 0 && index.Shape.Rank > 0)
                terms.Add(Graph.Gather(Table(new Shape(bound + 1, 3)), Graph.Slice(index, 0, 0, 1)));
        }
        if (ofParameters)
        {
            Graph.AddOutput("loss", terms.Select(t => Graph.Mean(Graph.Multiply(t, t), [], keepDimensions: false)).Aggregate(Graph.Add));
            return;
        }
        for (int i = 0; i < terms.Count; i++)
            Graph.AddOutput("result" + i, terms[i]);
    }

    /// <summary>Integers shifted so that the smallest is 0, and how many rows the largest needs; or one beside these.</summary>
    (Node Index, int Bound) InRange(Node numbers, bool isLast)
    {
        double[] values = Oracle.RunAll(Graph, sketch.Bindings)[numbers.Id].Elements;
        double least = values.Min();
        int bound = (int)Math.Min(LargestTable, values.Max() - least + 1);
        if (values.Max() - least >= LargestTable)
        {
            numbers = Graph.Multiply(numbers, Number(0));
            (least, bound) = (0, 1);
        }
        bool beside = goesOut && isLast;
        double shift = beside && random.Next(2) == 0 ? -1 : 0;
        var index = Graph.Subtract(numbers, Number(least - shift));
        return (index, beside && shift == 0 ? bound == 1 ? throw new InvalidOperationException("There is no smaller table.") : bound - 1 : bound);
    }

    Node Number(double value) => Graph.Constant(value, Shape.Scalar, ElementType.Int32);

    Node Numbers(int depth)
    {
        if (depth == 0)
            return Leaf();
        var x = Numbers(depth - 1);
        switch (random.Next(9))
        {
            case 0:
                return Graph.Unary(Op.Negate, x);
            case 1:
                return Graph.Multiply(x, Number(random.Next(-3, 4)));
            case 2:
                return Graph.Add(x, Graph.Size(named, Shape.Scalar, ElementType.Int32));
            case 3:
                return Graph.Binary(random.Next(2) == 0 ? Op.Add : Op.Subtract, x, sketch.Labels(Shape.Scalar, 9));
            case 4 when x.Shape.Rank > 1:
                return Graph.Permute(x, [.. Enumerable.Range(0, x.Shape.Rank).Reverse()]);
            case 5 when x.Shape.Rank > 0 && x.Shape[0].IsConstant && x.Shape[0].Value > 1:
                return Graph.Slice(x, 0, 1, (x.Shape[0].Value) / 2, 1);
            case 6:
                return Graph.Reshape(x, new Shape(x.Shape.Size));
            case 7 when x.Shape.Rank == 1:
                return Graph.Binary(random.Next(2) == 0 ? Op.Add : Op.Multiply, Graph.Reshape(x, new Shape(x.Shape[0], 1)), Graph.Iota(new Shape(random.Next(1, 5)), 0));
            default:
                return Graph.Subtract(Graph.Multiply(x, Number(2)), x);
        }
    }

    Node Leaf()
    {
        Shape shape = random.Next(4) switch
        {
            0 => new Shape(named),
            1 => new Shape(named, random.Next(1, 5)),
            2 => new Shape(random.Next(1, 40)),
            _ => new Shape(random.Next(2, 5), random.Next(2, 5), 2),
        };
        return random.Next(5) == 0 ? Graph.Iota(shape, random.Next(shape.Rank)) : sketch.Labels(shape, random.Next(2, 30));
    }
}
