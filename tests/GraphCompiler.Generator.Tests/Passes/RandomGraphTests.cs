using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>All passes on random graphs, in blocks of seeds.</summary>
public class RandomGraphTests
{
    const int Seeds = 500, SeedsInBlock = 50;

    public static TheoryData<int> Blocks
    {
        get
        {
            var data = new TheoryData<int>();
            for (int first = 0; first < Seeds; first += SeedsInBlock)
                data.Add(first);
            return data;
        }
    }

    static void ForEachSeed(int first, Action<int> check)
    {
        for (int seed = first; seed < first + SeedsInBlock; seed++)
        {
            try
            {
                check(seed);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed}: {exception.Message}", exception);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_pass_keeps_the_values(int first) => ForEachSeed(first, seed =>
    {
        var (graph, bindings) = RandomGraphs.Results(seed);
        GraphAssert.Sound(graph);
        var training = Specialize.Run(graph, training: true);
        var lowered = Lowering.Run(training);
        foreach (var result in new[] { training, Simplification.Run(training), lowered, Simplification.Run(lowered) })
        {
            GraphAssert.Sound(result);
            GraphAssert.SameValues(graph, result, bindings);
        }
        bindings.Training = false;
        var inference = Simplification.Run(Lowering.Run(Specialize.Run(graph, training: false)));
        GraphAssert.Sound(inference);
        GraphAssert.SameValues(graph, inference, bindings);
    });

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Gradients_agree_with_differences(int first)
    {
        int compared = 0;
        ForEachSeed(first, seed =>
        {
            var (graph, bindings) = RandomGraphs.Objective(seed);
            if (GradientCheck.AlongDirection(graph, Differentiation.Run(graph), bindings, new Random(seed)))
                compared++;
        });
        Assert.InRange(compared, SeedsInBlock - 2, SeedsInBlock);
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_pass_keeps_the_gradients(int first) => ForEachSeed(first, seed =>
    {
        var (graph, bindings) = RandomGraphs.Objective(seed);
        var differentiated = Differentiation.Run(graph);

        var lowered = Lowering.Run(differentiated);
        var simplified = Simplification.Run(lowered);
        var simplifiedFirst = Differentiation.Run(Simplification.Run(graph));
        foreach (var result in new[] { Simplification.Run(differentiated), lowered, simplified, simplifiedFirst })
        {
            GraphAssert.Sound(result);
            GraphAssert.SameValues(differentiated, result, bindings, 1e-9);
        }
    });

    [Fact]
    public void Random_graphs_have_every_operation_and_are_repeatable()
    {
        // Copies come from passes, and so do products and lookups of packed weights, in inference alone (WeightQuantizationTests); the updates of
        // states have random programs of their own (StateEmissionTests); what stops gradients does not agree with differences; gradients begin with
        // the scale of a loss only where a model asks for it.
        var elsewhere = OpTable.All.Where(row => row.Kind == OpKind.Update).Select(row => row.Op)
            .Concat([Op.State, Op.Copy, Op.StopGradient, Op.LossScale, Op.QuantizedMatMul, Op.QuantizedGather]);
        var seen = new HashSet<Op>();
        for (int seed = 0; seed < Seeds; seed++)
            seen.UnionWith(Differentiation.Run(RandomGraphs.Objective(seed).Graph).Nodes.Select(n => n.Op));
        Assert.Empty(OpTable.All.Select(row => row.Op).Except(seen).Except(elsewhere));
        Assert.Equal(RandomGraphs.Results(17).Graph.ToString(), RandomGraphs.Results(17).Graph.ToString());
    }
}
