using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

internal sealed partial class Graph
{
    /// <summary>The value itself, which differentiation takes as a constant.</summary>
    public Node StopGradient(Node x) => Make(Op.StopGradient, [x], x.Shape, x.Type);
}

/// <summary>Values that pass no gradient on.</summary>
internal static class StoppedGradients
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.StopGradient, OpKind.Composite, 1) { Lowering = (_, _, inputs) => inputs[0] },
    ];
}
