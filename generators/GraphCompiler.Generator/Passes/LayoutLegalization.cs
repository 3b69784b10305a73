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
        bool legal = layout.TryResolve(input) is { } access && consumer.Op switch
        {
            Op.Reshape => access.View.TryReshape(consumer.Shape) is not null,
            Op.MatMul => !LayoutResolution.IsVirtual(access.Base) && HasUnitStride(access.View),
            Op.Gather => operand == 1 || IsWhole(access),
            Op.ScatterAdd => IsWhole(access),
            Op.LinearCrossEntropy or Op.LinearCrossEntropyGradient => operand == 1
                ? !LayoutResolution.IsVirtual(access.Base) && HasUnitStride(access.View)
                : IsWhole(access),
            Op.Attention or Op.AttentionLogSumExp or Op.AttentionGradient => !LayoutResolution.IsVirtual(access.Base) && IsReadByAttention(consumer, operand, access.View),
            Op.ReduceSum or Op.ReduceMax or Op.ReduceMin or Op.ReduceMean => ReducesRuns(access.View, consumer.Axes),
            _ => true,
        };
        return legal ? input : target.Copy(input);
    }

    /// <summary>Whether attention would multiply tensors of several types, which its kernels do not.</summary>
    static bool MixesTypes(Node consumer, int operand)
    {
        if (consumer.Op is not (Op.Attention or Op.AttentionLogSumExp or Op.AttentionGradient))
            return false;
        var multiplied = consumer.Inputs.Take(3).ToList();
        if (consumer.Op == Op.AttentionGradient)
            multiplied.Add(consumer.Inputs[consumer.Inputs.Count - 1]);
        return multiplied.Contains(consumer.Inputs[operand]) && multiplied.Exists(m => m.Type != multiplied[0].Type);
    }

    /// <summary>Heads and times by any stride, a head's elements side by side; the axes before them one run.</summary>
    static bool IsReadByAttention(Node consumer, int operand, View view)
    {
        var form = consumer.Get<AttentionAttributes>().Form;
        int rank = view.Shape.Rank;
        if (operand == form.CountPlace || view.IsContiguous)
            return true;
        int batchAxes = form.HasKeyMask && operand == 3 ? rank - 1 : rank - 3;
        return IsUnit(view, rank - 1) && view.Runs(0, batchAxes).Count <= 1 && !view.Shape.Equals(RowsOf(consumer));
    }

    /// <summary>The shape of the logarithms of the sums, which lie without gaps.</summary>
    static Shape RowsOf(Node consumer)
    {
        var query = consumer.Inputs[0].Shape;
        return new Shape(query.Take(query.Rank - 3).Concat([query[query.Rank - 2], query[query.Rank - 3]]));
    }

    static bool IsWhole(Access access) => access.View.IsContiguous && !LayoutResolution.IsVirtual(access.Base);

    static bool HasUnitStride(View view)
    {
        int rank = view.Shape.Rank;
        return IsUnit(view, rank - 1) || IsUnit(view, rank - 2);
    }

    static bool IsUnit(View view, int axis) => view.Shape[axis].IsOne || view.Strides[axis] == 1;

    static bool ReducesRuns(View view, IReadOnlyList<int> axes) =>
        view.Runs(axes[0], axes[axes.Count - 1] + 1).Count <= 1
        && view.Runs(axes[axes.Count - 1] + 1, view.Shape.Rank).Count <= 1;
}
