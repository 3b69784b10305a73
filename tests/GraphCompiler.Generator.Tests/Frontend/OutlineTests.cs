using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>A mistake in a graph class is one error: the code that uses the class gives no others.</summary>
public sealed class OutlineTests
{
    const string Use = """
        static class Program
        {
            static void Main()
            {
                using var net = new Net(seed: 1, new ModelOptions { Threads = 1 });
                net.Logits(new float[8], new float[4]);
                net.Both(new float[8], mean: new float[2], sum: new float[2]);
                float loss = net.Loss(new float[8], new int[2]) + net.Middle(new float[8]);
                using var trainer = net.CreateTrainer(new Sgd());
                using Net.Trainer same = net.CreateTrainer(new AdamW(), new TrainerOptions { ClipNorm = 1 });
                loss += trainer.Step(new float[8], new int[2]) + trainer.GradientOf("weight")[0];
                net.Save("file");
                net.Load("file");
                Console.WriteLine(net.ParameterCount + loss);
            }
        }
        """;

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    public void Only_the_mistake_is_reported(int inputs, int mistakes)
    {
        string model = $$"""
            [Graph]
            public sealed partial class Net
            {
                readonly Linear layer = new({{inputs}}, 2);

                public Tensor Logits([Shape(2, 4)] Tensor x) => layer.Forward(x);

                public (Tensor mean, Tensor sum) Both([Shape(2, 4)] Tensor x) => (x.Mean(1), x.Sum(1));

                public Tensor Middle([Shape(2, 4)] Tensor x) => x.Mean();

                [Objective]
                public Tensor Loss([Shape(2, 4)] Tensor x, [Shape(2)] Tensor<int> labels) => CrossEntropy(Logits(x), labels);
            }
            """;
        var options = new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        var compilation = Reading.Compile(options, model, Use)
            .AddReferences(MetadataReference.CreateFromFile(typeof(GraphCompiler.Kernels.WorkerTeam).Assembly.Location));

        CSharpGeneratorDriver.Create(new ModelGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out var diagnostics);

        // A project may treat warnings as errors, and documentation may be asked for.
        Assert.Empty(generated.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && !compilation.SyntaxTrees.Contains(d.Location.SourceTree!))
            .Select(d => d.ToString()));
        Assert.Equal(mistakes == 0 ? [] : ["GC0201"], diagnostics.Select(d => d.Id).Distinct());
        Assert.Empty(generated.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
    }
}
