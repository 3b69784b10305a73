using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Random graphs, emitted, compiled and run, against the oracle.</summary>
public class RandomEmissionTests
{
    const int Objectives = 500, Inferences = 200, SeedsInBlock = 50;

    public static TheoryData<int> ObjectiveBlocks => [.. BlocksOf(Objectives)];

    public static TheoryData<int> InferenceBlocks => [.. BlocksOf(Inferences)];

    static IEnumerable<int> BlocksOf(int seeds) => Enumerable.Range(0, seeds / SeedsInBlock).Select(block => block * SeedsInBlock);

    [Theory]
    [MemberData(nameof(InferenceBlocks))]
    public void Results_agree(int first) => EmissionCheck.Results([.. Cases(first, RandomGraphs.Results)]);

    [Theory]
    [MemberData(nameof(ObjectiveBlocks))]
    public void Gradients_agree(int first) => EmissionCheck.Gradients([.. Cases(first, RandomGraphs.Objective)]);

    static IEnumerable<(string, GraphCompiler.Generator.Graphs.Graph, Bindings)> Cases(int first, Func<int, RandomGraph> make) =>
        Enumerable.Range(first, SeedsInBlock).Select(seed => (Seed: seed, Case: make(seed))).Select(c => ($"seed {c.Seed}", c.Case.Graph, c.Case.Bindings));
}
