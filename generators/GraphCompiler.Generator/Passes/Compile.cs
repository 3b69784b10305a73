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
    /// <summary>A program that computes a method's results.</summary>
    public static ProgramPlan Inference(Graph method, ModelPrecision precision, ModelBlocks blocks, CostModel costs, CancellationToken cancellation)
    {
        var graph = IndexPreparation.Run(Recognise(WeightQuantization.Run(method, blocks.Packed, cancellation), training: false, cancellation), cancellation);
        return Plan(graph, precision, blocks, costs, cancellation);
    }

    /// <summary>A program that computes an objective and the gradient of every trainable parameter.</summary>
    public static ProgramPlan Training(Graph objective, ModelPrecision precision, ModelBlocks blocks, CostModel costs, CancellationToken cancellation)
    {
        var graph = IndexPreparation.Run(Recognise(objective, training: true, cancellation), cancellation);
        graph = Differentiation.Run(graph, blocks.Frozen.Contains, precision.ScalesLoss, cancellation);
        return Plan(graph, precision, blocks, costs, cancellation);
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

    static ProgramPlan Plan(Graph graph, ModelPrecision precision, ModelBlocks blocks, CostModel costs, CancellationToken cancellation)
    {
        graph = Lowering.Run(graph, cancellation);
        graph = Simplification.Run(graph, cancellation);
        graph = ScatterAccumulation.Run(graph, cancellation);
        graph = ReductionSplitting.Run(graph, cancellation);
        graph = OperandRounding.Run(graph, precision.Products, cancellation);
        graph = LayoutLegalization.Run(graph, cancellation);
        graph = StateOrdering.Run(graph, cancellation);
        graph = ActivationRounding.Run(graph, precision.Activations, costs, cancellation);
        var fused = KernelFusion.Run(graph, costs, cancellation);
        var order = Scheduling.Run(fused, cancellation);
        return Planning.Run(fused, order, blocks, costs, cancellation);
    }

    /// <summary>
    /// The same program for another target. What both do alike is not done twice: kernels are fused anew, and the arena is
    /// planned anew, only where the targets differ in what that depends on.
    /// </summary>
    public static ProgramPlan ForTarget(ProgramPlan plan, ModelBlocks blocks, CostModel costs, CancellationToken cancellation)
    {
        if (costs.MostOfRoundingPrologue != plan.Costs.MostOfRoundingPrologue && plan.Graph.Nodes.Any(n => n.Type.IsNarrow()))
        {
            var fused = KernelFusion.Run(plan.Graph, costs, cancellation);
            return Planning.Run(fused, Scheduling.Run(fused, cancellation), blocks, costs, cancellation);
        }
        return plan.Steps.All(step => costs.WorkspaceBytes(step.Kernel) == plan.Costs.WorkspaceBytes(step.Kernel)) ? plan
            : Planning.Run(plan.Fused, [.. plan.Steps.Select(step => step.Kernel)], blocks, costs, cancellation);
    }
}
