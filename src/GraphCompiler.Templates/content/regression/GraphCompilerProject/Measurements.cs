namespace GraphCompilerProject;

/// <summary>Measurements of sin(3x)·exp(-x²/4) from -2 to 2, each a little wrong.</summary>
public sealed class Measurements
{
    public const double Noise = 0.1;

    public Measurements(int count, int seed)
    {
        var random = new Random(seed);
        X = new float[count];
        Y = new float[count];
        for (int i = 0; i < count; i++)
        {
            X[i] = (float)(4 * random.NextDouble() - 2);
            Y[i] = (float)(Truth(X[i]) + Noise * Normal(random));
        }
    }

    public float[] X { get; }

    public float[] Y { get; }

    public int Count => X.Length;

    /// <summary>What is measured.</summary>
    public static double Truth(double x) => Math.Sin(3 * x) * Math.Exp(-x * x / 4);

    /// <summary>A number of the standard normal distribution (Box and Muller 1958).</summary>
    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
