using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>State of sessions: what a call leaves is what the next one finds, in this session and in no other.</summary>
public class SessionTests
{
    [Fact]
    public void Sums_go_on_from_call_to_call()
    {
        using Recurrent model = new(1);
        using var session = model.CreateSession();
        float[] x = [1, 2, 3, 4, 5], before = new float[5], sum = new float[5];
        session.Add(x, 2, before, sum);
        Assert.Equal([1, 1, 1, 1, 1], before);
        Assert.Equal([3, 5, 7, 9, 11], sum);
        session.Add(x, -1, before, sum);
        Assert.Equal([3, 5, 7, 9, 11], before);
        Assert.Equal([2, 3, 4, 5, 6], sum);
        Assert.Equal(6, session.Count(2));
        Assert.Equal(7.5f, session.Count(0.5f));
    }

    [Fact]
    public void A_reset_session_is_a_new_one()
    {
        using Recurrent model = new(1);
        using var session = model.CreateSession();
        float[] first = Outputs(session), second = Outputs(session);
        Assert.NotEqual(first, second);
        session.Reset();
        Assert.Equal(first, Outputs(session));

        static float[] Outputs(Recurrent.Session session) =>
            [.. Enumerable.Range(0, 3).SelectMany(i => Next(session, Numbers.Floats(Recurrent.Inputs, i)))];
    }

    static float[] Next(Recurrent.Session session, float[] x)
    {
        float[] y = new float[3];
        session.Next(x, y);
        return y;
    }

    /// <summary>The recurrent network against the same steps in plain C#.</summary>
    [Fact]
    public void A_recurrent_network_remembers()
    {
        using Recurrent model = new(3);
        using var session = model.CreateSession();
        double[][] memories = [new double[Recurrent.Width], new double[Recurrent.Width]];
        for (int step = 0; step < 5; step++)
        {
            float[] x = Numbers.Floats(Recurrent.Inputs, step);
            double[] value = Numbers.Wide(x);
            for (int cell = 0; cell < 2; cell++)
            {
                double[] fromInput = Linear(model, $"cells.{cell}.input", value), fromMemory = Linear(model, $"cells.{cell}.hidden", memories[cell]);
                memories[cell] = value = [.. fromInput.Zip(fromMemory, (a, b) => Math.Tanh(a + b))];
            }

            Numbers.AssertClose(Linear(model, "output", value), Next(session, x), 1e-5, $"step {step}");
        }
    }

    static double[] Linear(GraphModel model, string name, double[] x)
    {
        float[] weight = [.. model.Values(name + ".weight")], bias = [.. model.Values(name + ".bias")];
        return [.. bias.Select((b, row) => b + x.Select((value, column) => value * weight[row * x.Length + column]).Sum())];
    }

    [Fact]
    public void States_can_change_places()
    {
        using Recurrent model = new();
        using var session = model.CreateSession();
        float[] x = [1, 2, 3, 4, 5, 6], first = new float[6], second = new float[6];
        session.Swap(x, first, second);
        Assert.Equal([2, 3, 4, 5, 6, 7], first);
        Assert.Equal([0, 0, 0, 0, 0, 0], second);
        session.Swap(x, first, second);
        Assert.Equal(x, first);
        Assert.Equal([2, 3, 4, 5, 6, 7], second);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Rows_are_written_at_their_position(int rows)
    {
        using RowLog model = new();
        using var session = model.CreateSession();
        float[] expected = new float[2 * RowLog.Places * RowLog.Width], before = new float[expected.Length], after = new float[expected.Length];
        foreach (int position in new[] { 0, 10 - rows, 3, 2 })
        {
            float[] values = Numbers.Floats(2 * rows * RowLog.Width, position, 5);
            session.Write(values, position, before, after);
            Numbers.AssertSameBits(expected, before, $"before the rows at {position}");
            for (int i = 0; i < values.Length; i++)
            {
                int item = i / (rows * RowLog.Width), row = i / RowLog.Width % rows, column = i % RowLog.Width;
                expected[(item * RowLog.Places + position + row) * RowLog.Width + column] = column == 0 ? 0 : Math.Max(values[i], 0) + 1;
            }

            Numbers.AssertSameBits(expected, after, $"after the rows at {position}");
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(8)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_position_without_room_is_refused(int position)
    {
        using RowLog model = new();
        using var session = model.CreateSession();
        float[] rows = Numbers.Floats(2 * 3 * RowLog.Width, 1), before = new float[120], after = new float[120], again = new float[120];
        session.Write(rows, 4, before, after);
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => session.Write(rows, position, before, again));
        Assert.Equal("position", refused.ParamName);
        Assert.Contains("'log' has 10", refused.Message, StringComparison.Ordinal);
        session.Write(rows, 4, before, again);
        Assert.Equal(after, again);
        Assert.Equal(after, before);
    }

    [Fact]
    public void Sessions_share_nothing_but_the_weights()
    {
        using Recurrent model = new(2, new ModelOptions { Threads = 2 });
        float[][] expected = new float[4][];
        for (int i = 0; i < 4; i++)
        {
            using var alone = model.CreateSession();
            expected[i] = Run(alone, i);
        }

        float[][] actual = new float[4][];
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var session = model.CreateSession();
            actual[i] = Run(session, i);
        });
        for (int i = 0; i < 4; i++)
            Numbers.AssertSameBits(expected[i], actual[i], $"session {i}");

        static float[] Run(Recurrent.Session session, int seed) =>
            [.. Enumerable.Range(0, 200).SelectMany(step => Next(session, Numbers.Floats(Recurrent.Inputs, 1000 * seed + step)))];
    }

    [Fact]
    public void After_dispose()
    {
        Recurrent model = new();
        var session = model.CreateSession();
        var second = model.CreateSession();
        second.Dispose();
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.Count(1));
        Assert.Equal(3, session.Count(1));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Count(1));
        Assert.Throws<ObjectDisposedException>(session.Reset);
        Assert.Throws<ObjectDisposedException>(model.CreateSession);
        session.Dispose();
    }
}
