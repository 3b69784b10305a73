using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace GraphCompiler.Generator.Graphs;

/// <summary>
/// A network, or a part of one, as values in single-assignment form. Equal operations on equal operands are one node
/// (hash-consing), so common subexpressions never exist twice. Building checks every shape; what does not fit raises
/// <see cref="ShapeException"/> with a text for the user.
/// </summary>
internal sealed partial class Graph : IEquatable<Graph>
{
    readonly List<Node> nodes = [];
    readonly List<GraphOutput> outputs = [];
    readonly Dictionary<NodeKey, Node> known = [];

    /// <summary>All nodes; operands come before the nodes that use them.</summary>
    public IReadOnlyList<Node> Nodes => nodes;

    public IReadOnlyList<GraphOutput> Outputs => outputs;

    /// <summary>The outputs that the caller gets.</summary>
    public IEnumerable<GraphOutput> Results => outputs.Where(o => o.Kind == OutputKind.Result);

    /// <summary>Nodes beyond which building stops with <see cref="GraphTooLargeException"/>.</summary>
    public int MaximumNodes { get; init; } = int.MaxValue;

    /// <summary>The user's expression that nodes built from now on come from.</summary>
    public string Origin { get; set; } = "";

    /// <summary>What of the nodes that are built from now on stays in Float32.</summary>
    public KeptInFloat32 Kept { get; set; }

    public void AddOutput(string name, Node node, OutputKind kind = OutputKind.Result) =>
        outputs.Add(new GraphOutput(name, node, kind));

    // Building.

    /// <summary>The same operation on new operands, inferring nothing: for passes that keep shapes and types.</summary>
    public Node Rebuild(Node node, IReadOnlyList<Node> inputs) => Rebuild(node, inputs, node.Type);

    /// <summary>As above, where operands of another type give a result of another type.</summary>
    public Node Rebuild(Node node, IReadOnlyList<Node> inputs, ElementType type)
    {
        var (origin, kept) = (Origin, Kept);
        if (node.Origin.Length > 0)
            Origin = node.Origin;
        Kept = node.Kept;
        var rebuilt = Make(node.Op, [.. inputs], node.Shape, type, node.Attributes);
        (Origin, Kept) = (origin, kept);
        return rebuilt;
    }

    Node Make(Op op, Node[] inputs, Shape shape, ElementType type, NodeAttributes? attributes = null)
    {
        var key = new NodeKey(op, inputs, shape, type, attributes ?? NodeAttributes.None);
        if (known.TryGetValue(key, out var existing))
        {
            existing.Keep(Kept);
            return existing;
        }
        if (nodes.Count > MaximumNodes)
            throw new GraphTooLargeException();
        var node = new Node(nodes.Count, op, inputs, shape, type, key.Attributes, Origin);
        node.Keep(Kept);
        nodes.Add(node);
        known.Add(key, node);
        return node;
    }

    /// <summary>Turns −1 into the last axis, and so on.</summary>
    public static int NormalizeAxis(int axis, int rank)
    {
        int normal = axis < 0 ? axis + rank : axis;
        if (normal < 0 || normal >= rank)
            throw new ShapeException($"axis {axis} is out of range for a tensor of rank {rank}");
        return normal;
    }

    static EquatableArray<int> NormalizeAxes(IEnumerable<int> axes, int rank)
    {
        var normal = new EquatableArray<int>(axes.Select(a => NormalizeAxis(a, rank)).OrderBy(a => a));
        if (normal.Distinct().Count() != normal.Count)
            throw new ShapeException("an axis is named twice");
        return normal;
    }

    /// <summary>The nodes that the outputs need, in their order.</summary>
    public IEnumerable<Node> LiveNodes()
    {
        bool[] isLive = new bool[nodes.Count];
        foreach (var output in outputs)
            isLive[output.Node.Id] = true;
        for (int id = isLive.Length - 1; id >= 0; id--)
        {
            foreach (var input in isLive[id] ? nodes[id].Inputs : [])
                isLive[input.Id] = true;
        }
        return nodes.Where(n => isLive[n.Id]);
    }

    // Value equality: what the incremental pipeline caches on.

    public bool Equals(Graph? other)
    {
        if (other is null || nodes.Count != other.nodes.Count || outputs.Count != other.outputs.Count)
            return false;
        for (int i = 0; i < nodes.Count; i++)
        {
            if (nodes[i].Origin != other.nodes[i].Origin || nodes[i].Kept != other.nodes[i].Kept || !Same(nodes[i], other.nodes[i]))
                return false;
        }
        return outputs.Zip(other.outputs, (a, b) => a.Name == b.Name && a.Kind == b.Kind && a.Node.Id == b.Node.Id).All(same => same);
    }

    static bool Same(Node a, Node b) =>
        a.Op == b.Op && a.Type == b.Type && a.Shape.Equals(b.Shape) && a.Attributes.Equals(b.Attributes)
        && a.Inputs.Select(i => i.Id).SequenceEqual(b.Inputs.Select(i => i.Id));

    public override bool Equals(object? obj) => Equals(obj as Graph);

    public override int GetHashCode() => nodes.Aggregate(
        nodes.Count, (hash, node) => unchecked((hash * 31) + ((int)node.Op * 7) + node.Shape.GetHashCode()));

    /// <summary>One line a node, then the outputs: for tests, reports and people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var node in nodes)
            text.Append(node).Append('\n');
        foreach (var output in outputs)
            text.Append(output.Kind).Append(' ').Append(output.Name).Append(" = %").Append(output.Node.Id).Append('\n');
        return text.ToString();
    }

    readonly struct NodeKey(Op op, Node[] inputs, Shape shape, ElementType type, NodeAttributes attributes) : IEquatable<NodeKey>
    {
        readonly Op op = op;
        readonly Node[] inputs = inputs;
        readonly Shape shape = shape;
        readonly ElementType type = type;

        public NodeAttributes Attributes { get; } = attributes;

        public bool Equals(NodeKey other)
        {
            if (op != other.op || type != other.type || inputs.Length != other.inputs.Length)
                return false;
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i] != other.inputs[i])
                    return false;
            }
            return shape.Equals(other.shape) && Attributes.Equals(other.Attributes);
        }

        public override bool Equals(object? obj) => obj is NodeKey other && Equals(other);

        public override int GetHashCode()
        {
            int hash = unchecked(((int)op * 397) ^ shape.GetHashCode() ^ (Attributes.GetHashCode() * 17));
            foreach (var input in inputs)
                hash = unchecked((hash * 31) + input.Id);
            return hash;
        }
    }
}
