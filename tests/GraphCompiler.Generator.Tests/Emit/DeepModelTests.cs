using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Pipeline;
using Xunit;

namespace GraphCompiler.Generator.Tests.Emit;

/// <summary>Depth costs nothing: what layers repeat is written once, and computes what it did.</summary>
public class DeepModelTests
{
    static readonly int[] Depths = [1, 2, 3, 5, 12];

    public static TheoryData<string> Kinds => [.. DeepModels.Kinds];

    static string Emit(string kind, int depth)
    {
        var (members, modules) = DeepModels.Source(kind, depth, width: 64, length: 32, batch: 8);
        return Assert.Single(GeneratorRun.Accept("global using System; global using System.Collections.Generic; global using System.Linq;", GeneratorRun.Net(members) + modules));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Twelve_layers_take_hardly_more_text_than_two(string kind)
    {
        string two = Emit(kind, 2), twelve = Emit(kind, 12);
        Assert.True(twelve.Length <= 1.3 * two.Length, $"{twelve.Length} characters for 12 layers, {two.Length} for 2");
        int Lines(string text) => text.Count(c => c == '\n');
        Assert.True(Lines(twelve) <= 1.3 * Lines(two), $"{Lines(twelve)} lines for 12 layers, {Lines(two)} for 2");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_and_gradients_agree_at_every_depth(string kind) =>
        EmissionCheck.Gradients([.. Depths.Select(depth => Case(kind, depth, width: 8, length: 6, batch: 2))]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Threads_do_not_change_a_bit(string kind)
    {
        var (_, graph, bindings) = Case(kind, depth: 8, width: 64, length: 32, batch: 4);
        var net = EmittedNet.Compile(graph, isObjective: true);
        Assert.Contains("for (int layer = 0;", net.Source, StringComparison.Ordinal);
        Assert.Contains("worker.Barrier();", net.Source, StringComparison.Ordinal);
        using var one = net.Create(bindings, threads: 1);
        var expected = net.Train(one, bindings);
        foreach (int threads in new[] { 2, 4 })
        {
            using var several = net.Create(bindings, threads);
            var actual = net.Train(several, bindings);
            Assert.Equal(BitConverter.SingleToInt32Bits(expected.Loss), BitConverter.SingleToInt32Bits(actual.Loss));
            foreach (var (name, gradient) in expected.Gradients)
                Assert.True(gradient.AsSpan().SequenceEqual(actual.Gradients[name]), $"{name} with {threads} threads");
        }
    }

    /// <summary>The objective of a kind with values of its own for everything.</summary>
    static (string Name, Graph Graph, Bindings Bindings) Case(string kind, int depth, int width, int length, int batch)
    {
        var (members, modules) = DeepModels.Source(kind, depth, width, length, batch);
        var graph = Reading.AcceptMembers(members, modules).Methods.Single(m => m.IsObjective).Graph;
        var random = new Random(depth);
        var bindings = new Bindings { Training = true, Seed = (ulong)depth, Step = 1 };
        foreach (var node in graph.Nodes.Where(n => n.Op is Op.Parameter or Op.Input))
        {
            double scale = node.Op == Op.Input ? 1 : 1 / Math.Sqrt(node.Shape.Last.Value);
            var target = node.Op == Op.Input ? bindings.Inputs : bindings.Parameters;
            target[node.Attributes.Name] = [.. Enumerable.Range(0, node.Shape.Size.Value)
                .Select(_ => node.Type == ElementType.Int32 ? random.Next(10) : (double)(float)(((2 * random.NextDouble()) - 1) * scale))];
        }
        return ($"{kind} of {depth} layers", graph, bindings);
    }
}
