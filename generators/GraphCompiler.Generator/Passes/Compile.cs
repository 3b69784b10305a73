using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// The passes in their order: from the graph of a user's method to a plan that a target writes out. Each pass explains
/// its algorithm in its own file; each takes a graph and gives a new one.
/// </summary>
internal static class Compile
{
    /// <summary>A program that computes a method's results.</summary>
    public static ProgramPlan Inference(Graph method, ElementType precision, ModelBlocks blocks, CancellationToken cancellation)
    {
        var graph = IndexPreparation.Run(Recognise(method, training: false, cancellation), cancellation);
        return Plan(graph, precision, blocks, cancellation);
    }

    /// <summary>A program that computes an objective and the gradient of every parameter.</summary>
    public static ProgramPlan Training(Graph objective, ElementType precision, ModelBlocks blocks, CancellationToken cancellation)
    {
        var graph = IndexPreparation.Run(Recognise(objective, training: true, cancellation), cancellation);
        graph = Differentiation.Run(graph, cancellation);
        return Plan(graph, precision, blocks, cancellation);
    }

    /// <summary>What a program computes, with whole algorithms in place of what they are written out in.</summary>
    public static Graph Recognise(Graph method, bool training, CancellationToken cancellation)
    {
        var graph = Specialize.Run(method, training, cancellation);
        graph = AttentionRecognition.Run(graph, cancellation);
        graph = SoftmaxMasking.Run(graph, cancellation);
        graph = StatisticsRecognition.Run(graph, cancellation);
        return LinearCrossEntropyFusion.Run(graph, cancellation);
    }

    static ProgramPlan Plan(Graph graph, ElementType precision, ModelBlocks blocks, CancellationToken cancellation)
    {
        graph = Lowering.Run(graph, cancellation);
        graph = Simplification.Run(graph, cancellation);
        graph = ScatterAccumulation.Run(graph, cancellation);
        graph = ReductionSplitting.Run(graph, cancellation);
        graph = OperandRounding.Run(graph, precision, cancellation);
        graph = LayoutLegalization.Run(graph, cancellation);
        graph = StateOrdering.Run(graph, cancellation);
        var fused = KernelFusion.Run(graph, cancellation);
        var order = Scheduling.Run(fused, cancellation);
        return Planning.Run(fused, order, blocks, cancellation);
    }
}
