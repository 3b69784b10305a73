using System.Text.Json;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Generator.Tests.Oracles;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>
/// Operations as the language calls them, before and after their lowering, against the values and the gradients in
/// tests/reference/operations.json, which PyTorch computed.
/// </summary>
public sealed class OperationValueTests
{
    sealed record Case(string Expression, int[] Shape, double[] Result, double[] X, double[] Y);

    sealed record Content(double[] X, double[] Y, Case[] Cases);

    static readonly Content Reference = JsonSerializer.Deserialize<Content>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "reference", "operations.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<string> Expressions => [.. Reference.Cases.Select(c => c.Expression)];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Values_and_gradients_are_PyTorchs(string expression)
    {
        var expected = Reference.Cases.Single(c => c.Expression == expression);
        var model = Reading.AcceptMembers($$"""
            readonly Parameter xs = new([2, 3, 4]), ys = new([3, 4]);
            Tensor Value() { Tensor x = xs, y = ys; return {{expression}}; }
            public Tensor F([Shape] Tensor one) => Value() * one;
            [Objective]
            public Tensor Loss([Shape({{expected.Result.Length}})] Tensor weights) => Sum(Value().Reshape(-1) * weights) + (0f * (Sum(xs) + Sum(ys)));
            """);
        var value = model.Methods.Single(m => m.Name == "F").Graph;
        Assert.Equal(expected.Shape, value.Outputs[0].Node.Shape.Select(d => d.Value));
        Compare(Specialize.Run(value, training: false), expected, [expected.Result]);
        var objective = Compile.Recognise(model.Methods.Single(m => m.Name == "Loss").Graph, training: true, default);
        double loss = expected.Result.Select((element, i) => element * (i + 1)).Sum();
        Compare(Differentiation.Run(objective), expected, [[loss], expected.X, expected.Y]);
    }

    static void Compare(Graph graph, Case reference, double[][] expected)
    {
        var bindings = new Bindings { Training = true };
        bindings.Parameters["xs"] = Reference.X;
        bindings.Parameters["ys"] = Reference.Y;
        bindings.Inputs["one"] = [1];
        bindings.Inputs["weights"] = [.. reference.Result.Select((_, i) => i + 1.0)];
        foreach (var form in new[] { graph, Simplification.Run(Lowering.Run(graph)) })
        {
            var values = form.Outputs.Zip(Oracle.Run(form, bindings)).ToDictionary(o => o.First.Name, o => o.Second.Elements);
            Assert.Equal(expected.Length, values.Count);
            for (int i = 0; i < expected.Length; i++)
            {
                string name = i == 0 ? form.Outputs[0].Name : i == 1 ? "xs" : "ys";
                GraphAssert.Close(expected[i], values[name], 1e-6, name);
            }
        }
    }
}
