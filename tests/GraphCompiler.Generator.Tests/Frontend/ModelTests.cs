using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

public sealed class ModelTests
{
    public const string DigitClassifier = """
        [Graph]
        public sealed partial class DigitClassifier
        {
            public const int Batch = 32;

            readonly Linear hidden1 = new(784, 16);
            readonly Linear hidden2 = new(16, 16);
            readonly Linear output  = new(16, 10);

            public Tensor Logits([Shape(Batch, 784)] Tensor pixels)
                => output.Forward(Relu(hidden2.Forward(Relu(hidden1.Forward(pixels)))));

            [Objective]
            public Tensor Loss([Shape(Batch, 784)] Tensor pixels, [Shape(Batch)] Tensor<int> digits)
                => CrossEntropy(Logits(pixels), digits);
        }
        """;

    [Fact]
    public void Reads_the_digit_classifier()
    {
        var model = Reading.Accept(DigitClassifier);

        Assert.Equal("DigitClassifier", model.Name);
        Assert.Equal("public", model.Accessibility);
        Assert.Equal(
            ["hidden1.weight", "hidden1.bias", "hidden2.weight", "hidden2.bias", "output.weight", "output.bias"],
            model.Parameters.Select(p => p.Name));
        Assert.Equal([16, 784], model.Parameters[0].Shape);
        Assert.Equal(InitializationKind.Uniform, model.Parameters[0].Initialization.Kind);
        Assert.Equal(1 / Math.Sqrt(784), model.Parameters[0].Initialization.Second, 12);
        Assert.Equal(-1 / Math.Sqrt(784), model.Parameters[1].Initialization.First, 12);
        Assert.Equal(13002, model.Parameters.Sum(p => p.Shape.Aggregate(1, (product, size) => product * size)));
        Assert.Equal(["Logits", "Loss"], model.Methods.Select(m => m.Name));
        Assert.Equal([false, true], model.Methods.Select(m => m.IsObjective));
        Assert.Equal([new ModelInput("pixels", new Shape(32, 784), ElementType.Float32), new ModelInput("digits", new Shape(32), ElementType.Int32)], model.Methods[1].Inputs);
    }

    [Fact]
    public void Graph_of_the_digit_classifier_is_as_written()
    {
        var logits = Reading.Accept(DigitClassifier).Methods[0];

        Assert.Equal("""
            %0 = Input(){pixels} : Float32 [32, 784]
            %1 = Parameter(){hidden1.weight} : Float32 [16, 784]
            %2 = Permute(%1){1 0} : Float32 [784, 16]
            %3 = MatMul(%0, %1){0 1} : Float32 [32, 16]
            %4 = Parameter(){hidden1.bias} : Float32 [16]
            %5 = Reshape(%4) : Float32 [1, 16]
            %6 = Broadcast(%5) : Float32 [32, 16]
            %7 = Add(%3, %6) : Float32 [32, 16]
            %8 = Relu(%7) : Float32 [32, 16]

            """.ReplaceLineEndings("\n"), string.Concat(logits.Graph.Nodes.Take(9).Select(n => n + "\n")));
        Assert.Equal("Result result = %23\n", logits.Graph.ToString().Split('\n')[^2] + "\n");
    }

    [Fact]
    public void Nodes_know_the_expression_they_come_from()
    {
        var nodes = Reading.Accept(DigitClassifier).Methods[0].Graph.Nodes;

        Assert.Equal("hidden1.Forward(pixels)", nodes.First(n => n.Op == Op.MatMul).Origin);
        Assert.Equal("Relu(hidden1.Forward(pixels))", nodes.First(n => n.Op == Op.Relu).Origin);
    }
}
