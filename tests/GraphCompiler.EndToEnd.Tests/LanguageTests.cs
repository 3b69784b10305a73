using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>What the language allows, compiled and run, against loops in double written by hand.</summary>
public class LanguageTests
{
    // Results of a few roundings in float32, relative to the largest of a tensor.
    const double Tolerance = 2e-6;

    [Fact]
    public void Modules_in_arrays_loops_tuples_and_switches()
    {
        using Tower model = new(4);
        float[] x = Numbers.Floats(Tower.Batch * Tower.Width, 1), target = Numbers.Floats(Tower.Batch * 3, 2);
        float[] top = new float[Tower.Batch * 3], heights = new float[Tower.Batch * 3];
        Assert.Equal(
            [
                "stages.0.linear.weight", "stages.0.linear.bias", "stages.1.linear.weight", "stages.1.linear.bias",
                "stages.2.linear.weight", "head.0.weight", "head.0.bias",
            ],
            model.Parameters.Select(parameter => parameter.Name));
        (double[] expectedTop, double[] expectedHeights) = Climb(model, x);
        model.Climb(x, top, heights);
        Numbers.AssertClose(expectedTop, top, Tolerance, "top");
        Numbers.AssertClose(expectedHeights, heights, Tolerance, "heights");
        Numbers.AssertClose([TowerLoss(model, x, target)], [model.Loss(x, target)], Tolerance, "loss");

        using var trainer = model.CreateTrainer(new Sgd());
        trainer.Step(x, target);
        foreach (ModelParameter parameter in model.Parameters)
        {
            float[] gradient = trainer.GradientOf(parameter.Name).ToArray();
            CompareWithDifferences(parameter, gradient, () => TowerLoss(model, x, target));
        }
    }

    // Central differences of the loss in double: their own error is near 1e-6, so this finds wrong rules, not roundings.
    static void CompareWithDifferences(ModelParameter parameter, float[] gradient, Func<double> loss)
    {
        double[] expected = new double[gradient.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            float value = parameter.Values[i], above = value + 1e-3f, below = value - 1e-3f;
            parameter.Values[i] = above;
            double lossAbove = loss();
            parameter.Values[i] = below;
            double lossBelow = loss();
            parameter.Values[i] = value;
            expected[i] = (lossAbove - lossBelow) / ((double)above - below);
        }

        Numbers.AssertClose(expected, gradient, 3e-3, "gradient of " + parameter.Name);
    }

    static double TowerLoss(Tower model, float[] x, float[] target)
    {
        (double[] top, double[] heights) = Climb(model, x);
        return top.Zip(target, (a, b) => (a - b) * (a - b)).Average() + 0.01 * heights.Sum(h => h * h);
    }

    static (double[] Top, double[] Heights) Climb(Tower model, float[] input)
    {
        double[] top = new double[Tower.Batch * 3], heights = new double[Tower.Batch * 3];
        for (int row = 0; row < Tower.Batch; row++)
        {
            double[] x = Numbers.Wide(input.AsSpan(row * Tower.Width, Tower.Width));
            for (int stage = 0; stage < 3; stage++)
            {
                double[] y = Linear(x, model, $"stages.{stage}.linear", hasBias: stage < 2);
                for (int i = 0; i < x.Length; i++)
                {
                    double applied = stage switch
                    {
                        0 => y[i] >= 0 ? y[i] : 0.1f * y[i],
                        1 => y[i] < 0 ? y[i] * y[i] : Math.Tanh(y[i]),
                        _ => y[i],
                    };
                    x[i] += applied * TowerFunctions.Shares[stage];
                }

                heights[row * 3 + stage] = stage == 1 ? -x.Max() : x.Max();
            }

            double[] output = Linear(x, model, "head.0", hasBias: true);
            for (int i = 0; i < 3; i++)
                top[row * 3 + i] = 1 / (1 + Math.Exp(-output[i]));
        }

        return (top, heights);
    }

