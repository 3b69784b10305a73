using System;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

// Statistics and places of extrema.
internal static partial class Operations
{
    /// <summary>What has its reduced axes with size 1, without them unless they are to be kept.</summary>
    static Node Reduced(Graph graph, Node result, int[] axes, bool keepDims) =>
        keepDims ? result : graph.Reshape(result, new Shape(result.Shape.Where((_, axis) => !axes.Contains(axis))));

    /// <summary>The mean of squares n/(n − correction) times. A run-time n that is no larger than the correction gives NaN, or infinity, as in PyTorch.</summary>
    static CallResult Variance(LanguageCall call)
    {
        var x = call.Tensor("x");
        int[] axes = ReducedAxes(call, x.Shape.Rank);
        int correction = call.Has("correction") ? call.Integer("correction") : 1;
        Dim count = Graph.CountAlong(x.Shape, axes);
        if (correction < 0)
            throw call.Fail(Fault.InvalidArgument, FormattableString.Invariant($"{call.Name}: the correction {correction} must be at least 0"));
        if (count.Max <= correction)
        {
            string elements = count.IsOne ? "there is 1 element" : FormattableString.Invariant($"there are at most {count.Max} elements");
            throw call.Fail(Fault.InvalidArgument, FormattableString.Invariant(
                $"{call.Name}: {elements} to take it over, and the correction {correction} needs more: the sum of squares is divided by their number less the correction"));
        }
        var graph = call.Graph;
        var variance = axes.Length == 0 ? graph.Subtract(x, x) : graph.Variance(x, axes);
        if (correction > 0)
            variance = graph.Multiply(variance, Corrected(graph, count, correction));
        return Reduced(graph, variance, axes, call.Flag("keepDims"));
    }

    /// <summary>n/(n − correction).</summary>
    static Node Corrected(Graph graph, Dim count, int correction)
    {
        if (count.IsConstant)
            return graph.Constant(count.Value / ((double)count.Value - correction));
        var size = graph.Size(count, Shape.Scalar);
        return graph.Divide(size, graph.Binary(Op.Maximum, graph.Subtract(size, graph.Constant(correction)), graph.Constant(0)));
    }

    /// <summary>√variance. Where that is 0 nothing is the root's slope: equal numbers have the gradient 0, as in PyTorch.</summary>
    static CallResult StandardDeviation(LanguageCall call)
    {
        var graph = call.Graph;
        var variance = Variance(call).Node!;
        return graph.Select(graph.Binary(Op.Equal, variance, graph.Constant(0)), graph.Constant(0), graph.Unary(Op.Sqrt, variance));
    }

    /// <summary>Along one axis, or, where none is given, of all elements in row-major order.</summary>
    static CallResult Extremum(LanguageCall call, Op op)
    {
        var x = call.Tensor("x");
        if (!call.Has("axis"))
            return call.Graph.Reshape(call.Graph.PlaceOfExtremum(op, call.Graph.Reshape(x, new Shape(x.Shape.Size)), 0), Shape.Scalar);
        int axis = call.Axis("axis", x.Shape.Rank);
        return Reduced(call.Graph, call.Graph.PlaceOfExtremum(op, x, axis), [axis], call.Flag("keepDims"));
    }
}
