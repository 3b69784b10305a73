using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Oracles;

using WeightFormat = GraphCompiler.Generator.Graphs.WeightFormat;

// Packed weights by their description: panels of 16 outputs, groups of 32 inputs. Nothing here is the kernels'.
internal sealed partial class Oracle
{
    const int PanelOutputs = 16, GroupInputs = 32;

    double[] QuantizedMatMul(TensorValue x, TensorValue packed, PackedWeights weights)
    {
        int rows = x.Shape[0];
        double[] result = new double[rows * weights.Outputs];
        for (int row = 0; row < rows; row++)
        {
            double[] activations = Quantized([.. x.Elements.Skip(row * weights.Inputs).Take(weights.Inputs)]);
            for (int output = 0; output < weights.Outputs; output++)
            {
                for (int input = 0; input < weights.Inputs; input++)
                    result[(row * weights.Outputs) + output] += activations[input] * Weight(packed.Elements, weights, output, input);
            }
        }
        return result;
    }

    static double[] QuantizedGather(TensorValue packed, TensorValue rows, PackedWeights table) =>
        [.. rows.Elements.SelectMany(row => Enumerable.Range(0, table.Inputs).Select(input => Weight(packed.Elements, table, (int)row, input)))];

    /// <summary>A row to 8 bits: 127 steps for the largest magnitude of each group. The step and its reciprocal are numbers of single precision.</summary>
    static double[] Quantized(double[] row)
    {
        double[] result = new double[row.Length];
        for (int first = 0; first < row.Length; first += GroupInputs)
        {
            int end = Math.Min(row.Length, first + GroupInputs);
            float largest = (float)row[first..end].Max(Math.Abs);
            for (int i = first; i < end && largest > 0; i++)
                result[i] = Math.Round((double)((float)row[i] * (127 / largest)), MidpointRounding.ToEven) * (largest / 127);
        }
        return result;
    }

    /// <summary>A weight of packed bytes.</summary>
    public static double Weight(double[] bytes, PackedWeights weights, int output, int input)
    {
        int groups = (weights.Inputs + GroupInputs - 1) / GroupInputs, lane = output % PanelOutputs, inGroup = input % GroupInputs;
        if (weights.Format == WeightFormat.Int8)
        {
            int panel = output / PanelOutputs * ((groups * GroupInputs * PanelOutputs) + (PanelOutputs * 4));
            int place = panel + (input / 4 * 4 * PanelOutputs) + (lane * 4) + (input % 4);
            return (bytes[place] - 128) * BitConverter.UInt32BitsToSingle(Bits(bytes, panel + (groups * GroupInputs * PanelOutputs) + (lane * 4)));
        }
        int group = ((output / PanelOutputs * groups) + (input / GroupInputs)) * ((GroupInputs * PanelOutputs / 2) + (PanelOutputs * 4));
        uint scaleAndMinimum = Bits(bytes, group + (lane * 4));
        int pair = (int)bytes[group + (PanelOutputs * 4) + (inGroup / 8 * 4 * PanelOutputs) + (lane * 4) + (inGroup % 4)];
        int units = inGroup % 8 < 4 ? pair % 16 : pair / 16;
        return BitConverter.UInt32BitsToSingle(scaleAndMinimum << 16) + (units * (double)BitConverter.UInt32BitsToSingle(scaleAndMinimum & 0xFFFF0000));
    }

    static uint Bits(double[] bytes, int place) => BitConverter.ToUInt32([.. bytes[place..(place + 4)].Select(b => (byte)b)]);
}
