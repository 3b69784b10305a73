using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Oracles;

/// <summary>A tensor's values in row-major order; Int32 as whole numbers, Bool as 0 and 1.</summary>
internal sealed class TensorValue(int[] shape, double[] elements)
{
    public int[] Shape { get; } = shape;

    public double[] Elements { get; } = elements;

    public static int SizeOf(int[] shape) => shape.Aggregate(1, (product, size) => checked(product * size));
}

/// <summary>What a graph is evaluated with. Parameters and inputs are row-major.</summary>
internal sealed class Bindings
{
    public Dictionary<string, double[]> Parameters { get; } = [];

    public Dictionary<string, double[]> Inputs { get; } = [];

    /// <summary>The values that states have before the call.</summary>
    public Dictionary<string, double[]> States { get; } = [];

    /// <summary>The sizes of the named dimensions.</summary>
    public Dictionary<string, int> Dims { get; } = [];

    /// <summary>Whether dropout drops.</summary>
    public bool Training { get; set; }

    public ulong Seed { get; set; }

    public ulong Step { get; set; }

    /// <summary>What the gradient of an objective begins with, where it is scaled.</summary>
    public double LossScale { get; set; } = 1;
}

/// <summary>
/// Evaluates a graph node by node in double precision, each operation from its mathematical definition and sharing
/// nothing with the code it is the oracle for: not the lowerings, not the kernels, not their random numbers. Only the
/// functions of single elements are those that fold constants. Slow and simple on purpose. It takes graphs before and
/// after any pass.
/// </summary>
internal sealed partial class Oracle
{
    readonly Bindings bindings;
    readonly TensorValue[] values;

    Oracle(Graph graph, Bindings bindings)
    {
        this.bindings = bindings;
        values = new TensorValue[graph.Nodes.Count];
    }

    /// <summary>The values of the outputs, in their order.</summary>
    public static IReadOnlyList<TensorValue> Run(Graph graph, Bindings bindings)
    {
        var values = RunAll(graph, bindings);
        return [.. graph.Outputs.Select(o => values[o.Node.Id])];
    }

    /// <summary>The values of all nodes, by their ids.</summary>
    public static IReadOnlyList<TensorValue> RunAll(Graph graph, Bindings bindings)
    {
        var oracle = new Oracle(graph, bindings);
        foreach (var node in graph.Nodes)
        {
            int[] shape = oracle.SizesOf(node.Shape);
            var inputs = node.Inputs.Select(i => oracle.values[i.Id]).ToArray();
            double[] elements = oracle.Evaluate(node, shape, inputs);
            if (elements.Length != TensorValue.SizeOf(shape))
                throw new ArgumentException($"{node} has {TensorValue.SizeOf(shape)} elements, not {elements.Length}.", nameof(bindings));
            oracle.values[node.Id] = new TensorValue(shape, elements);
        }
        return oracle.values;
    }

    double[] Evaluate(Node node, int[] shape, TensorValue[] inputs)
    {
        return node.Kind switch
        {
            OpKind.Leaf => Leaf(node, shape),
            OpKind.Elementwise => Elementwise(node, inputs),
            OpKind.Reduction => Reduce(node.Op, inputs[0], node.Axes, shape),
            OpKind.Layout => Layout(node, shape, inputs),
            OpKind.MatMul when node.Op == Op.QuantizedMatMul => QuantizedMatMul(inputs[0], inputs[1], node.Get<QuantizedMatMulAttributes>().Weights),
            OpKind.MatMul => MatMul(inputs[0], inputs[1], node.TransposesLeft, node.TransposesRight, shape),
            OpKind.Template => Template(node, shape, inputs),
            OpKind.Update => node.Op == Op.Assign ? inputs[1].Elements : WriteAt(inputs[0], inputs[1], inputs[2].Elements[0], node.Axis),
            OpKind.Host => Index(node, inputs[0]),
            OpKind.Indexing when node.Op == Op.QuantizedGather => QuantizedGather(inputs[0], inputs[1], node.Get<QuantizedGatherAttributes>().Table),
            OpKind.Indexing => node.Op == Op.Gather ? Gather(inputs[0], inputs[1]) : ScatterAdd(inputs, shape),
            _ => Composite(node, inputs),
        };
    }

    double[] Leaf(Node node, int[] shape) => node.Op switch
    {
        Op.Parameter => bindings.Parameters[node.Name],
        Op.State => bindings.States[node.Name],
        Op.Input => bindings.Inputs[node.Name],
        Op.Constant => Fill(shape, _ => node.Value),
        Op.ConstantArray => [.. node.Get<ConstantArrayAttributes>().Numbers.All],
        Op.Size => Fill(shape, _ => SizeOf(node.Get<SizeAttributes>().Dim)),
        Op.Iota => Iota(shape, node.Axis),
        Op.LossScale => [bindings.LossScale],
        Op.Random => Uniform((uint)node.Get<RandomAttributes>().Stream, shape),
        _ => throw Unknown(node.Op),
    };

    static double[] Elementwise(Node node, TensorValue[] inputs)
    {
        double At(int operand, int i) => operand < inputs.Length ? inputs[operand].Elements[i] : 0;
        return [.. Enumerable.Range(0, inputs[0].Elements.Length).Select(i => Compute(At(0, i), At(1, i), At(2, i)))];

        double Compute(double a, double b, double c) =>
            node.Type == ElementType.Int32 ? Wrapped(node, a, b, c) : ElementArithmetic.Compute(node, a, b, c);
    }

    /// <summary>Of integers, which wrap as C#'s do.</summary>
    static double Wrapped(Node node, double a, double b, double c) => node.Op == Op.Multiply
        ? unchecked((int)((long)a * (long)b))
        : unchecked((int)(long)ElementArithmetic.Compute(node, a, b, c));

    static double[] Fill(int[] shape, Func<int, double> value) =>
        [.. Enumerable.Range(0, TensorValue.SizeOf(shape)).Select(value)];

    static double[] Iota(int[] shape, int axis)
    {
        int inner = shape.Skip(axis + 1).Aggregate(1, (product, size) => product * size);
        return Fill(shape, i => i / inner % shape[axis]);
    }

    int[] SizesOf(Shape shape) => [.. shape.Select(SizeOf)];

    int SizeOf(Dim dim)
    {
        long size = dim.Coefficient;
        foreach (var symbol in dim.Symbols)
            size *= bindings.Dims[symbol.Name];
        return checked((int)size);
    }

    static NotSupportedException Unknown(Op op) => new($"The oracle does not know {op}.");
}
