using Microsoft.CodeAnalysis;
using Xunit;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>Mistakes in declarations are diagnostics of ours and leave no error in generated files.</summary>
public sealed class ClashTests
{
    const string Layer = "readonly Linear layer = new(4, 2); ";
    const string Loss = "[Objective] public Tensor Loss([Shape(3, 4)] Tensor x) => layer.Forward(x).Mean(); ";

    static void Expect(string[] ids, string source)
    {
        var faults = GeneratorRun.Faults(source);
        Assert.Empty(faults.Where(d => d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true).Select(NameTests.Show));
        Assert.Equal(ids.Order(), faults.Where(d => d.Id.StartsWith("GC", StringComparison.Ordinal)).Select(d => d.Id).Order());
    }

    [Theory]
    [InlineData("A.B { class C", "A { class B_C")]
    [InlineData("A { class B", "A_B { class Net")]
    [InlineData("A.B { class Net", "A_B { class Net")]
    [InlineData("A._B { class Net", "A_ { class B_Net")]
    [InlineData("A { class Net", "a { class Net")]
    [InlineData("A { class Net", "A { class NET")]
    [InlineData("@class { class @event", "@Class { class @Event")]
    [InlineData("A { class Größe", "A { class größe")]
    [InlineData("A { class @record", "A { class @await")]
    public void Classes_with_like_names(string first, string second)
    {
        string Source(string place, string name) => $"namespace {place.Replace("class", "[Graph] public partial class", StringComparison.Ordinal).Replace("@[Graph] public partial class", "@class", StringComparison.Ordinal)} {{ {Layer}{Loss} }} }}";
        Expect([], Source(first, "") + Source(second, ""));
    }

    [Theory]
    [InlineData("Loss", "LossTraining")]
    [InlineData("Logits", "logits")]
    [InlineData("F", "FProgram")]
    [InlineData("fPrograms", "F")]
    [InlineData("Kernels", "Kernel")]
    [InlineData("Device", "Compiled")]
    public void Methods_with_like_names(string objective, string other) => Expect(
        [], $"[Graph] public partial class Net {{ {Layer}[Objective] public Tensor {objective}([Shape(3, 4)] Tensor x) => layer.Forward(x).Mean(); public Tensor {other}([Shape(3, 4)] Tensor x) => layer.Forward(x); }}");

    [Theory]
    [InlineData("public partial struct Outer { {0} }")]
    [InlineData("public readonly ref partial struct Outer { {0} }")]
    [InlineData("public partial record Outer(int X) { {0} }")]
    [InlineData("public partial record struct Outer { {0} }")]
    [InlineData("public partial interface IOuter { {0} }")]
    [InlineData("static partial class Outer { private sealed partial class Inner { {0} } }")]
    [InlineData("namespace @class.@record { {0} }")]
    [InlineData("partial class @record { partial class @where { {0} } }")]
    [InlineData("namespace var { {0} } namespace nint { } class @nuint; namespace @unmanaged { }")]
    public void Containers(string around) => Expect([], around.Replace("{0}", $"[Graph] partial class Net {{ {Layer}{Loss} }}", StringComparison.Ordinal));

    /// <summary>Own classes in no namespace, of every name that emitted code contains but those that are refused, beside models that use them not.</summary>
    [Fact]
    public void Own_global_classes()
    {
        string[] refused = ["System", "GraphCompiler", "var", "unmanaged"];
        string classes = string.Join("\n", NameTests.EmittedNamesOf([]).Concat(["Math", "MathF", "Span", "Tensor", "Linear", "Action", "Enumerable"]).Distinct().Except(refused)
            .Select(n => $"public static class @{n} {{ }}"));
        string[] models = [.. Enumerable.Range(0, NamedModels.Kinds).Select(kind => NamedModels.Source(kind, NamedModels.PlainNames(), kind))];
        GeneratorRun.Accept([classes, .. models]);
    }

    [Theory]
    [InlineData("System")]
    [InlineData("GraphCompiler")]
    [InlineData("var")]
    [InlineData("unmanaged")]
    public void Own_global_classes_that_are_refused(string name)
    {
        // The attribute is found by the namespace, which a class of its name hides.
        string[] expected = name == "GraphCompiler" ? [] : ["GC0109"];
        Expect(expected, $"namespace A {{ [Graph] public partial class Net {{ {Layer}{Loss} }} }} class @{name};");
    }

