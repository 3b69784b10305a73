using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Rotary embedding against the rotation written as a complex product.</summary>
public class RotaryTests
{
    const int Heads = Rotations.Heads, Size = Rotations.Size;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 7)]
    [InlineData(9, 1000)]
    public void Pairs_turn_by_their_positions(int time, int offset)
    {
        using Rotations model = new();
        float[] x = Numbers.Floats(Heads * time * Size, time);
        float[] halves = new float[x.Length], pairs = new float[x.Length], laterHalves = new float[x.Length], laterPairs = new float[x.Length];
        model.Turned(x, offset, halves, pairs, laterHalves, laterPairs);
        Numbers.AssertClose(Turned(x, time, 0, (pair, part) => pair + part * Size / 2), halves, 2e-6, "halves");
        Numbers.AssertClose(Turned(x, time, 0, (pair, part) => 2 * pair + part), pairs, 2e-6, "pairs");

        // The angle itself is a float: near 1000 it is exact to 3e-5.
        double tolerance = offset < 100 ? 2e-6 : 1e-4;
        Numbers.AssertClose(Turned(x, time, offset, (pair, part) => pair + part * Size / 2), laterHalves, tolerance, "later halves");
        Numbers.AssertClose(Turned(x, time, offset, (pair, part) => 2 * pair + part), laterPairs, tolerance, "later pairs");
    }

    static double[] Turned(float[] x, int time, int offset, Func<int, int, int> place)
    {
        double[] turned = new double[x.Length];
        for (int row = 0; row < Heads * time; row++)
        {
            for (int pair = 0; pair < Size / 2; pair++)
            {
                double angle = (row % time + offset) * Math.Pow(500, -2.0 * pair / Size);
                int first = row * Size + place(pair, 0), second = row * Size + place(pair, 1);
                var product = new System.Numerics.Complex(x[first], x[second]) * System.Numerics.Complex.FromPolarCoordinates(1, angle);
                (turned[first], turned[second]) = (product.Real, product.Imaginary);
            }
        }
        return turned;
    }
}
