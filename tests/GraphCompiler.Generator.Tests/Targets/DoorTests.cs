using System.Reflection;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>What the door of a generated method refuses.</summary>
public class DoorTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    public void Labels_outside_the_classes_are_refused_in_training_and_in_inference(int label)
    {
        var sketch = new GraphSketch(seed: 1);
        var labels = sketch.Labels(new Shape(2), 5);
        var graph = sketch.Objective(sketch.Graph.CrossEntropy(sketch.Parameter(new Shape(2, 5)), labels));
        var net = EmittedNet.Compile(graph, isObjective: true);
        using var model = net.Create(sketch.Bindings);
        float[][] results = net.Evaluate(model, sketch.Bindings);
        Assert.Equal((double)net.Train(model, sketch.Bindings).Loss, results[0][0], 1e-6);

        sketch.Bindings.Inputs[labels.Name][0] = label;

        Refuses(() => net.Train(model, sketch.Bindings));
        Refuses(() => net.Run(model, sketch.Bindings, results));

        void Refuses(Action call)
        {
            var refusal = Assert.IsAssignableFrom<ArgumentException>(Assert.Throws<TargetInvocationException>(call).InnerException);
            Assert.Contains(labels.Name, refusal.Message, StringComparison.Ordinal);
        }
    }
}
