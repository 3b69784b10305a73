using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
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
    public void Results_agree(int first)
    {
        var cases = Enumerable.Range(first, SeedsInBlock).Select(RandomGraphs.Results).ToList();
        var nets = EmittedNet.Compile([.. cases.Select(c => c.Graph)], isObjective: false);
        for (int i = 0; i < cases.Count; i++)
        {
            var (graph, bindings) = cases[i];
            bindings.Training = false;
            using var model = nets[i].Create(bindings);
            float[][] results = nets[i].Evaluate(model, bindings);
            var expected = Interpreter.Run(graph, bindings);
            for (int output = 0; output < results.Length; output++)
                EmissionAssert.Close(expected[output].Elements, results[output], () => $"seed {first + i}, {graph.Outputs[output].Name}\n{graph}\n{nets[i].Source}");
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Gradients_agree(int first)
    {
        var cases = Enumerable.Range(first, SeedsInBlock).Select(RandomGraphs.Objective).ToList();
        var nets = EmittedNet.Compile([.. cases.Select(c => c.Graph)], isObjective: true);
        for (int i = 0; i < cases.Count; i++)
        {
            var (graph, bindings) = cases[i];
            using var model = nets[i].Create(bindings);
            var (loss, gradients) = nets[i].Train(model, bindings);
            var differentiated = Differentiation.Run(Specialize.Run(graph, training: true));
            var expected = Interpreter.Run(differentiated, bindings);
            for (int output = 0; output < expected.Count; output++)
            {
                var (name, kind) = (differentiated.Outputs[output].Name, differentiated.Outputs[output].Kind);
                float[] actual = kind == OutputKind.Gradient ? gradients[name] : [loss];
                EmissionAssert.Close(expected[output].Elements, actual, () => $"seed {first + i}, {kind} {name}\n{graph}\n{nets[i].Source}");
            }
        }
    }
}

/// <summary>Single precision against the oracle's double.</summary>
internal static class EmissionAssert
{
    const double Tolerance = 1e-5;

    /// <summary>
    /// Every element within the tolerance, relative to the larger of its own size and the tensor's root mean square:
    /// an element that cancels to almost nothing keeps the absolute error of what it was made of.
    /// </summary>
    public static void Close(double[] expected, float[] actual, Func<string> describe)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = Math.Sqrt(expected.Sum(x => x * x) / Math.Max(1, expected.Length));
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(expected[i] - actual[i]);
            double allowed = Tolerance * Math.Max(Math.Abs(expected[i]), Math.Max(scale, 0.01));
            if (!(error <= allowed) && !(double.IsNaN(expected[i]) && float.IsNaN(actual[i])))
                Assert.Fail($"element {i}: expected {expected[i]:R}, got {actual[i]:R}; {describe()}");
        }
    }
}
