using System.Text;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Tests.Pipeline;
using Xunit;

namespace GraphCompiler.Generator.Tests.Snapshots;

using MemoryReport = GraphCompiler.Generator.Passes.MemoryReport;

/// <summary>How the sample's training program goes through the passes: the order is that of <see cref="Compile"/>.</summary>
public sealed class PassSnapshotTests
{
    [Fact]
    public void Digits_training()
    {
        var compilation = GeneratorRun.Compile(ModelSnapshotTests.DigitClassifier());
        var type = compilation.GetTypeByMetadataName("Digits.DigitClassifier")!;
        var model = ModelReader.Read(compilation, type, default).Model!;
        var graph = model.Methods.Single(m => m.IsObjective).Graph;
        var text = new StringBuilder();
        void Section(string title, object content) => text.Append("== ").Append(title).Append('\n').Append(content.ToString()!.TrimEnd()).Append("\n\n");

        Section("as read", graph);
        Section("specialized for training", graph = Specialize.Run(graph, training: true));
        Section("with indices", graph = IndexPreparation.Run(graph));
        Section("differentiated", graph = Differentiation.Run(graph));
        Section("lowered", graph = Lowering.Run(graph));
        Section("simplified", graph = Simplification.Run(graph));
        Section("legalized", graph = LayoutLegalization.Run(graph, default));
        Assert.Same(graph, StateOrdering.Run(graph));
        var fused = KernelFusion.Run(graph, CpuCostModel.Instance, default);
        Section("fused", string.Join("\n", fused.Kernels));
        var order = Scheduling.Run(fused, default);
        Section("scheduled", string.Join("\n", order.Select(k => $"{k.Kind} stores {string.Join(", ", k.Stores.Select(s => "%" + s.Id))}")));
        var blocks = new ModelBlocks();
        foreach (var parameter in model.Parameters)
            blocks.AddTrained(parameter.Name, parameter.Shape.Aggregate(1L, (product, size) => product * size));
        var plan = Planning.Run(fused, order, blocks, CpuCostModel.Instance, default);
        Section("planned", string.Join("\n", MemoryReport.Lines(plan.Arena)));
        Section("steps", string.Join("\n", plan.Steps.Select(s => (s.BarrierBefore ? "barrier, " : "") + (s.RunsAlone ? "alone: " : "shared: ")
            + string.Join(", ", s.Kernel.Stores.Select(n => $"%{n.Id} in {plan.Locations[n].Space} at {plan.Locations[n].Offset}")))));

        Assert.Equal(11, text.ToString().Split("== ").Length - 1);
        Snapshot.Verify(text.ToString(), "txt");
    }
}
