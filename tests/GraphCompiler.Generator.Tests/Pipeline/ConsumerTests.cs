using Microsoft.CodeAnalysis;
using Xunit;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>
/// The generated file compiles without a warning in projects that turn warnings into errors, import nothing and have
/// names of their own for everything.
/// </summary>
public sealed class ConsumerTests
{
    const string Layers = """
        readonly Linear hidden = new(8, 16), output = new(16, 4);
            readonly LayerNorm norm = new(16);

        """;

    [Fact]
    public void No_warnings() => GeneratorRun.Accept(GeneratorRun.Net(Layers + """
            public Tensor Logits([Shape("batch", 8)] Tensor x) => output.Forward(Dropout(Gelu(norm.Forward(hidden.Forward(x))), 0.1f));

            [Objective]
            public Tensor Loss([Shape("batch", 8)] Tensor x, [Shape("batch")] Tensor<int> labels) => CrossEntropy(Logits(x), labels);

            public (Tensor Probabilities, Tensor Largest) Predict([Shape("batch", 8)] Tensor x) { var p = Softmax(Logits(x)); return (p, p.Max(1)); }
        """, "Graph, Dim(\"batch\", Max = 7)"));

    static string Packed => GeneratorRun.Net("""
            readonly Embedding words = new(100, 64);
            readonly Linear hidden = new(64, 48), output = new(48, 64);

            public Tensor Logits([Shape("batch", 8)] Tensor<int> x) => MatMul(output.Forward(Gelu(hidden.Forward(words.Forward(x) * 2f))), Transpose(words.Weight));
        """, "Graph(Weights = WeightFormat.Int4), Weights(WeightFormat.Int8, \"output\"), Dim(\"batch\", Max = 7)");

    [Fact]
    public void Packed_weights_give_no_warnings()
    {
        string file = string.Concat(GeneratorRun.Accept(Packed));
        Assert.Contains("packed: new(global::GraphCompiler.WeightFormat.Int4, IsTransposed: false)", file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kernels", "Tensor2", "Worker", "Vector", "Gemm", "Guard", "Trainer", "Optimizer", "IVector", "Math", "Span", "Philox")]
    [InlineData("GraphModel", "GraphTrainer", "ModelOptions", "TrainerOptions", "ModelLayout", "ParameterLayout", "Initialization", "ProgramPool", "CompiledProgram",
        "TrainingProgram", "Float512", "VectorWidth")]
    [InlineData("System", "Runtime", "Emitted", "MethodImpl", "MethodImplOptions", "StoreTo", "RowMajorMatrix", "IGemmEpilogue", "ReadOnlySpan", "ArgumentException", "LossProgram",
        "InitializationKind")]
    public void Types_of_the_user_with_our_names(params string[] names) => GeneratorRun.Accept(
        GeneratorRun.Net(Layers + """
                [Objective]
                public Tensor Loss([Shape(3, 8)] Tensor x, [Shape(3)] Tensor<int> labels) => CrossEntropy(output.Forward(Dropout(Gelu(norm.Forward(hidden.Forward(x))), 0.1f)), labels);
            """),
        "namespace Example;\n" + string.Join("\n", names.Select(name => $"public static class {name} {{ }}")));

    [Theory]
    [InlineData("worker", "r", "c", "V", "o", "k")]
    [InlineData("program", "model", "options", "Options", "Team", "Parameters")]
    [InlineData("@class", "@float", "@in", "@this", "value", "var")]
    [InlineData("start", "end", "rest", "total", "totals", "sum")]
    [InlineData("row", "column", "count", "item", "scratch", "tableRow")]
    [InlineData("Arena", "Gradients", "Loss2", "Result", "RandomSeed", "RunsAlone")]
    [InlineData("Kernels", "Execute", "Run", "Dispose", "ToString", "Create")]
    [InlineData("a", "aPointer", "randomSeed", "randomStep", "seed", "logitsPrograms")]
    public void Inputs_with_our_names(string a, string b, string c, string d, string e, string f) => GeneratorRun.Accept(GeneratorRun.Net($$"""
            readonly Linear hidden = new(8, 16);

            public Tensor Logits([Shape(3, 8)] Tensor {{a}}, [Shape(3, 16)] Tensor {{b}}, [Shape(1, 16)] Tensor {{c}}, [Shape(3, 1)] Tensor {{d}}, [Shape(16, 2)] Tensor {{e}}, [Shape(3)] Tensor<int> {{f}})
                => Softmax(MatMul(Relu(hidden.Forward({{a}}) + {{b}} * {{c}}) - {{d}}, {{e}}));

            [Objective]
            public Tensor Objective([Shape(3, 8)] Tensor {{a}}, [Shape(3, 16)] Tensor {{b}}, [Shape(1, 16)] Tensor {{c}}, [Shape(3, 1)] Tensor {{d}}, [Shape(16, 2)] Tensor {{e}}, [Shape(3)] Tensor<int> {{f}})
                => CrossEntropy(MatMul(Dropout(Tanh(hidden.Forward({{a}}) + {{b}} * {{c}}) - {{d}}), {{e}}), {{f}}) + ({{b}} * {{c}}).Sum(0).Max() + {{b}}.Max(0).Sum();
        """));

    [Theory]
    [InlineData("r")]
    [InlineData("c")]
    [InlineData("V")]
    [InlineData("worker")]
    [InlineData("start")]
    [InlineData("Arena")]
    [InlineData("result2")]
    [InlineData("long")]
    public void Dimensions_with_our_names(string name) => GeneratorRun.Accept(GeneratorRun.Net($$"""
            readonly Linear layer = new(8, 16);

            public Tensor Forward([Shape("{{name}}", 8)] Tensor x) => Softmax(Relu(layer.Forward(x)) + 1f);

            [Objective]
            public Tensor Loss([Shape("{{name}}", 8)] Tensor x, [Shape("{{name}}")] Tensor<int> labels) => CrossEntropy(Dropout(layer.Forward(x)), labels);
        """, $"Graph, Dim(\"{name}\", Max = 9)"));

    [Theory]
    [InlineData("namespace A.B.@class; public partial class Outer { public partial struct Inner { {0} } }")]
    [InlineData("namespace GraphCompiler.Samples; {0}")]
    [InlineData("namespace Company.GraphCompiler.Kernels; {0}")]
    [InlineData("namespace System2 { namespace Kernels { {0} } }")]
    [InlineData("{0}")]
    public void Places(string around) => GeneratorRun.Accept("using global::GraphCompiler; using static global::GraphCompiler.Ops;\n" + around.Replace(
        "{0}",
        "[Graph] public partial class Net { readonly Linear layer = new(8, 4); [Objective] public Tensor @checked([Shape(3, 8)] Tensor x, [Shape(3)] Tensor<int> labels) => CrossEntropy(layer.Forward(x), labels); }",
        StringComparison.Ordinal));
}
