using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Targets;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Pipeline;
using Microsoft.CodeAnalysis;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Depth costs nothing: what layers repeat is written once, and computes what it did.</summary>
public class DeepModelTests
{
    static readonly int[] Depths = [1, 2, 3, 5, 12];

    public static TheoryData<string> Kinds => [.. DeepModels.Kinds];

    const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq;";

    /// <summary>The model's file; the other one carries the sources of its modules, as a library would.</summary>
    static string Emit(string kind, int depth) =>
        Assert.Single(GeneratorRun.Accept(Usings, Source(kind, depth)), text => !text.Contains("The sources of this library", StringComparison.Ordinal));

    static string Source(string kind, int depth)
    {
        var (members, modules) = DeepModels.Source(kind, depth, width: 64, length: 32, batch: 8);
        return GeneratorRun.Net(members) + modules;
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

    /// <summary>What is written for devices beside the CPU's programs.</summary>
    static string EmitForDevices(string kind, int depth)
    {
        var compilation = GeneratorRun.Compile(Usings, Source(kind, depth));
        var model = ModelReader.Read(compilation, compilation.GetTypeByMetadataName("Example.Net")!, default).Model!;
        string text = ModelEmitter.Emit(model, forDevices: true, default);
        return text[text.IndexOf(".Devices\n", StringComparison.Ordinal)..];
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Twelve_layers_take_hardly_more_text_for_devices_than_two(string kind)
    {
        string two = EmitForDevices(kind, 2), twelve = EmitForDevices(kind, 12), many = EmitForDevices(kind, 48);
        Assert.True(twelve.Length <= 1.3 * two.Length, $"{twelve.Length} characters for 12 layers, {two.Length} for 2");
        Assert.True(many.Length <= 1.5 * two.Length, $"{many.Length} characters for 48 layers, {two.Length} for 2");
        int Kernels(string text) => text.Split("public static void ").Length;
        Assert.True(Kernels(many) <= Kernels(twelve), $"{Kernels(many)} kernels for 48 layers, {Kernels(twelve)} for 12");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Many_layers_need_no_more_kernels_than_few(string kind)
    {
        int Kernels(int depth) => Emit(kind, depth).Split("public static void ").Length;
        Assert.Equal(Kernels(12), Kernels(30));
    }

    /// <summary>Beyond 60,000 bytes of IL or 2,000 locals the JIT no longer optimises a method.</summary>
    [Theory]
    [InlineData("pre-norm")]
    [InlineData("alternating")]
    public void Methods_stay_small_at_48_layers(string kind)
    {
        GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(GeneratorRun.Compile(Usings, Source(kind, 48)), out var compilation, out _);
        using var assembly = new MemoryStream();
        // The sources document nothing, which is a warning.
        Assert.True(compilation.WithOptions(compilation.Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default)).Emit(assembly).Success);
        assembly.Position = 0;
        using var file = new PEReader(assembly);
        var metadata = file.GetMetadataReader();
        foreach (var method in metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(m => m.RelativeVirtualAddress != 0))
        {
            string name = metadata.GetString(method.Name);
            var body = file.GetMethodBody(method.RelativeVirtualAddress);
            Assert.True(body.GetILReader().Length < 20_000, $"{name} has {body.GetILReader().Length} bytes of IL.");
            if (body.LocalSignature.IsNil)
                continue;
            var locals = metadata.GetBlobReader(metadata.GetStandaloneSignature(body.LocalSignature).Signature);
            locals.ReadSignatureHeader();
            int count = locals.ReadCompressedInteger();
            Assert.True(count < 500, $"{name} has {count} locals.");
        }
    }

    [Fact]
    public void Parameters_whose_names_do_not_count_evenly_are_listed_one_by_one()
    {
        string text = Assert.Single(GeneratorRun.Accept(GeneratorRun.Net("""
            readonly Linear c1 = new(8, 8), c2 = new(8, 8), c3 = new(8, 8), c5 = new(8, 8), c6 = new(8, 8);

                public Tensor Forward([Shape(2, 8)] Tensor x) => c6.Forward(c5.Forward(c3.Forward(c2.Forward(c1.Forward(x)))));
            """)));
        Assert.DoesNotContain("Repeat", text, StringComparison.Ordinal);
        Assert.All(["c1", "c2", "c3", "c5", "c6"], name => Assert.Contains($"new(\"{name}.weight\", [8, 8],", text, StringComparison.Ordinal));
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
    internal static (string Name, Graph Graph, Bindings Bindings) Case(string kind, int depth, int width, int length, int batch)
    {
        var (members, modules) = DeepModels.Source(kind, depth, width, length, batch);
        var graph = Reading.AcceptMembers(members, modules).Methods.Single(m => m.IsObjective).Graph;
        var random = new Random(depth);
        var bindings = new Bindings { Training = true, Seed = (ulong)depth, Step = 1 };
        foreach (var node in graph.Nodes.Where(n => n.Op is Op.Parameter or Op.Input))
        {
            double scale = node.Op == Op.Input ? 1 : 1 / Math.Sqrt(node.Shape.Last.Value);
            var target = node.Op == Op.Input ? bindings.Inputs : bindings.Parameters;
            target[node.Name] = [.. Enumerable.Range(0, node.Shape.Size.Value)
                .Select(_ => node.Type == ElementType.Int32 ? random.Next(10) : (double)(float)(((2 * random.NextDouble()) - 1) * scale))];
        }
        return ($"{kind} of {depth} layers", graph, bindings);
    }
}
