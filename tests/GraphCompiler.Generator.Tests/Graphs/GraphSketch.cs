using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Graphs;

/// <summary>
/// A graph under construction together with values for its leaves. All values are exact in single precision, so that
/// code that computes in single precision starts from the same numbers.
/// </summary>
internal sealed class GraphSketch
{
    readonly Random random;

    public GraphSketch(int seed)
    {
        random = new Random(seed);
        Bindings = new Bindings { Training = true, Seed = (ulong)seed, Step = (ulong)(seed % 7) };
    }

    public Graph Graph { get; } = new();

    public Bindings Bindings { get; }

    /// <summary>An axis whose size is known only at run time.</summary>
    public Dim Named(string name, int size)
    {
        Bindings.Dims[name] = size;
        return Dim.Named(name, 8);
    }

    public Node Parameter(Shape shape, double low = -1, double high = 1)
    {
        string name = $"p{Bindings.Parameters.Count}";
        Bindings.Parameters[name] = Values(shape, low, high);
        return Graph.Parameter(name, shape);
    }

    /// <summary>A parameter whose values are at least 0.2 in size, of either sign.</summary>
    public Node ParameterAwayFromZero(Shape shape)
    {
        var parameter = Parameter(shape, 0.2, 0.9);
        double[] values = Bindings.Parameters[parameter.Name];
        for (int i = 0; i < values.Length; i++)
            values[i] *= random.Next(2) == 0 ? 1 : -1;
        return parameter;
    }

    public Node Input(Shape shape, double low = -1, double high = 1)
    {
        string name = $"x{Bindings.Inputs.Count}";
        Bindings.Inputs[name] = Values(shape, low, high);
        return Graph.Input(name, shape, ElementType.Float32);
    }

    /// <summary>Numbers that are part of the program.</summary>
    public Node Array(Shape shape) =>
        Graph.ConstantArray($"a{Graph.Nodes.Count}", new ArrayNumbers(Values(shape, -1, 1)), shape);

    /// <summary>State of the model; of integers zeros and ones, of narrow formats numbers that all have.</summary>
    public Node State(Shape shape, ElementType type = ElementType.Float32)
    {
        string name = $"s{Bindings.States.Count}";
        double[] values = Values(shape, -1, 1);
        Bindings.States[name] = type == ElementType.Float32 ? values : [.. values.Select(value => value > 0 ? 1.0 : 0)];
        return Graph.State(name, shape, StateOwner.Model, type);
    }

    /// <summary>Whole numbers from 0 up to but not including the bound.</summary>
    public Node Labels(Shape shape, int bound)
    {
        string name = $"x{Bindings.Inputs.Count}";
        Bindings.Inputs[name] = [.. Enumerable.Range(0, SizeOf(shape)).Select(_ => (double)random.Next(bound))];
        return Graph.Input(name, shape, ElementType.Int32);
    }

    /// <summary>The weighted sum of a tensor's elements, with weights that no symmetry of the tensor cancels.</summary>
    public Node WeightedSum(Node y)
    {
        if (y.Type != ElementType.Float32)
            y = Graph.Cast(y, ElementType.Float32);
        return Graph.Reduce(Op.ReduceSum, Graph.Multiply(y, Input(y.Shape, 0.5, 1.5)), [], keepDimensions: false);
    }

    /// <summary>Makes the weighted sum of the tensor the graph's only result, and keeps what states have become.</summary>
    public Graph Objective(Node y)
    {
        Graph.AddOutput("loss", WeightedSum(y));
        var overwritten = Graph.Nodes.Where(n => n.Kind == OpKind.Update).Select(n => n.Inputs[0]).ToHashSet();
        foreach (var version in Graph.Nodes.Where(n => n.Kind == OpKind.Update && !overwritten.Contains(n)))
            Graph.AddOutput(Graph.StateOf(version)!.Name, version, OutputKind.State);
        return Graph;
    }

    public int SizeOf(Shape shape) => shape.Aggregate(1, (product, dim) => product * SizeOf(dim));

    public int SizeOf(Dim dim)
    {
        int size = (int)dim.Coefficient;
        foreach (var symbol in dim.Symbols)
            size *= Bindings.Dims[symbol.Name];
        return size;
    }

    double[] Values(Shape shape, double low, double high) =>
        [.. Enumerable.Range(0, SizeOf(shape)).Select(_ => (double)(float)(low + ((high - low) * random.NextDouble())))];
}
