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
        var values = Oracle.Run(differentiated, bindings);
        var gradients = differentiated.Outputs.Zip(values).Where(pair => pair.First.Kind == OutputKind.Gradient).ToList();
        Assert.Equal(objective.Nodes.Where(n => n.Op == Op.Parameter).Select(n => n.Name), gradients.Select(g => g.First.Name));
        foreach (var (output, gradient) in gradients)
        {
            double[] parameter = bindings.Parameters[output.Name];
            double[] numeric = [.. parameter.Select((_, i) => Difference(objective, bindings, offset => parameter[i] += offset))];
            GraphAssert.Close(numeric, gradient.Elements, tolerance, output.Name);
        }
    }

    /// <summary>
    /// All parameters at once, along one direction. Where a step crosses a kink, a shorter one is taken; false if the
    /// shortest does.
    /// </summary>
    public static bool AlongDirection(Graph objective, Graph differentiated, Bindings bindings, Random random, double tolerance = 1e-6)
    {
        var values = Oracle.Run(differentiated, bindings);
        var directions = new Dictionary<string, double[]>();
        double slope = 0, size = 0;
        foreach (var (output, gradient) in differentiated.Outputs.Zip(values).Where(pair => pair.First.Kind == OutputKind.Gradient))
        {
            double[] direction = [.. gradient.Elements.Select(_ => (2 * random.NextDouble()) - 1)];
            directions.Add(output.Name, direction);
            slope += direction.Zip(gradient.Elements, (d, g) => d * g).Sum();
            size += direction.Zip(gradient.Elements, (d, g) => Math.Abs(d * g)).Sum();
        }
        void Move(double offset)
        {
            foreach (var (name, direction) in directions)
            {
                double[] parameter = bindings.Parameters[name];
                for (int i = 0; i < parameter.Length; i++)
                    parameter[i] += offset * direction[i];
            }
        }
        for (double step = Step; step >= Step / 100; step /= 10)
        {
            if (CrossesKink(objective, bindings, Move, step))
                continue;
            double numeric = Difference(objective, bindings, Move, step);
            Assert.True(Math.Abs(numeric - slope) <= tolerance * Math.Max(size, 1e-3), $"slope {slope:R}, by differences {numeric:R}");
            return true;
        }
        return false;
    }

    static double Difference(Graph objective, Bindings bindings, Action<double> move, double step = Step)
    {
        double At(double offset)
        {
            move(offset);
            double value = Oracle.Run(objective, bindings)[0].Elements[0];
            move(-offset);
            return value;
        }
        return (At(-2 * step) - (8 * At(-step)) + (8 * At(step)) - At(2 * step)) / (12 * step);
    }

    static bool CrossesKink(Graph objective, Bindings bindings, Action<double> move, double step)
    {
        string SidesAt(double offset)
        {
            move(offset);
            string sides = Sides(objective, bindings);
            move(-offset);
            return sides;
        }
        string here = SidesAt(0);
        return new[] { -2, -1, 1, 2 }.Any(steps => SidesAt(steps * step) != here);
    }

    /// <summary>On which side of its kink, or in which piece, every element of every piecewise operation is.</summary>
    static string Sides(Graph graph, Bindings bindings)
    {
        var values = Oracle.RunAll(graph, bindings);
        var text = new System.Text.StringBuilder();
        foreach (var node in graph.Nodes)
        {
            double[] Of(int operand) => values[node.Inputs[operand].Id].Elements;
            IEnumerable<int> sides = node.Op switch
            {
                Op.Abs or Op.Relu or Op.Sign or Op.Cast => Of(0).Select(Math.Sign),
                Op.Floor => values[node.Id].Elements.Select(v => (int)v),
                Op.Maximum or Op.Minimum or Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual or Op.Equal or Op.NotEqual =>
                    Of(0).Zip(Of(1), (a, b) => Math.Sign(a - b)),
                Op.Huber => Of(0).Zip(Of(1), (a, b) => Math.Abs(a - b) <= node.Get<HuberAttributes>().Delta ? 0 : Math.Sign(a - b)),
                Op.ReduceMax or Op.ReduceMin => Of(0).Select(v => values[node.Id].Elements.Contains(v) ? 1 : 0),
                _ => [],
            };
            text.AppendJoin(' ', sides).Append(';');
        }
        return text.ToString();
    }
}
