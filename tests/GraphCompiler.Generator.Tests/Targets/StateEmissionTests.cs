using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>
/// Random programs that update two states and read old and new versions of both, in ways that a kernel cannot do in place:
/// moved, transposed, summed. Values, gradients and what the states have become are those of the oracle, which copies
/// everything.
/// </summary>
public class StateEmissionTests
{
    const int Size = 6, Programs = 120;

    static readonly Shape Whole = new(Size, Size);

    [Fact]
    public void Random_updates_agree_with_the_oracle() =>
        EmissionCheck.Gradients([.. Enumerable.Range(0, Programs).Select(seed => ($"seed {seed}", Program(seed).Graph, Program(seed).Bindings))]);

    /// <summary>Values are scaled before they are stored, so that integers among them differ.</summary>
    [Fact]
    public void Random_updates_of_other_types_agree_with_the_oracle() =>
        EmissionCheck.Gradients([.. Enumerable.Range(0, Types.Length).Select(seed => ($"seed {seed}", TypedProgram(seed).Graph, TypedProgram(seed).Bindings))]);

    static readonly (ElementType First, ElementType Second)[] Types =
    [
        (ElementType.BFloat16, ElementType.Float32),
        (ElementType.Int64, ElementType.BFloat16),
        (ElementType.Int8, ElementType.Float64),
        (ElementType.Bool, ElementType.Int8),
        (ElementType.Float64, ElementType.Int64),
        (ElementType.BFloat16, ElementType.Bool),
    ];

    /// <summary>The random program of a seed, of states of two types.</summary>
    internal static (Graph Graph, Bindings Bindings) TypedProgram(int seed) => Program(seed, Types[seed].First, Types[seed].Second);

    [Fact]
    public void Ordering_puts_every_read_before_the_update_of_what_it_reads()
    {
        int copies = 0;
        for (int seed = 0; seed < Programs; seed++)
        {
            var (graph, bindings) = Program(seed);
            var legal = LayoutLegalization.Run(Simplification.Run(Lowering.Run(Differentiation.Run(graph))), default);
            var ordered = StateOrdering.Run(legal);
            GraphAssert.Sound(ordered);
            GraphAssert.SameValues(legal, ordered, bindings);
            copies += ordered.Nodes.Count(n => n.Op == Op.Copy) - legal.Nodes.Count(n => n.Op == Op.Copy);
            var layout = new Generator.Passes.Fusion.LayoutResolution();
            foreach (var update in ordered.Nodes.Where(n => n.Kind == OpKind.Update))
            {
                var late = ordered.Nodes.Skip(update.Id + 1).Where(n => !Generator.Passes.Fusion.LayoutResolution.IsView(n))
                    .SelectMany(n => n.Inputs.Skip(n.Kind == OpKind.Update ? 1 : 0)).Where(i => layout.Resolve(i).Base == update.Inputs[0]);
                Assert.Empty(late);
            }
        }
        Assert.True(copies > 10, $"only {copies} old versions were copied");
    }

    /// <summary>A random program of two states.</summary>
    internal static (Graph Graph, Bindings Bindings) Program(int seed, ElementType first = ElementType.Float32, ElementType second = ElementType.Float32)
    {
        var random = new Random(seed);
        var sketch = new GraphSketch(seed);
        sketch.Bindings.Step = 0;
        var graph = sketch.Graph;
        var values = new List<Node> { sketch.Parameter(Whole), sketch.Input(Whole) };
        Node[] versions = [sketch.State(Whole, first), sketch.State(Whole, second)];
        values.AddRange(versions.Select(version => Floats(graph, version)));
        Node Any() => values[random.Next(values.Count)];
        for (int i = 0; i < 14; i++)
        {
            if (random.Next(4) == 0)
            {
                int state = random.Next(2);
                versions[state] = random.Next(2) == 0 ? graph.Assign(versions[state], Stored(graph, Any(), versions[state].Type))
                    : Written(sketch, versions[state], Stored(graph, Any(), versions[state].Type), random);
                values.Add(Floats(graph, versions[state]));
            }
            else
            {
                values.Add(Made(graph, Any(), Any(), random.Next(8)));
            }
        }
        var sum = values.Skip(4).Aggregate(values[0], (total, value) => graph.Add(total, graph.Scale(value, 0.25)));
        // Away from zero, where a sum that cancels keeps the error of its terms.
        return (sketch.Objective(graph.Add(sum, graph.Constant(3))), sketch.Bindings);
    }

    static Node Stored(Graph graph, Node value, ElementType type) => type == ElementType.Float32 ? value : graph.Cast(graph.Scale(value, 5), type);

    static Node Floats(Graph graph, Node version) => version.Type == ElementType.Float32 ? version : graph.Scale(graph.Cast(version, ElementType.Float32), 0.2);

    static Node Written(GraphSketch sketch, Node version, Node value, Random random)
    {
        int axis = random.Next(2), length = random.Next(1, 4);
        var part = sketch.Graph.Slice(value, axis, random.Next(2), length);
        return sketch.Graph.WriteAt(version, part, sketch.Labels(Shape.Scalar, Size - length + 1), axis);
    }

    static Node Made(Graph graph, Node a, Node b, int kind) => kind switch
    {
        0 => graph.Unary(Op.Tanh, a),
        1 => graph.Scale(graph.Add(a, b), 0.5),
        2 => graph.Multiply(a, graph.Unary(Op.Sigmoid, b)),
        3 => graph.Scale(graph.Add(a, graph.Reduce(Op.ReduceSum, b, [1])), 0.2),
        4 => graph.Scale(graph.Add(a, graph.Reduce(Op.ReduceSum, b, [0])), 0.2),
        5 => graph.Unary(Op.Tanh, graph.Add(a, graph.Permute(b, [1, 0]))),
        6 => graph.Concat([graph.Slice(a, 0, 2, Size - 2), graph.Slice(b, 0, 0, 2)], 0),
        _ => graph.Scale(graph.MatMul(graph.MatMul(a, b, transposeRight: true), b), 0.1),
    };
}
