using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Passes;

/// <summary>
/// Compares the gradients that differentiation adds with differences of the objective in double precision, by the
/// five-point rule (f(−2h) − 8f(−h) + 8f(h) − f(2h))/12h, whose error is of order h⁴.
/// </summary>
internal static class GradientCheck
{
    const double Step = 1e-3;

    /// <summary>Every element of every parameter.</summary>
    public static void EveryElement(Graph objective, Bindings bindings, double tolerance = 1e-6)
    {
        var differentiated = Differentiation.Run(objective);
        GraphAssert.Sound(differentiated);
        var values = Interpreter.Run(differentiated, bindings);
        var gradients = differentiated.Outputs.Zip(values).Where(pair => pair.First.Kind == OutputKind.Gradient).ToList();
        Assert.Equal(objective.Nodes.Where(n => n.Op == Op.Parameter).Select(n => n.Attributes.Name), gradients.Select(g => g.First.Name));
        foreach (var (output, gradient) in gradients)
        {
            double[] parameter = bindings.Parameters[output.Name];
            double[] numeric = [.. parameter.Select((_, i) => Difference(objective, bindings, offset => parameter[i] += offset))];
            GraphAssert.Close(numeric, gradient.Elements, tolerance, output.Name);
        }
    }

    /// <summary>All parameters at once, along one direction.</summary>
    public static void AlongDirection(Graph objective, Graph differentiated, Bindings bindings, Random random, double tolerance = 1e-6)
    {
        var values = Interpreter.Run(differentiated, bindings);
        var directions = new Dictionary<string, double[]>();
        double slope = 0, size = 0;
        foreach (var (output, gradient) in differentiated.Outputs.Zip(values).Where(pair => pair.First.Kind == OutputKind.Gradient))
        {
            double[] direction = [.. gradient.Elements.Select(_ => (2 * random.NextDouble()) - 1)];
            directions.Add(output.Name, direction);
            slope += direction.Zip(gradient.Elements, (d, g) => d * g).Sum();
            size += direction.Zip(gradient.Elements, (d, g) => Math.Abs(d * g)).Sum();
        }
        double numeric = Difference(objective, bindings, offset =>
        {
            foreach (var (name, direction) in directions)
            {
                double[] parameter = bindings.Parameters[name];
                for (int i = 0; i < parameter.Length; i++)
                    parameter[i] += offset * direction[i];
            }
        });
        Assert.True(Math.Abs(numeric - slope) <= tolerance * Math.Max(size, 1e-3), $"slope {slope:R}, by differences {numeric:R}");
    }

    static double Difference(Graph objective, Bindings bindings, Action<double> move)
    {
        double At(double offset)
        {
            move(offset);
            double value = Interpreter.Run(objective, bindings)[0].Elements[0];
            move(-offset);
            return value;
        }
        return (At(-2 * Step) - (8 * At(-Step)) + (8 * At(Step)) - At(2 * Step)) / (12 * Step);
    }
}
