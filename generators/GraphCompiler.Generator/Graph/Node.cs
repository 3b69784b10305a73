using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>
/// One value of the graph in single-assignment form. Nodes are made only by <see cref="Graph"/>, which keeps one node
/// for equal operations on equal operands.
/// </summary>
internal sealed class Node
{
    internal Node(int id, Op op, Node[] inputs, Shape shape, ElementType type, NodeAttributes attributes, string origin)
    {
        Id = id;
        Op = op;
        Inputs = inputs;
        Shape = shape;
        Type = type;
        Attributes = attributes;
        Origin = origin;
    }

    /// <summary>The position in <see cref="Graph.Nodes"/>; operands have smaller ones.</summary>
    public int Id { get; }

    public Op Op { get; }

    public IReadOnlyList<Node> Inputs { get; }

    public Shape Shape { get; }

    public ElementType Type { get; }

    public NodeAttributes Attributes { get; }

    /// <summary>The memory that it takes where it is stored, at the largest sizes of its dimensions.</summary>
    public long StoredBytes => Type.BytesOf(Shape.Size.Max);

    /// <summary>The user's expression that this node comes from, for comments in emitted code; may be empty.</summary>
    public string Origin { get; }

    /// <summary>What of it stays in Float32 in a model of less precision.</summary>
    public KeptInFloat32 Kept { get; private set; }

    public OpKind Kind => Op.Kind();

    /// <summary>The attributes of an operation that has such.</summary>
    public T Get<T>()
        where T : NodeAttributes => Attributes as T ?? throw new InvalidOperationException($"{this} has no {typeof(T).Name}.");

    /// <summary>What a parameter, an input, a state or a copy is called.</summary>
    public string Name => Get<NamedAttributes>().Name;

    /// <summary>The value of a constant's elements.</summary>
    public double Value => Get<ConstantAttributes>().Value;

    /// <summary>Whether it is how a value lies in memory, which readers cast back.</summary>
    public bool IsStoredCast => Attributes is StoredAttributes;

    /// <summary>The axis that an operation works along.</summary>
    public int Axis => Get<AxisAttributes>().Axis;

    /// <summary>The axes that an operation works over, ascending.</summary>
    public IReadOnlyList<int> Axes => Get<AxesAttributes>().Axes;

    /// <summary>Axis i of a permutation's result is axis <c>Order[i]</c> of its operand.</summary>
    public IReadOnlyList<int> Order => Get<PermuteAttributes>().Order;

    /// <summary>Which positions a slice reads, or a pad fills.</summary>
    public AxisPart Part => Get<PartAttributes>().Part;

    /// <summary>Whether a matrix product's left operand is transposed in its last two axes.</summary>
    public bool TransposesLeft => Get<MatMulAttributes>().TransposeLeft;

    /// <summary>Whether a matrix product's right operand is transposed in its last two axes.</summary>
    public bool TransposesRight => Get<MatMulAttributes>().TransposeRight;

    /// <summary>Keeps more of it in Float32.</summary>
    public void Keep(KeptInFloat32 kept) => Kept |= kept;

    public bool IsConstant(double value) => Attributes is ConstantAttributes constant && constant.Value == value;

    public override string ToString()
    {
        string attributes = Attributes.ToString();
        string operands = string.Join(", ", Inputs.Select(i => "%" + i.Id));
        string kept = Kept == KeptInFloat32.Nothing ? "" : $", {Kept} in Float32";
        return $"%{Id} = {Op}({operands}){(attributes.Length > 0 ? "{" + attributes + "}" : "")} : {Type} {Shape}{kept}";
    }
}

/// <summary>What a graph's result is for.</summary>
internal enum OutputKind
{
    /// <summary>Returned to the caller.</summary>
    Result,

    /// <summary>The gradient of the parameter that the output is named after.</summary>
    Gradient,

    /// <summary>The value that the state the output is named after has from then on: a node of <see cref="OpKind.Update"/>.</summary>
    State,
}

internal sealed record GraphOutput(string Name, Node Node, OutputKind Kind);

/// <summary>Raised while a graph is built that has more nodes than it may.</summary>
internal sealed class GraphTooLargeException : Exception;
