using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// The passes in their order: from the graph of a user's method to a plan that a target writes out. Each pass explains
/// its algorithm in its own file; each takes a graph and gives a new one.
/// </summary>
internal static class Compile
{
    /// <summary>What a trace calls the graph that no pass has seen.</summary>
    const string AsWritten = "as written";

    /// <summary>A program that computes a method's results.</summary>
    public static ProgramPlan Inference(Graph method, ModelPrecision precision, ModelBlocks blocks, CostModel costs, CancellationToken cancellation, PassTrace? trace = null)
    {
        var graph = trace.After(AsWritten, method);
        graph = trace.After(nameof(WeightQuantization), WeightQuantization.Run(graph, blocks.Packed, cancellation));
        graph = Recognise(graph, training: false, cancellation, trace);
        graph = trace.After(nameof(IndexPreparation), IndexPreparation.Run(graph, cancellation));
        return Plan(graph, precision, blocks, costs, trace, cancellation);
    }

    /// <summary>A program that computes an objective and the gradient of every trainable parameter.</summary>
    public static ProgramPlan Training(Graph objective, ModelPrecision precision, ModelBlocks blocks, CostModel costs, CancellationToken cancellation, PassTrace? trace = null)
    {
        var graph = Recognise(trace.After(AsWritten, objective), training: true, cancellation, trace);
        graph = trace.After(nameof(IndexPreparation), IndexPreparation.Run(graph, cancellation));
        graph = trace.After(nameof(Differentiation), Differentiation.Run(graph, blocks.Frozen.Contains, precision.ScalesLoss, cancellation));
        return Plan(graph, precision, blocks, costs, trace, cancellation);
    }

    /// <summary>What a program computes, with whole algorithms in place of what they are written out in.</summary>
    public static Graph Recognise(Graph method, bool training, CancellationToken cancellation, PassTrace? trace = null)
    {
        var graph = trace.After(nameof(Specialize), Specialize.Run(method, training, cancellation));
        graph = trace.After(nameof(AttentionRecognition), AttentionRecognition.Run(graph, cancellation));
        graph = trace.After(nameof(SoftmaxMasking), SoftmaxMasking.Run(graph, cancellation));
        graph = trace.After(nameof(StatisticsRecognition), StatisticsRecognition.Run(graph, cancellation));
        return trace.After(nameof(LinearCrossEntropyFusion), LinearCrossEntropyFusion.Run(graph, cancellation));
    }

    static ProgramPlan Plan(Graph graph, ModelPrecision precision, ModelBlocks blocks, CostModel costs, PassTrace? trace, CancellationToken cancellation)
    {
        graph = trace.After(nameof(Lowering), Lowering.Run(graph, cancellation));
        graph = trace.After(nameof(Simplification), Simplification.Run(graph, cancellation));
        graph = trace.After(nameof(ScatterAccumulation), ScatterAccumulation.Run(graph, cancellation));
        graph = trace.After(nameof(ReductionSplitting), ReductionSplitting.Run(graph, cancellation));
        graph = trace.After(nameof(OperandRounding), OperandRounding.Run(graph, precision.Products, cancellation));
        graph = trace.After(nameof(LayoutLegalization), LayoutLegalization.Run(graph, cancellation));
        graph = trace.After(nameof(StateOrdering), StateOrdering.Run(graph, cancellation));
        graph = trace.After(nameof(ActivationRounding), ActivationRounding.Run(graph, precision.Activations, costs, cancellation));
        graph = trace.After(nameof(ActivationSaving), ActivationSaving.Run(graph, precision.Saved, costs, cancellation));
        var fused = KernelFusion.Run(graph, costs, cancellation);
        var order = Scheduling.Run(fused, cancellation);
        return Planning.Run(fused, order, blocks, costs, cancellation) with { Passes = trace?.Records ?? [] };
    }

    /// <summary>
    /// The same program for another target. What both do alike is not done twice: kernels are fused anew, and the arena is
    /// planned anew, only where the targets differ in what that depends on.
    /// </summary>
    public static ProgramPlan ForTarget(ProgramPlan plan, ModelBlocks blocks, CostModel costs, CancellationToken cancellation)
    {
        bool roundsAlike = costs.MostOfRoundingPrologue == plan.Costs.MostOfRoundingPrologue && costs.RoundsWhereItLies == plan.Costs.RoundsWhereItLies;
        if (!roundsAlike && plan.Graph.Nodes.Any(n => n.Type.IsNarrow()))
        {
            var fused = KernelFusion.Run(plan.Graph, costs, cancellation);
            return Planning.Run(fused, Scheduling.Run(fused, cancellation), blocks, costs, cancellation);
        }
        return plan.Steps.All(step => costs.WorkspaceBytes(step.Kernel) == plan.Costs.WorkspaceBytes(step.Kernel)) ? plan
            : Planning.Run(plan.Fused, [.. plan.Steps.Select(step => step.Kernel)], blocks, costs, cancellation);
    }
}