    [Theory]
    [InlineData("GC0011 GC0011", "file partial class Net { {0} } ", "file partial class Net { {0} }")]
    [InlineData("GC0001", "class Net { {0} }", "")]
    [InlineData("GC0005", "class Outer { [Graph] partial class Net { {0} } }", "")]
    [InlineData("GC0108", "partial class Net { {0} [Objective] public Tensor Other([Shape(3, 4)] Tensor x) => layer.Forward(x).Sum(); }", "")]
    [InlineData("GC0106", "partial class Net { readonly Linear layer = new(4, 2); [Objective] Tensor Loss([Shape(3, 4)] Tensor x) => layer.Forward(x).Mean(); }", "")]
    [InlineData("GC0106", "partial class Net { [Objective] public static Tensor Loss([Shape(3, 4)] Tensor x) => x.Mean(); }", "")]
    [InlineData("GC0201", "partial class Net { {0} public Tensor Wrong([Shape(3)] Tensor x) => x + Ones(4); }", "")]
    [InlineData("GC0109", "partial class Net { {0} public void Loss(float[] x) { } public float Loss(System.ReadOnlySpan<float> x) => 1; }", "")]
    [InlineData("GC0201 GC0109", "partial class Trainer { {0} public Tensor Wrong([Shape(3)] Tensor x) => x + Ones(4); }", "")]
    [InlineData("GC0201 GC0109 GC0109", "partial class Net { {0} int Options, Session; public Tensor Wrong([Shape(3)] Tensor x) => x + Ones(4); }", "")]
    [InlineData("GC0201", "partial class @event { {0} public Tensor @checked([Shape(3)] Tensor @int) => @int + Ones(4); }",
        "class Span; class TrainerOptions; class GraphModel; class ReadOnlySpan; class Optimizer;")]
    public void Faulty_classes(string ids, string first, string second)
    {
        string Source(string text)
            => (text.Contains("[Graph]", StringComparison.Ordinal) || !text.Contains("partial", StringComparison.Ordinal) && !text.Contains("class Net", StringComparison.Ordinal)
            ? "" : "[Graph] ") + text.Replace("{0}", Layer + Loss, StringComparison.Ordinal);
        var sources = new[] { Source(first), Source(second) };
        var faults = GeneratorRun.Faults(sources);
        Assert.Empty(faults.Where(d => d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true).Select(NameTests.Show));
        // Here warnings are errors; that a member hides an inherited one or is not used, the C# compiler says too.
        Assert.Equal(ids.Split(' ').Order(), faults.Select(d => d.Id).Where(id => id is not ("CS0108" or "CS0169")).Order());
    }

    [Theory]
    [InlineData("public Tensor F([Shape(3)] Tensor x) => Relu(x);")]
    [InlineData("public Tensor F([Shape(3)] Tensor result) => Relu(result); public (Tensor, Tensor) G([Shape(3)] Tensor item1, [Shape(3)] Tensor item2) => (item1, item2);")]
    public void Classes_without_parameters(string members) => GeneratorRun.Accept(GeneratorRun.Net(members));

    /// <summary>A forgotten [Objective] is one error at the call, whatever graph methods there are and however their inputs are called.</summary>
    [Theory]
    [InlineData("public Tensor F([Shape(3, 4)] Tensor x) => layer.Forward(x).Mean();")]
    [InlineData("public Tensor F([Shape(3, 4)] Tensor x) => layer.Forward(x).Mean(); public Tensor G([Shape(3, 4)] Tensor y) => layer.Forward(y).Sum();")]
    [InlineData("public Tensor F([Shape(3, 4)] Tensor x) => layer.Forward(x); public Tensor G() => Ones(3); public Tensor H() => Ones(4);")]
    public void Forgotten_objective(string methods)
    {
        string model = $"[Graph] public partial class Net {{ {Layer}{methods} }}";
        Assert.Empty(GeneratorRun.Faults(model));
        Expect(["GC0012"],
            model + "static class User { static float Train(Net net) { using Net.Trainer trainer = net.CreateTrainer(new Sgd()); return trainer.Step(new float[12]); } }");
    }

    /// <summary>Neither the call that trains the class nor the step is an error beside the one of the objective.</summary>
    [Theory]
    [InlineData("GC0106", "[Objective] static Tensor Loss([Shape(3, 4)] Tensor x) => x.Mean();")]
    [InlineData("GC0106", "[Objective] Tensor Loss([Shape(3, 4)] Tensor x) => layer.Forward(x).Mean();")]
    [InlineData("GC0107", "[Objective] public Tensor Loss([Shape(3, 4)] Tensor x) => layer.Forward(x);")]
    [InlineData("GC0013", "[Objective] public Tensor Loss([Shape(3, 4)] Tensor x) => x.Mean();")]
    [InlineData("GC0108",
        "[Objective] public Tensor Loss([Shape(3, 4)] Tensor x) => layer.Forward(x).Mean(); [Objective] public Tensor Other([Shape(3, 4)] Tensor x) => layer.Forward(x).Sum();")]
    public void Unsound_objective(string id, string objective)
    {
        var faults = GeneratorRun.Faults(
            $"[Graph] public partial class Net {{ {Layer}public Tensor F([Shape(3, 4)] Tensor x) => layer.Forward(x); {objective} }}"
            + "static class User { static float Train(Net net) { using var trainer = net.CreateTrainer(new Sgd()); return trainer.Step(new float[12]); } }");
        Assert.Equal([id], faults.Select(d => d.Id));
    }

    [Theory]
    [InlineData("result")]
    [InlineData("Gemm")]
    [InlineData("Workspace")]
    [InlineData("RandomSeed")]
    [InlineData("Parameters")]
    [InlineData("numbers")]
    public void Dimensions_with_names_of_kernels(string name) => GeneratorRun.Accept(GeneratorRun.Net($$"""
        readonly Linear layer = new(8, 6000);

        public Tensor Forward([Shape("{{name}}", 8)] Tensor x) => Softmax(layer.Forward(x));

        [Objective]
        public Tensor Loss([Shape("{{name}}", 8)] Tensor x, [Shape("{{name}}")] Tensor<int> labels) => CrossEntropy(layer.Forward(Dropout(x)), labels);
        """, $"Graph, Dim(\"{name}\", Max = 900)"));

    [Fact]
    public void Names_of_parameters_may_be_any_text() => GeneratorRun.Accept(GeneratorRun.Net(
        "[Name(\"a\\nb {0}\\u2028\\\"\")] readonly Linear layer = new(4, 2); " + Loss));
}
