using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Slices at named dimensions and computed integers against loops in double; gradients against differences.</summary>
public class NamedPartTests
{
    const int Width = NamedParts.Width;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(2, 11)]
    public void Values_and_gradients(int batch, int time)
    {
        using NamedParts model = new(5);
        float[] x = Numbers.Floats(batch * time * Width, 6);
        double[] table = Numbers.Wide(model.Values("table")), shifts = Numbers.Wide(model.Values("shifts"));
        var expected = Parts(Numbers.Wide(x), table, shifts, batch, time);
        float[] rows = new float[x.Length], last = new float[batch * Width], tail = new float[batch * Width];
        float[] distances = new float[time * time], looked = new float[time * Width];
        model.Parts(x, batch, rows, last, tail, distances, looked);
        Numbers.AssertClose(expected.Rows, rows, 1e-6, "rows");
        Numbers.AssertClose(expected.Last, last, 1e-6, "last");
        Numbers.AssertClose(expected.Last, tail, 1e-6, "tail");
        Numbers.AssertClose(expected.Distances, distances, 1e-5, "distances");
        Numbers.AssertClose(expected.Looked, looked, 1e-6, "looked up");
        Numbers.AssertClose([Loss(x, table, shifts, batch, time)], [model.Loss(x, batch)], 1e-5, "loss");

        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 1e-9 });
        trainer.Step(x, batch);
        Numbers.AssertClose(Differences(table, () => Loss(x, table, shifts, batch, time)), trainer.GradientOf("table"), 1e-5, "table");
        Numbers.AssertClose(Differences(shifts, () => Loss(x, table, shifts, batch, time)), trainer.GradientOf("shifts"), 1e-5, "shifts");
    }

    static double[] Differences(double[] values, Func<double> loss) => [.. Enumerable.Range(0, values.Length).Select(i =>
    {
        double value = values[i];
        values[i] = value + 1e-5;
        double above = loss();
        values[i] = value - 1e-5;
        double below = loss();
        values[i] = value;
        return (above - below) / 2e-5;
    })];

    static double Loss(float[] x, double[] table, double[] shifts, int batch, int time)
    {
        double[] scaled = [.. x.Select((value, i) => value * table[i % (time * Width)])];
        var (rows, last, _, looked) = Parts(scaled, table, shifts, batch, time);
        return rows.Average(value => value * value) + last.Select((value, i) => value * shifts[i % Width]).Sum()
            + last.Sum(value => value * value) + looked.Average(value => value * value);
    }

    static (double[] Rows, double[] Last, double[] Distances, double[] Looked) Parts(
        double[] x, double[] table, double[] shifts, int batch, int time)
    {
        double sum = x.Sum();
        return (
            [.. x.Select((value, i) => value + table[i % (time * Width)] + shifts[time * Width + i % (time * Width)])],
            [.. Enumerable.Range(0, batch).SelectMany(b => x[((b * time + time - 1) * Width)..((b + 1) * time * Width)])],
            [.. Enumerable.Range(0, time * time).Select(i => (i / time - i % time is >= 0 and var distance ? 2 * distance - time : 0.5) * sum)],
            [.. Enumerable.Range(0, time * Width).Select(i => Row(table, time - 1 - i / Width, i % Width) + Row(shifts, 2 * (i / Width), i % Width) + table[i])]);
    }

    static double Row(double[] table, int row, int column) => table[row * Width + column];
}
