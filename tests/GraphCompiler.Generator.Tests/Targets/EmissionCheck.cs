using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Emits, compiles and runs graphs, and compares them in single precision with the double-precision oracle.</summary>
internal static class EmissionCheck
{
    const double Tolerance = 1e-5;

    /// <summary>The graphs work on values near 1; where a tensor cancels to much less, the error of those values stays.</summary>
    const double SmallestScale = 0.05;

    /// <summary>The objective and the gradients of every case, all compiled in one assembly.</summary>
    /// <param name="cases">The objectives.</param>
    /// <param name="smallestScale">The size of what gradients are made of, whatever cancels.</param>
    /// <param name="device">The device that they run on; null for the CPU.</param>
    /// <param name="precision">What products round their operands to.</param>
    /// <param name="emitted">What they round to in what is emitted, if that is to differ.</param>
    /// <param name="tolerance">The error of an element, relative to the larger of its size and the tensor's.</param>
    /// <param name="activations">What activations are rounded to where they lie in memory.</param>
    /// <param name="emittedActivations">What they are rounded to in what is emitted, if that is to differ.</param>
    /// <param name="saved">What they are rounded to while they wait for the backward pass.</param>
    /// <param name="sumCancels">Whether the objective is a sum of many numbers of both signs: half a unit in the last place of all that it
    /// adds up is allowed beside the tolerance.</param>
    public static void Gradients(
        IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> cases, double smallestScale = SmallestScale, object? device = null,
        ElementType precision = ElementType.Float32, double tolerance = Tolerance, ElementType? emitted = null, bool sumCancels = false,
        ElementType activations = ElementType.Float32, ElementType? emittedActivations = null, ElementType saved = ElementType.Float32)
    {
        var nets = EmittedNet.Compile([.. cases.Select(c => c.Graph)], isObjective: true, device is not null, new(emitted ?? precision, emittedActivations ?? activations, saved));
        Report(cases, nets, (graph, bindings, net) =>
        {
            using var model = device is null ? net.Create(bindings) : net.CreateOn(device, bindings);
            var (loss, gradients, states) = net.Train(model, bindings);
            var differentiated = activations != ElementType.Float32 || saved != ElementType.Float32 ? EmittedNet.Trained(graph, new(precision, activations, saved))
                : OperandRounding.Run(Differentiation.Run(Specialize.Run(graph, training: true)), precision);
            var expected = Oracle.Run(differentiated, bindings);
            return differentiated.Outputs.Select((output, i) => Difference(output.Name, expected[i].Elements, output.Kind switch
            {
                OutputKind.Gradient => gradients[output.Name],
                OutputKind.State => states[output.Name][..expected[i].Elements.Length],
                _ => [loss],
            }, smallestScale, tolerance, output.Kind == OutputKind.Result && sumCancels ? RoundingOfSum(graph, bindings) : 0));
        });
    }

    /// <summary>2⁻²⁴ of what an objective adds up, without signs: the sum rounds as its terms do, also where they cancel to little.</summary>
    static double RoundingOfSum(Graph graph, Bindings bindings)
    {
        var trained = Specialize.Run(graph, training: true);
        var sum = trained.Outputs[0].Node;
        while (sum.Op == Op.Reshape)
            sum = sum.Inputs[0];
        Assert.Equal(Op.ReduceSum, sum.Op);
        trained.AddOutput("terms", sum.Inputs[0]);
        return Oracle.Run(trained, bindings)[^1].Elements.Sum(Math.Abs) / (1 << 24);
    }

    /// <summary>The results of every case in inference.</summary>
    public static void Results(IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> cases, object? device = null)
    {
        var nets = EmittedNet.Compile([.. cases.Select(c => c.Graph)], isObjective: false, device is not null);
        Report(cases, nets, (graph, bindings, net) =>
        {
            (bindings.Training, bindings.Seed, bindings.Step) = (false, 0, 0);
            using var model = device is null ? net.Create(bindings) : net.CreateOn(device, bindings);
            float[][] results = net.Evaluate(model, bindings);
            var expected = Oracle.Run(graph, bindings);
            return graph.Outputs.Select((output, i) => Difference(output.Name, expected[i].Elements, results[i]));
        });
    }

    static void Report(
        IReadOnlyList<(string Name, Graph Graph, Bindings Bindings)> cases, IReadOnlyList<EmittedNet> nets,
        Func<Graph, Bindings, EmittedNet, IEnumerable<string?>> compare)
    {
        var failures = new List<string>();
        for (int i = 0; i < cases.Count; i++)
        {
            var (name, graph, bindings) = cases[i];
            string? difference = compare(graph, bindings, nets[i]).FirstOrDefault(d => d is not null);
            if (difference is not null)
                failures.Add($"{name}: {difference}" + (failures.Count == 0 ? $"\n{graph}\n{nets[i].Source}" : ""));
        }
        if (failures.Count > 0)
            Assert.Fail($"{failures.Count} of {cases.Count} differ.\n" + string.Join("\n", failures.AsEnumerable().Reverse()));
    }

    /// <summary>
    /// What differs, or null where every element is within the tolerance, relative to the larger of its own size and
    /// the tensor's root mean square: an element that cancels to almost nothing keeps the error of what it was made of.
    /// </summary>
    static string? Difference(string name, double[] expected, float[] actual, double smallestScale = SmallestScale, double tolerance = Tolerance, double rounding = 0)
    {
        if (expected.Length != actual.Length)
            return $"{name} has {actual.Length} elements, not {expected.Length}";
        double scale = Math.Sqrt(expected.Sum(x => x * x) / Math.Max(1, expected.Length));
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = tolerance * Math.Max(Math.Abs(expected[i]), Math.Max(scale, smallestScale)) + rounding;
            if (!(Math.Abs(expected[i] - actual[i]) <= allowed) && !(double.IsNaN(expected[i]) && float.IsNaN(actual[i])))
                return $"{name}[{i}] is {actual[i]:R}, not {expected[i]:R}";
        }
        return null;
    }
}
