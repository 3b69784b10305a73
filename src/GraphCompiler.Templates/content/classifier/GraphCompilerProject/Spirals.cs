namespace GraphCompilerProject;

/// <summary>Points on three spirals, a little beside them, in random order.</summary>
public sealed class Spirals
{
    const double Turns = 0.6, Noise = 0.03;

    public Spirals(int count, int seed)
    {
        var random = new Random(seed);
        Points = new float[2 * count];
        Classes = new int[count];
        for (int i = 0; i < count; i++)
        {
            double radius = random.NextDouble();
            Classes[i] = random.Next(Classifier.Classes);
            double angle = 2 * Math.PI * (Turns * radius + (double)Classes[i] / Classifier.Classes);
            Points[2 * i] = (float)(radius * Math.Cos(angle) + Noise * Normal(random));
            Points[2 * i + 1] = (float)(radius * Math.Sin(angle) + Noise * Normal(random));
        }
    }

    /// <summary>x and y of each point.</summary>
    public float[] Points { get; }

    /// <summary>The spiral of each point, from 0 on.</summary>
    public int[] Classes { get; }

    public int Count => Classes.Length;

    /// <summary>A number of the standard normal distribution (Box and Muller 1958).</summary>
    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
