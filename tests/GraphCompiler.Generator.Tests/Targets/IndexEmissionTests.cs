using System.Reflection;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Kernels.Tests;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>
/// Rows and classes by integers that are computed: exactly what the oracle gives, or a refusal, and no byte beside an
/// argument is touched either way.
/// </summary>
public class IndexEmissionTests
{
    const int Programs = 40;

    [Fact]
    public void Gradients_agree() =>
        EmissionCheck.Gradients([.. Enumerable.Range(0, Programs).Select(seed => IndexPrograms.Make(seed, ofParameters: true))]);

    [Fact]
    public void Results_agree_between_pages_that_may_not_be_touched()
    {
        var cases = Enumerable.Range(0, Programs).Select(seed => IndexPrograms.Make(seed)).ToList();
        var nets = EmittedNet.Compile([.. cases.Select(c => c.Graph)], isObjective: false);
        for (int i = 0; i < cases.Count; i++)
        {
            var (name, graph, bindings) = cases[i];
            var expected = Oracle.Run(graph, bindings);
            using var model = nets[i].Create(bindings);
            foreach (bool atEnd in new[] { true, false })
            {
                float[][] results = RunGuarded(nets[i], model, graph, bindings, [.. expected.Select(e => e.Elements.Length)], atEnd);
                for (int output = 0; output < results.Length; output++)
                    Assert.True(expected[output].Elements.Zip(results[output], (a, b) => Math.Abs(a - b) <= 1e-5 * Math.Max(1, Math.Abs(a))).All(same => same),
                        $"{name}, output {output}:\n{graph}\n{nets[i].Source}");
            }
        }
    }

    [Fact]
    public void An_integer_beside_its_table_is_refused_and_no_byte_beside_an_argument_is_touched()
    {
        var cases = Enumerable.Range(0, Programs).Select(TryMake).OfType<(string, Graph, Bindings)>().ToList();
        Assert.True(cases.Count > Programs / 2);
        var nets = EmittedNet.Compile([.. cases.Select(c => c.Item2)], isObjective: false);
        for (int i = 0; i < cases.Count; i++)
        {
            var (name, graph, bindings) = cases[i];
            Assert.Throws<ArgumentOutOfRangeException>(() => Oracle.Run(graph, bindings));
            using var model = nets[i].Create(bindings);
            var sizes = graph.Outputs.Select(o => (int)SizeOf(o.Node.Shape.Size, bindings)).ToArray();
            var refused = Assert.Throws<TargetInvocationException>(() => RunGuarded(nets[i], model, graph, bindings, sizes, atEnd: true)).InnerException;
            Assert.True(refused is ArgumentOutOfRangeException && refused.Message.Contains("values go from 0 to", StringComparison.Ordinal),
                $"{name}: {refused}\n{nets[i].Source}");
        }

        // Some programs look nothing up but in tables of one row, beside which there is only row -1.
        static (string, Graph, Bindings)? TryMake(int seed)
        {
            try
            {
                return IndexPrograms.Make(seed, goesOut: true);
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    static long SizeOf(Dim dim, Bindings bindings) => dim.Symbols.ToArray().Aggregate(dim.Coefficient, (product, symbol) => product * bindings.Dims[symbol.Name]);

    /// <summary>Runs with every argument at one end of memory between two pages that may not be touched.</summary>
    static unsafe float[][] RunGuarded(EmittedNet net, GraphModel model, Graph graph, Bindings bindings, int[] sizes, bool atEnd)
    {
        var memories = new List<GuardedMemory>();
        (nint Pointer, int Length) Place(int count)
        {
            var memory = new GuardedMemory(Math.Max(1, count) * sizeof(float));
            memories.Add(memory);
            return ((nint)(atEnd ? memory.LastFloats(count) : (float*)memory.Start), count);
        }
        try
        {
            var inputs = new List<(nint, int)>();
            foreach (var input in graph.Nodes.Where(n => n.Op == Op.Input))
            {
                double[] values = bindings.Inputs[input.Name];
                var place = Place(values.Length);
                for (int i = 0; i < values.Length; i++)
                {
                    if (input.Type == ElementType.Int32)
                        ((int*)place.Pointer)[i] = (int)values[i];
                    else
                        ((float*)place.Pointer)[i] = (float)values[i];
                }
                inputs.Add(place);
            }
            bool isNumber = sizes.Length == 1 && graph.Outputs[0].Node.Shape.Rank == 0;
            (nint Pointer, int Length)[] results = [.. sizes.Select(Place)];
            float number = net.RunInPlace(model, [.. inputs], bindings.Dims, results);
            return isNumber ? [[number]] : [.. results.Select(r => new ReadOnlySpan<float>((void*)r.Pointer, r.Length).ToArray())];
        }
        finally
        {
            memories.ForEach(m => m.Dispose());
        }
    }

    [Fact]
    public void Integers_are_exact_beyond_the_whole_numbers_of_a_float()
    {
        var g = new Graph();
        var table = g.Input("table", new Shape((1 << 24) + 10, 1), ElementType.Float32);
        Node Ids(string name) => g.Input(name, new Shape((Dim)3), ElementType.Int32);
        g.AddOutput("rows", g.Gather(table, g.Add(g.Multiply(Ids("a"), g.Constant(4096, Shape.Scalar, ElementType.Int32)), Ids("b"))));
        double[] values = new double[(1 << 24) + 10];
        for (int i = 1; i <= 10; i++)
            values[^i] = i;
        var bindings = new Bindings();
        (bindings.Inputs["table"], bindings.Inputs["a"], bindings.Inputs["b"]) = (values, [4096, 4096, 4095], [1, 9, 4099]);
        var net = EmittedNet.Compile(g, isObjective: false);
        using var model = net.Create(bindings);
        Assert.Equal([9, 1, 7], net.Evaluate(model, bindings)[0]);
    }

    [Theory]
    [InlineData(2, 3, 4, 24)]
    [InlineData(1 << 30, 1 << 30, 1 << 30, -1)]
    [InlineData(1 << 30, 1 << 30, 16, -1)]
    [InlineData(1 << 31, 2, 1, -1)]
    public void What_64_bits_do_not_hold_is_refused(long a, long b, long c, int row)
    {
        var g = new Graph();
        Node Number(string name) => g.Input(name, Shape.Scalar, ElementType.Int32);
        g.AddOutput("row", g.Gather(g.Input("table", new Shape(30, 1), ElementType.Float32), g.Multiply(g.Multiply(Number("a"), Number("b")), Number("c"))));
        var bindings = new Bindings();
        bindings.Inputs["table"] = [.. Enumerable.Range(0, 30).Select(i => (double)i)];
        foreach (var (name, value) in new[] { ("a", a), ("b", b), ("c", c) })
            bindings.Inputs[name] = [unchecked((int)value)];
        var net = EmittedNet.Compile(g, isObjective: false);
        using var model = net.Create(bindings);
        if (row >= 0)
            Assert.Equal(row, net.Evaluate(model, bindings)[0][0]);
        else
            Assert.IsType<ArgumentOutOfRangeException>(Assert.Throws<TargetInvocationException>(() => net.Run(model, bindings, [new float[1]])).InnerException);
    }
}
