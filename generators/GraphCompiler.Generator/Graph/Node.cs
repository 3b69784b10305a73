using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>What a node needs besides its operands. Which fields an op reads is said at its method of <see cref="Graph"/>.</summary>
internal sealed class NodeAttributes : IEquatable<NodeAttributes>
{
    public static NodeAttributes None { get; } = new();

    int hash;

    public int[] Numbers { get; init; } = [];

    public double Value { get; init; }

    public string Name { get; init; } = "";

    public Dim Dim { get; init; }

    /// <summary>Of a slice or a pad: which positions of which axis.</summary>
    public AxisPart? Part { get; init; }

    public AttentionForm? Attention { get; init; }

    public bool Equals(NodeAttributes? other) => ReferenceEquals(this, other) || (other is not null
        && BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(other.Value)
        && Name == other.Name
        && Dim == other.Dim
        && Part == other.Part
        && Equals(Attention, other.Attention)
        && Numbers.AsSpan().SequenceEqual(other.Numbers));

    public override bool Equals(object? obj) => Equals(obj as NodeAttributes);

    public override int GetHashCode()
    {
        if (hash == 0)
        {
            hash = Numbers.Aggregate(
                unchecked((Value.GetHashCode() * 31) + StringComparer.Ordinal.GetHashCode(Name) + Dim.GetHashCode() + (Part?.GetHashCode() ?? 0) + (Attention?.GetHashCode() ?? 0)),
                (sum, number) => unchecked((sum * 31) + number));
        }
        return hash;
    }

    public override string ToString()
    {
        var parts = new List<string>();
        if (Name.Length > 0)
            parts.Add(Name);
        if (Numbers.Length > 0)
            parts.Add(string.Join(" ", Numbers));
        if (Part is { } part)
            parts.Add(part.ToString());
        if (Value != 0)
            parts.Add(Value.ToString("R", CultureInfo.InvariantCulture));
        if (Dim.Coefficient != 0)
            parts.Add(Dim.ToString());
        if (Attention is not null)
            parts.Add(Attention.ToString());
        return string.Join("; ", parts);
    }
}

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

    /// <summary>The user's expression that this node comes from, for comments in emitted code; may be empty.</summary>
    public string Origin { get; }

    public OpKind Kind => Op.Kind();

    /// <summary>Which positions a slice reads, or a pad fills.</summary>
    public AxisPart Part => Attributes.Part ?? throw new InvalidOperationException($"{this} is neither a slice nor a pad.");

    public bool IsConstant(double value) => Op == Op.Constant && Attributes.Value == value;

    public override string ToString()
    {
        string attributes = Attributes.ToString();
        string operands = string.Join(", ", Inputs.Select(i => "%" + i.Id));
        return $"%{Id} = {Op}({operands}){(attributes.Length > 0 ? "{" + attributes + "}" : "")} : {Type} {Shape}";
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

/// <summary>Raised while a graph is built, when operands do not fit; the text is for the user.</summary>
internal sealed class ShapeException(string message) : Exception(message);
