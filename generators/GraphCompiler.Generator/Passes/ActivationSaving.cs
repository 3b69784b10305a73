using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Keeps in 8 bits what waits for the backward pass. What does is what fusion decides, so the graph is cut into kernels once to see: an
/// activation that a kernel of the forward pass stores and one of the backward pass reads. Beside it stands what waits in its place,
/// <c>Format(x · (largest of the format / largest of |x|))</c>, and the backward pass reads that times the inverse of the scale. The
/// forward pass goes on with x, whose memory is free when that has read it.
///
/// What the backward pass computes again of the forward pass, it computes of what waited: operations element by element, and views, have
/// a version for each pass. Numbers are restored where the backward pass comes to them, by a kernel of its own where a product reads them
/// (<see cref="KernelFusion"/>). Statistics, results, and what a user keeps in Float32 wait as they are.
/// </summary>
internal static class ActivationSaving
{
    /// <summary>A tensor whose largest number is smaller waits as zeros.</summary>
    const double SmallestLargest = 1e-30;

    public static Graph Run(Graph source, ElementType format, CostModel costs, CancellationToken cancellation)
    {
        if (format == ElementType.Float32 || source.Outputs.All(o => o.Kind != OutputKind.Gradient))
            return source;
        bool[] isForward = Rewriting.FindForward(source);
        var saved = FindSaved(KernelFusion.Run(source, costs, cancellation), isForward);
        var waiting = new Dictionary<Node, (Node Stored, Node Scale)>();
        var built = new Dictionary<Node, Node>();
        var versions = new Dictionary<Node, Node>();

        // Where the backward pass comes to it, and not before: what is restored then waits nowhere.
        Node Waited(Graph target, Node node)
        {
            if (versions.TryGetValue(node, out var version))
                return version;
            version = waiting.TryGetValue(node, out var stored) ? Restored(target, stored.Stored, stored.Scale, node.Type)
                : isForward[node.Id] && IsComputedAgain(node) ? target.Rebuild(node, [.. node.Inputs.Select(input => Waited(target, input))])
                : built[node];
            return versions[node] = version;
        }
        var rebuilt = Rewriting.Rebuild(
            source,
            (target, node, inputs) =>
            {
                var same = target.Rebuild(node, isForward[node.Id] ? inputs : [.. node.Inputs.Select(input => Waited(target, input))]);
                if (saved.Contains(node))
                    waiting[node] = Stored(target, same, format);
                return built[node] = same;
            },
            cancellation);
        return Rewriting.DropDead(rebuilt, cancellation);
    }

    /// <summary>Whether the backward pass has a version of its own of what it reads.</summary>
    static bool IsComputedAgain(Node node) =>
        (node.Kind == OpKind.Elementwise || LayoutResolution.IsView(node)) && !node.Inputs.Any(LayoutResolution.IsVersion);

    /// <summary>What kernels of the forward pass store, an element for each of their domain, and kernels of the backward pass alone read.</summary>
    static HashSet<Node> FindSaved(FusedGraph fused, bool[] isForward)
    {
        var readers = fused.Readers();
        return [.. fused.Kernels.SelectMany(kernel => kernel.Stores.Where(node => isForward[node.Id] && node.Shape.Rank > 0
            && node.Type is ElementType.Float32 or ElementType.BFloat16 or ElementType.Float16
            && kernel.LevelOf(node) == Level.Element && (node.Kind is OpKind.Elementwise or OpKind.MatMul || node.Op == Op.Attention)
            && (node.Kept & KeptInFloat32.Result) == 0 && !fused.OutputBases.Contains(node)
            && readers.TryGetValue(node, out var reading) && reading.Any(reader => reader.Stores.All(s => !isForward[s.Id]))))];
    }

    /// <summary>What waits of a value: numbers of 8 bits, and what all of them are to be multiplied with.</summary>
    static (Node Stored, Node Scale) Stored(Graph graph, Node value, ElementType format)
    {
        var x = graph.Cast(value, ElementType.Float32);
        var largest = graph.Unary(Op.Abs, x);
        for (int axis = x.Shape.Rank - 1; axis >= 0; axis--)
            largest = graph.Reduce(Op.ReduceMax, largest, [axis], keepDimensions: true);
        // What has no inverse in single precision scales nothing: all is 0, or as good as that.
        var scale = graph.Select(
            graph.Binary(Op.Less, largest, graph.Constant(SmallestLargest)), graph.Constant(1, largest.Shape), graph.Scale(largest, 1 / format.Info().Float!.Largest));
        return (graph.StoredCast(graph.Divide(x, scale), format), scale);
    }

    static Node Restored(Graph graph, Node stored, Node scale, ElementType type) =>
        graph.Cast(graph.Multiply(graph.Cast(stored, ElementType.Float32, again: true), scale), type);
}
