namespace GraphCompiler.Kernels;

/// <summary>
/// The scale and the minimum with which a group of weights has a small squared error. The range of the weights is tried, and ranges that
/// are a little narrower: most weights then lie nearer to a unit, and the few at the ends a little farther. For each range, scale and
/// minimum are what fits best the units that it gave, by least squares; the pair with the smallest error is taken, rounded to bfloat16 as it is stored.
/// </summary>
internal static unsafe class GroupFit
{
    const int Ranges = 12;
    const double Narrowing = 0.025;

    /// <summary>Finds them, and the units of every weight.</summary>
    public static (float Scale, float Minimum) Find(float* weights, int count, int largest, byte* units)
    {
        double low = weights[0], high = weights[0];
        for (int i = 1; i < count; i++)
        {
            low = Math.Min(low, weights[i]);
            high = Math.Max(high, weights[i]);
        }
        double least = double.MaxValue;
        (float Scale, float Minimum) best = default;
        for (int i = 0; i < Ranges; i++)
        {
            double cut = (high - low) * Narrowing * i / 2;
            var pair = Rounded((high - low - (2 * cut)) / largest, low + cut);
            Try(pair);
            Try(LeastSquares(weights, count, units, pair));
        }
        Assign(weights, count, largest, best, units);
        return best;

        void Try((float Scale, float Minimum) pair)
        {
            double error = Assign(weights, count, largest, pair, units);
            if (error < least)
                (least, best) = (error, pair);
        }
    }

    /// <summary>The nearest units, and the sum of squared errors.</summary>
    static double Assign(float* weights, int count, int largest, (float Scale, float Minimum) pair, byte* units)
    {
        double error = 0, reciprocal = pair.Scale == 0 ? 0 : 1.0 / pair.Scale;
        for (int i = 0; i < count; i++)
        {
            // Half a unit more, cut off: a tie, which is as near either way, may go to the upper one.
            double unit = (int)Math.Clamp(((weights[i] - (double)pair.Minimum) * reciprocal) + 0.5, 0, largest);
            units[i] = (byte)unit;
            double difference = weights[i] - (pair.Minimum + (unit * pair.Scale));
            error += difference * difference;
        }
        return error;
    }

    static (float Scale, float Minimum) LeastSquares(float* weights, int count, byte* units, (float Scale, float Minimum) fallback)
    {
        double sum = 0, squares = 0, total = 0, products = 0;
        for (int i = 0; i < count; i++)
        {
            sum += units[i];
            squares += units[i] * units[i];
            total += weights[i];
            products += units[i] * (double)weights[i];
        }
        double determinant = (count * squares) - (sum * sum);
        if (determinant <= 0)
            return fallback;
        double scale = ((count * products) - (sum * total)) / determinant;
        return scale <= 0 ? fallback : Rounded(scale, (total - (scale * sum)) / count);
    }

    static (float Scale, float Minimum) Rounded(double scale, double minimum) => ((float)(BFloat16)(float)scale, (float)(BFloat16)(float)minimum);
}
