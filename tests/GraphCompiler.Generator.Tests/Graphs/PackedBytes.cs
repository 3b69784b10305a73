using GraphCompiler.Generator.Graphs;
using GraphCompiler.Kernels;

namespace GraphCompiler.Generator.Tests.Graphs;

/// <summary>Packed weights as the oracle has them: a number a byte.</summary>
internal static unsafe class PackedBytes
{
    /// <summary>Packs weights, in the order in which their parameter has them.</summary>
    public static double[] Of(PackedWeights weights, double[] values)
    {
        float[] floats = [.. values.Select(v => (float)v)];
        byte[] packed = new byte[weights.Bytes];
        var (outputStride, inputStride) = Strides(weights);
        fixed (float* from = floats)
        {
            fixed (byte* to = packed)
                WeightPacking.Pack((GraphCompiler.WeightFormat)weights.Format, from, weights.Outputs, weights.Inputs, outputStride, inputStride, to);
        }
        return [.. packed.Select(b => (double)b)];
    }

    /// <summary>The weights that packed ones are, by their description.</summary>
    public static double[] Unpacked(PackedWeights weights, double[] packed)
    {
        double[] values = new double[weights.Outputs * weights.Inputs];
        var (outputStride, inputStride) = Strides(weights);
        for (int output = 0; output < weights.Outputs; output++)
        {
            for (int input = 0; input < weights.Inputs; input++)
                values[(output * outputStride) + (input * inputStride)] = Oracle.Weight(packed, weights, output, input);
        }
        return values;
    }

    static (int OfOutput, int OfInput) Strides(PackedWeights weights) => weights.IsTransposed ? (1, weights.Outputs) : (weights.Inputs, 1);
}
