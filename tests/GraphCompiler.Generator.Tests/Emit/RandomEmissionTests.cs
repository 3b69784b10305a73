using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Emit;

/// <summary>Random graphs, emitted, compiled and run, against the interpreter.</summary>
public class RandomEmissionTests
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

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Results_agree(int first) => EmissionCheck.Results([.. Cases(first, RandomGraphs.Results)]);

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Gradients_agree(int first) => EmissionCheck.Gradients([.. Cases(first, RandomGraphs.Objective)]);

    static IEnumerable<(string, GraphCompiler.Generator.Graphs.Graph, GraphCompiler.Generator.Graphs.Bindings)> Cases(int first, Func<int, RandomGraph> make) =>
        Enumerable.Range(first, SeedsInBlock).Select(seed => (Seed: seed, Case: make(seed))).Select(c => ($"seed {c.Seed}", c.Case.Graph, c.Case.Bindings));
}
