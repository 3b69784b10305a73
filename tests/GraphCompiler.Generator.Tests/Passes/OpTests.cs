using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>Every operation: its gradient by finite differences, and its way through all passes.</summary>
public class OpTests
{
    public static TheoryData<int, string> Numbers
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (int i = 0; i < OpCases.All.Count; i++)
                data.Add(i, OpCases.All[i].Op.ToString());
            return data;
        }
    }

    /// <summary>The case with a constant axis of 3, then with a named one of several sizes.</summary>
    internal static IEnumerable<(Graph Objective, Bindings Bindings)> Variants(int number)
    {
        foreach (int size in new[] { 3, 1, 2, 5 })
        {
            var sketch = new GraphSketch(OpCases.All[number].Seed + size);
            Dim n = size == 3 ? size : sketch.Named("n", size);
            var result = OpCases.All[number].Build(sketch, n);
            yield return (sketch.Objective(result), sketch.Bindings);
        }
    }

    [Fact]
    public void Every_operation_has_a_case()
    {
        // Only differentiation begins a gradient with the scale of the loss, in programs that train: LossScalingTests.
        // No graph to differentiate has packed weights: WeightQuantizationTests, QuantizedEmissionTests.
        Op[] elsewhere = [Op.LossScale, Op.QuantizedMatMul, Op.QuantizedGather];
        Assert.Empty(OpTable.All.Select(row => row.Op).Except(OpCases.All.Select(c => c.Op)).Except(elsewhere));
        for (int i = 0; i < OpCases.All.Count; i++)
            Assert.Contains(Variants(i).Skip(1).First().Objective.Nodes, n => n.Op == OpCases.All[i].Op);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Gradient_agrees_with_differences(int number, string op)
    {
        Assert.NotEmpty(op);
        foreach (var (objective, bindings) in Variants(number))
            GradientCheck.EveryElement(objective, bindings);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Every_pass_keeps_the_values(int number, string op)
    {
        Assert.NotEmpty(op);
        foreach (var (objective, bindings) in Variants(number))
        {
            var differentiated = Differentiation.Run(objective);
            Passing(objective);
            Passing(differentiated);
            GraphAssert.SameValues(differentiated, Differentiation.Run(Simplification.Run(objective)), bindings);

            void Passing(Graph graph)
            {
                var lowered = Lowering.Run(graph);
                foreach (var result in new[] { Simplification.Run(graph), lowered, Simplification.Run(lowered) })
                {
                    GraphAssert.Sound(result);
                    GraphAssert.SameValues(graph, result, bindings);
                }
                Assert.DoesNotContain(lowered.Nodes, n => n.Kind == OpKind.Composite);
            }
        }
    }

    /// <summary>The hand-made gradients of composites are the chain rule's of their lowerings.</summary>
    [Theory]
    [MemberData(nameof(Numbers))]
    public void Differentiating_after_lowering_gives_the_same(int number, string op)
    {
        Assert.NotEmpty(op);
        foreach (var (objective, bindings) in Variants(number))
            GraphAssert.SameValues(Differentiation.Run(objective), Differentiation.Run(Lowering.Run(objective)), bindings);
    }
}
