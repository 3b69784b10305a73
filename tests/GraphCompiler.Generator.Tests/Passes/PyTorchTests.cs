using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Frontend;
using GraphCompiler.Generator.Tests.Graphs;
using GraphCompiler.Tests.Reference;
using Xunit;
using TensorValue = GraphCompiler.Generator.Tests.Oracles.TensorValue;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>
/// The end-to-end models, read from their C# and run by the oracle, against the numbers PyTorch computed for them:
/// the frontend, the gradients and the simplified graph mean what PyTorch means, before any code is emitted.
/// </summary>
public class PyTorchTests
{
    // The stored weights of later steps were rounded to float32 after the step; the first step's are exact.
    const double FirstStep = 2e-7, LaterSteps = 2e-5;

    [Theory]
    [InlineData("SmallClassifier", "small_classifier")]
    [InlineData("TokenTagger", "token_tagger")]
    [InlineData("OperationMix", "operation_mix")]
    [InlineData("LossMix", "loss_mix")]
    public void Loss_gradients_and_outputs_are_PyTorchs(string className, string file)
    {
        ReferenceFile reference = new(file);
        Model model = Reading.Accept(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Models", className + ".cs")));
        Assert.Equal(reference.Names("parameters/").Order(), model.Parameters.Select(p => p.Name).Order());
        ModelMethod objective = Assert.Single(model.Methods, method => method.IsObjective);
        Graph training = Differentiation.Run(Specialize.Run(objective.Graph, training: true));
        Graph simplified = Simplification.Run(Lowering.Run(training));
        for (int step = 0; step < reference.Steps; step++)
        {
            double tolerance = step == 0 ? FirstStep : LaterSteps;
            Bindings bindings = Bind(reference, step);
            CompareObjective(reference, step, training, bindings, tolerance);
            CompareObjective(reference, step, simplified, bindings, tolerance);
            foreach (ModelMethod method in model.Methods.Where(method => !method.IsObjective))
                CompareOutputs(reference, step, method, bindings, tolerance);
        }
    }

    static Bindings Bind(ReferenceFile reference, int step)
    {
        Bindings bindings = new() { Training = true };
        foreach (string name in reference.Names("parameters/"))
            bindings.Parameters[name] = Wide(reference.Row("parameters/" + name, step));
        foreach (string name in reference.Names("inputs/"))
            bindings.Inputs[name] = Wide(reference.Row("inputs/" + name, step));
        return bindings;
    }

    static void CompareObjective(ReferenceFile reference, int step, Graph graph, Bindings bindings, double tolerance)
    {
        bindings.Training = true;
        var gradients = 0;
        foreach ((GraphOutput output, TensorValue value) in graph.Outputs.Zip(Oracle.Run(graph, bindings)))
        {
            bool isGradient = output.Kind == OutputKind.Gradient;
            gradients += isGradient ? 1 : 0;
            float[] expected = isGradient ? reference.Row("gradients/" + output.Name, step) : [reference.Loss(step)];
            GraphAssert.Close(Wide(expected), value.Elements, tolerance, $"step {step}: {output.Kind} {output.Name}");
        }

        Assert.Equal(reference.Names("gradients/").Count(), gradients);
    }

    static void CompareOutputs(ReferenceFile reference, int step, ModelMethod method, Bindings bindings, double tolerance)
    {
        bindings.Training = false;
        Graph graph = Specialize.Run(method.Graph, training: false);
        var values = Oracle.Run(graph, bindings);
        for (int i = 0; i < values.Count; i++)
        {
            string name = method.Outputs[i].Name ?? method.Name;
            name = char.ToLowerInvariant(name[0]) + name[1..];
            float[] expected = reference.Row("outputs/" + name, step);
            GraphAssert.Close(Wide(expected), values[i].Elements, tolerance, $"step {step}: {method.Name} {name}");
        }
    }

    static double[] Wide(float[] values) => [.. values.Select(value => (double)value)];
}