    static double[] Linear(double[] x, GraphModel model, string name, bool hasBias)
    {
        Span<float> weight = model.Values(name + ".weight");
        double[] y = new double[weight.Length / x.Length];
        for (int o = 0; o < y.Length; o++)
        {
            y[o] = hasBias ? model.Values(name + ".bias")[o] : 0;
            for (int i = 0; i < x.Length; i++)
                y[o] += weight[o * x.Length + i] * x[i];
        }

        return y;
    }

    [Fact]
    public void Reductions_over_several_axes()
    {
        using ShapeMix model = new(1);
        float[] x = Numbers.Floats(60, 1), peak = new float[4], low = new float[5], average = new float[3];
        model.Reductions(x, peak, low, average);
        double At(int i, int j, int k) => x[(i * 4 + j) * 5 + k];
        var all = (from i in Enumerable.Range(0, 3) from j in Enumerable.Range(0, 4) from k in Enumerable.Range(0, 5) select (i, j, k)).ToList();
        double[] By(int count, Func<(int i, int j, int k), int> key, Func<IEnumerable<double>, double> reduce) =>
            [.. Enumerable.Range(0, count).Select(n => reduce(all.Where(a => key(a) == n).Select(a => At(a.i, a.j, a.k))))];
        Numbers.AssertClose(By(4, a => a.j, v => v.Max()), peak, 0, "peak");
        Numbers.AssertClose(By(5, a => a.k, v => v.Min()), low, 0, "low");
        Numbers.AssertClose(By(3, a => a.i, v => v.Average()), average, Tolerance, "average");
    }

