using GraphCompiler.Generator.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Graphs;

/// <summary>Comparisons of graphs and of their values.</summary>
internal static class GraphAssert
{
    public static void Sound(Graph graph) => Assert.Empty(Verifier.Violations(graph));

    /// <summary>Both graphs give the same results, by name and kind, to a relative error.</summary>
    public static void SameValues(Graph expected, Graph actual, Bindings bindings, double tolerance = 1e-10)
    {
        Assert.Equal(expected.Outputs.Select(o => (o.Name, o.Kind)), actual.Outputs.Select(o => (o.Name, o.Kind)));
        var first = Oracle.Run(expected, bindings);
        var second = Oracle.Run(actual, bindings);
        for (int i = 0; i < first.Count; i++)
        {
            Assert.Equal(first[i].Shape, second[i].Shape);
            Close(first[i].Elements, second[i].Elements, tolerance, expected.Outputs[i].Name);
        }
    }

    /// <summary>The largest difference is at most the tolerance times the largest value (or 1e-3, if all are smaller).</summary>
    public static void Close(double[] expected, double[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Select(Math.Abs).Append(1e-3).Max();
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= tolerance * scale;
            Assert.True(same, $"{what}[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }
}
