using Xunit;

namespace GraphCompiler.Kernels.Tests;

/// <summary>Weights of 4 bits that are rounded for given inputs.</summary>
public sealed unsafe class CalibratedPackingTests
{
    const int Rows = 300;

    static float[] Weights(int outputs, int inputs, Random random) => [.. Enumerable.Range(0, outputs * inputs).Select(_ => random.NextSingle() - 0.4f)];

    static double[] MomentsOf(float[] x, int inputs)
    {
        double[] moments = new double[inputs * inputs];
        for (int row = 0; row < x.Length / inputs; row++)
        {
            for (int i = 0; i < inputs; i++)
            {
                for (int j = i; j < inputs; j++)
                    moments[(i * inputs) + j] += (double)x[(row * inputs) + i] * x[(row * inputs) + j];
            }
        }
        return moments;
    }

    /// <summary>Packs, and gives the bytes and what they are.</summary>
    static (byte[] Bytes, float[] Weights) Pack(float[] weights, int outputs, int inputs, bool isTransposed, double[]? moments)
    {
        var (outputStride, inputStride) = isTransposed ? (1, outputs) : (inputs, 1);
        byte[] packed = new byte[WeightPacking.Bytes(WeightFormat.Int4, outputs, inputs)];
        float[] unpacked = new float[weights.Length];
        fixed (float* source = weights, target = unpacked)
        fixed (byte* bytes = packed)
        {
            if (moments is null)
                WeightPacking.Pack(WeightFormat.Int4, source, outputs, inputs, outputStride, inputStride, bytes);
            else
                CalibratedPacking.PackInt4(source, outputs, inputs, outputStride, inputStride, moments, bytes);
            WeightPacking.Unpack(WeightFormat.Int4, bytes, outputs, inputs, target, outputStride, inputStride);
        }
        return (packed, unpacked);
    }

    /// <summary>Nothing makes up for anything: each weight goes to the nearest.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 70)]
    [InlineData(40, 32)]
    public void Inputs_that_do_not_go_together_change_nothing(int outputs, int inputs)
    {
        float[] weights = Weights(outputs, inputs, new Random(inputs));
        double[] alike = new double[inputs * inputs];
        for (int i = 0; i < inputs; i++)
            alike[(i * inputs) + i] = 3;
        foreach (bool isTransposed in new[] { false, true })
            Assert.Equal(Pack(weights, outputs, inputs, isTransposed, moments: null).Bytes, Pack(weights, outputs, inputs, isTransposed, alike).Bytes);
    }

    /// <summary>Inputs that are mixed of a few, as activations are; some are always zero.</summary>
    [Theory]
    [InlineData(16, 64, 8)]
    [InlineData(9, 100, 20)]
    [InlineData(33, 31, 5)]
    public void Results_on_inputs_that_go_together_come_nearer(int outputs, int inputs, int mixed)
    {
        var random = new Random(inputs);
        float[] weights = Weights(outputs, inputs, random), mixing = Weights(mixed, inputs, random), x = new float[Rows * inputs];
        for (int row = 0; row < Rows; row++)
        {
            float[] of = [.. Enumerable.Range(0, mixed).Select(_ => random.NextSingle() - 0.5f)];
            for (int i = 0; i < inputs; i++)
                x[(row * inputs) + i] = i % 11 == 4 ? 0 : Enumerable.Range(0, mixed).Sum(k => of[k] * mixing[(k * inputs) + i]) + (0.02f * random.NextSingle());
        }
        double[] moments = MomentsOf(x, inputs);
        float[] nearest = Pack(weights, outputs, inputs, isTransposed: false, moments: null).Weights;
        float[] calibrated = Pack(weights, outputs, inputs, isTransposed: false, moments).Weights;
        double before = ErrorOf(nearest), after = ErrorOf(calibrated);
        Assert.True(after < 0.6 * before, $"{after} of {before}");

        double ErrorOf(float[] rounded)
        {
            double errors = 0, results = 0;
            for (int row = 0; row < Rows; row++)
            {
                for (int output = 0; output < outputs; output++)
                {
                    double result = 0, error = 0;
                    for (int i = 0; i < inputs; i++)
                    {
                        result += (double)weights[(output * inputs) + i] * x[(row * inputs) + i];
                        error += ((double)rounded[(output * inputs) + i] - weights[(output * inputs) + i]) * x[(row * inputs) + i];
                    }
                    results += result * result;
                    errors += error * error;
                }
            }
            double expected = Math.Sqrt(errors / results);
            fixed (float* source = weights, target = rounded)
                Assert.Equal(expected, CalibratedPacking.RelativeError(source, target, outputs, inputs, inputs, 1, moments), 1e-9);
            return expected;
        }
    }

    [Fact]
    public void Inputs_that_are_all_zero_are_no_fault()
    {
        float[] weights = Weights(3, 40, new Random(1));
        Assert.Equal(Pack(weights, 3, 40, isTransposed: false, moments: null).Bytes, Pack(weights, 3, 40, isTransposed: false, new double[40 * 40]).Bytes);
    }
}