    [Fact]
    public void Elements_that_move()
    {
        using ShapeMix model = new(1);
        float[] x = Numbers.Floats(60, 1), moved = new float[5 * 4 * 3];
        model.Moved(x, moved);
        double[] expected = new double[5 * 4 * 3];
        for (int i = 0; i < 5; i++)
        {
            (int source, int factor) = i switch { 0 => (1, 1), 1 => (3, 1), 2 => (1, 2), 3 => (3, 2), _ => (0, 1) };
            for (int j = 0; j < 4; j++)
            {
                for (int k = 0; k < 3; k++)
                    expected[(i * 4 + j) * 3 + k] = factor * x[(k * 4 + j) * 5 + source];
            }
        }

        Numbers.AssertClose(expected, moved, 0, "moved");

        float[] y = Numbers.Floats(24, 2), parts = new float[12];
        model.Parts(y, parts);
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                int row = i switch { 0 => 0, 1 => 2, _ => 1 }, from = i == 1 ? 4 : 0;
                Assert.Equal(y[i * 8 + j] * y[i * 8 + 4] + y[row * 8 + from + j], parts[i * 4 + j], 1e-6f);
            }
        }
    }

    [Fact]
    public void Products_of_broadcast_batches()
    {
        using ShapeMix model = new(1);
        float[] a = Numbers.Floats(2 * 3 * 4, 1), products = new float[2 * 5 * 3 * 6];
        double[] expected = Products(model, a);
        model.Products(a, products);
        Numbers.AssertClose(expected, products, Tolerance, "products");
        Numbers.AssertClose([ProductsLoss(model, a)], [model.Loss(a)], Tolerance, "loss");

        using var trainer = model.CreateTrainer(new Sgd());
        trainer.Step(a);
        float[] gradient = trainer.GradientOf("weight").ToArray();
        CompareWithDifferences(model.Parameters[0], gradient, () => ProductsLoss(model, a));
    }

    static double[] Products(ShapeMix model, float[] a)
    {
        Span<float> weight = model.Values("weight");
        double[] products = new double[2 * 5 * 3 * 6];
        for (int n = 0; n < products.Length; n++)
        {
            int column = n % 6, row = n / 6 % 3, second = n / 18 % 5, first = n / 90;
            for (int k = 0; k < 4; k++)
                products[n] += (double)a[(first * 3 + row) * 4 + k] * weight[(second * 4 + k) * 6 + column];
        }

        return products;
    }

    static double ProductsLoss(ShapeMix model, float[] a)
    {
        double[] products = Products(model, a);
        return Enumerable.Range(0, 3)
            .Select(row => products.Where((_, n) => n / 6 % 3 == row).Max())
            .Average(peak => peak * peak);
    }

    [Fact]
    public void Activations()
    {
        using Functions model = new();
        float[] x = Numbers.Floats(Functions.Rows * Functions.Columns, 1, scale: 6);
        float[][] results = [.. Enumerable.Range(0, 8).Select(_ => new float[x.Length])];
        model.Activations(
            x, results[0], results[1], results[2], results[3], results[4], results[5], results[6], results[7]);
        Func<double, double>[] functions =
        [
            v => Math.Max(v, 0),
            v => 1 / (1 + Math.Exp(-v)),
            Math.Tanh,
            v => 0.5 * v * (1 + ErrorFunction(v / Math.Sqrt(2))),
            v => 0.5 * v * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v))),
            v => v / (1 + Math.Exp(-v)),
            v => Math.Log(1 + Math.Exp(v)),
            v => v >= 0 ? v : 0.2f * v,
        ];
        for (int i = 0; i < functions.Length; i++)
            Numbers.AssertClose([.. x.Select(v => functions[i](v))], results[i], Tolerance, $"activation {i}");
    }

    // The Maclaurin series of erf; for |x| < 5 its terms stay below 1e10, so a double keeps at least five digits more than
    // a float needs.
    static double ErrorFunction(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 120; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    [Fact]
    public void Norms_and_softmax()
    {
        const int rows = Functions.Rows, columns = Functions.Columns;
        using Functions model = new();
        float[] x = Numbers.Floats(rows * columns, 1, scale: 3);
        float[] softmax = new float[x.Length], logSoftmax = new float[x.Length], layer = new float[x.Length], rms = new float[x.Length];
        model.Rows_(x, softmax, logSoftmax, layer, rms);
        double[] expectedSoftmax = new double[x.Length], expectedLog = new double[x.Length];
        double[] expectedLayer = new double[x.Length], expectedRms = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double[] row = Numbers.Wide(x.AsSpan(i / columns * columns, columns));
            double[] column = [.. Enumerable.Range(0, rows).Select(r => (double)x[r * columns + i % columns])];
            double mean = row.Average(), variance = row.Average(v => (v - mean) * (v - mean));
            expectedSoftmax[i] = Math.Exp(x[i]) / column.Sum(Math.Exp);
            expectedLog[i] = x[i] - Math.Log(row.Sum(Math.Exp));
            expectedLayer[i] = (x[i] - mean) / Math.Sqrt(variance + 1e-5);
            expectedRms[i] = x[i] / Math.Sqrt(row.Average(v => v * v) + 1e-5);
        }

        Numbers.AssertClose(expectedSoftmax, softmax, Tolerance, "softmax");
        Numbers.AssertClose(expectedLog, logSoftmax, Tolerance, "log-softmax");
        Numbers.AssertClose(expectedLayer, layer, Tolerance, "LayerNorm");
        Numbers.AssertClose(expectedRms, rms, Tolerance, "RMSNorm");
    }

    [Fact]
    public void Losses()
    {
        const int rows = Functions.Rows, columns = Functions.Columns;
        using Functions model = new();
        float[] x = Numbers.Floats(rows * columns, 1, scale: 3);
        float[] y = [.. Numbers.Floats(rows * columns, 2).Select(v => (v + 1) / 2)];
        float[] squared = new float[1], absolute = new float[1], huber = new float[1], binary = new float[1];
        model.Losses(x, y, squared, absolute, huber, binary);
        double Mean(Func<double, double, double> loss) => x.Zip(y, (a, b) => loss(a, b)).Average();
        double Huber(double d) => d <= 0.5 ? 0.5 * d * d : 0.5 * (d - 0.25);
        Numbers.AssertClose([Mean((a, b) => (a - b) * (a - b))], squared, Tolerance, "squared");
        Numbers.AssertClose([Mean((a, b) => Math.Abs(a - b))], absolute, Tolerance, "absolute");
        Numbers.AssertClose([Mean((a, b) => Huber(Math.Abs(a - b)))], huber, Tolerance, "Huber");
        Numbers.AssertClose([Mean((a, b) => Math.Log(1 + Math.Exp(a)) - a * b)], binary, Tolerance, "binary");
        Assert.Equal(absolute[0], model.Absolute(x, y), 1e-5f);

        int[] classes = Numbers.Labels(rows, columns, 3);
        double entropy = Enumerable.Range(0, rows).Average(r =>
            Math.Log(Numbers.Wide(x.AsSpan(r * columns, columns)).Sum(Math.Exp)) - x[r * columns + classes[r]]);
        Numbers.AssertClose([entropy], [model.Classes(x, classes)], Tolerance, "cross-entropy");
    }

    [Fact]
    public void Dropout_is_off_in_inference_and_keeps_its_share_in_training()
    {
        using Drops model = new();
        float[] x = Numbers.Floats(Drops.Size, 1), kept = new float[Drops.Size];
        model.Kept(x, kept);
        Assert.Equal(x, kept);
        Numbers.AssertClose([x.Sum(v => (double)v)], [model.Loss(x)], 1e-3, "sum");

        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0 });
        float[][] gradients = new float[2][];
        for (int step = 0; step < 2; step++)
        {
            float loss = trainer.Step(x);
            float[] gradient = gradients[step] = trainer.GradientOf("scale").ToArray();
            Assert.All(gradient.Zip(x), pair =>
                Assert.True(pair.First == 0 || Math.Abs(pair.First - pair.Second / 0.75f) <= 1e-6f, $"{pair}"));

            // The number dropped is binomial: 2500 with a deviation of 43.
            Assert.InRange(gradient.Count(g => g == 0), 2200, 2800);
            Assert.Equal(gradient.Sum(g => (double)g), loss, 1e-2);
        }

        Assert.NotEqual(gradients[0], gradients[1]);
    }

    [Fact]
    public void Models_anywhere()
    {
        float[] x = Numbers.Floats(6, 1), result = new float[4], applied = new float[6];
        using ModelWithoutNamespace outer = new(1);
        outer.Result(x, result);
        double[] expected = [.. Linear(Numbers.Wide(x.AsSpan(0, 3)), outer, "layer", true), .. Linear(Numbers.Wide(x.AsSpan(3)), outer, "layer", true)];
        Numbers.AssertClose(expected, result, Tolerance, "no namespace");
        using var outerTrainer = outer.CreateTrainer(new Sgd { LearningRate = 0.1 });
        Assert.True(outerTrainer.Step(x) > outerTrainer.Step(x));

        using Places.Inner.Model inner = new(1);
        inner.Apply(x, applied);
        double[] row = Linear(Numbers.Wide(x.AsSpan(0, 3)), inner, "stage.linear", true);
        Numbers.AssertClose([.. row.Select((v, i) => x[i] + (v >= 0 ? v : 0.1f * v))], applied.AsSpan(0, 3), Tolerance, "nested");
        using var innerTrainer = inner.CreateTrainer(new Sgd { LearningRate = 0.1 });
        Assert.True(innerTrainer.Step(x) > innerTrainer.Step(x));
    }

    [Fact]
    public void Names_that_generated_code_might_want()
    {
        using AwkwardNames model = new(1);
        float[] a = Numbers.Floats(6, 1), b = Numbers.Floats(6, 2), c = Numbers.Floats(6, 3), d = Numbers.Floats(6, 4);
        float[] arena = new float[6], difference = new float[6], sum = new float[12];
        model.Execute(a, b, c, d, arena, difference);
        double[] products = [.. Linear(Numbers.Wide(a.AsSpan(0, 3)), model, "worker", true), .. Linear(Numbers.Wide(a.AsSpan(3)), model, "worker", true)];
        Numbers.AssertClose([.. products.Zip(b, (p, v) => p + v)], arena, Tolerance, "Arena");
        Numbers.AssertClose([.. c.Zip(d, (p, v) => (double)p - v)], difference, Tolerance, "event");
        model.Step([.. a, .. c], b, sum);
        Numbers.AssertClose([.. a.Zip(b, (p, v) => (double)p * v + 1), .. c.Zip(b, (p, v) => (double)p * v + 1)], sum, Tolerance, "Step");
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.1 });
        Assert.True(trainer.Step(a, b, [0, 2]) > trainer.Step(a, b, [0, 2]));
    }
}
