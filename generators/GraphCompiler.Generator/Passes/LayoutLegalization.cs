using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Inserts copies so that every later access is a strided view that its kernel can read:
/// a reshape of a layout that strides cannot express reads a copy; a matrix operand has a unit stride in one of its
/// last two axes; tables, scattered updates and parts that are indexed by row are contiguous; a reduction's reduced
/// axes, and what lies inside them, are single runs; every output is a computed node of its own.
/// What attention multiplies gets one type.
/// </summary>
internal static class LayoutLegalization
{
    public static Graph Run(Graph source, CancellationToken cancellation)
    {
        var target = new Graph();
        var layout = new LayoutResolution();
        var mapped = new Dictionary<Node, Node>();
        foreach (var node in source.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            var inputs = node.Inputs.Select((input, operand) => Legalize(target, layout, node, operand, mapped[input])).ToList();
            mapped[node] = target.Rebuild(node, inputs);
        }
        var taken = new HashSet<Node>();
        foreach (var output in source.Outputs)
        {
            var node = mapped[output.Node];
            if (output.Kind == OutputKind.State)
            {
                target.AddOutput(output.Name, node, output.Kind);
                continue;
            }
            if (layout.TryResolve(node) is not { } access || !OwnsItsBuffer(access, taken))
                node = target.Copy(node, output.Name);
            taken.Add(layout.Resolve(node).Base);
            target.AddOutput(output.Name, node, output.Kind);
        }
        return target;
    }

    static bool OwnsItsBuffer(Access access, HashSet<Node> taken) =>
        access.View.IsContiguous && access.View.Shape.Size == access.Base.Shape.Size
        && !LayoutResolution.IsVirtual(access.Base) && !LayoutResolution.IsExternal(access.Base) && access.Base.Kind != OpKind.Update
        && access.Base.Type == ElementType.Float32
        && !taken.Contains(access.Base);

    static Node Legalize(Graph target, LayoutResolution layout, Node consumer, int operand, Node input)
    {
        if (input.Type.IsNarrow() && MixesTypes(consumer, operand))
            input = target.Cast(input, ElementType.Float32);
        return layout.TryResolve(input) is { } access && IsRead(access, consumer, operand) ? input : target.Copy(input);
    }

    /// <summary>Whether an operand lies as the kernel of its consumer reads it.</summary>
    static bool IsRead(Access access, Node consumer, int operand)
    {
        var (node, view) = access;
        var layout = consumer.Op.Info().Layout is { } rule ? rule(consumer, operand) : OperandLayout.Any;
        return layout switch
        {
            OperandLayout.Any => true,
            OperandLayout.Reshapeable => view.TryReshape(consumer.Shape) is not null,
            OperandLayout.ReducedRuns => ReducesRuns(view, consumer.Axes),
            _ when LayoutResolution.IsVirtual(node) => false,
            _ when view.IsFlipped => false,
            OperandLayout.Stored => true,
            OperandLayout.Matrix => IsUnit(view, view.Shape.Rank - 1) || IsUnit(view, view.Shape.Rank - 2),
            OperandLayout.Lines => view.IsContiguous || IsInLines(view, view.Shape.Rank - 1),
            OperandLayout.Heads => view.IsContiguous || IsInLines(view, view.Shape.Rank - 3),
            _ => view.IsContiguous,
        };
    }

    /// <summary>Whether a kernel would multiply tensors of several types that takes them in one.</summary>
    static bool MixesTypes(Node consumer, int operand)
    {
        var definition = consumer.Op.Info();
        if (!definition.TakesOneType || !definition.Multiplies!(consumer, operand))
            return false;
        var multiplied = consumer.Inputs.Where((_, place) => definition.Multiplies(consumer, place)).ToList();
        return multiplied.Exists(m => m.Type != multiplied[0].Type);
    }

    /// <summary>Whether the elements of the last axis lie side by side, and the first axes are one run.</summary>
    static bool IsInLines(View view, int axesOfRun) => IsUnit(view, view.Shape.Rank - 1) && view.Runs(0, axesOfRun).Count <= 1;

    static bool IsUnit(View view, int axis) => view.Shape[axis].IsOne || view.Strides[axis] == 1;

    static bool ReducesRuns(View view, IReadOnlyList<int> axes) =>
        view.Runs(axes[0], axes[axes.Count - 1] + 1).Count <= 1
        && view.Runs(axes[axes.Count - 1] + 1, view.Shape.Rank).Count <= 1;
}
