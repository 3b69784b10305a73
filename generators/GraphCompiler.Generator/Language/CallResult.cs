using System.Collections.Generic;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

/// <summary>What a call of the language gives: a tensor, several, or nothing.</summary>
internal readonly struct CallResult
{
    CallResult(Node? node, IReadOnlyList<Node>? nodes) => (Node, Nodes) = (node, nodes);

    public static CallResult Nothing => default;

    /// <summary>The tensor; null where it is none or several.</summary>
    public Node? Node { get; }

    /// <summary>The tensors of a call that gives a list; else null.</summary>
    public IReadOnlyList<Node>? Nodes { get; }

    public static CallResult List(IReadOnlyList<Node> nodes) => new(null, nodes);

    public static implicit operator CallResult(Node node) => new(node, null);
}
