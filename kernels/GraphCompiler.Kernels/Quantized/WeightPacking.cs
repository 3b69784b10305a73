using System.Runtime.InteropServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>Makes packed weights of weights in single precision, and these of those.</summary>
public static unsafe class WeightPacking
{
    const int Group = QuantizationContract.Group, Panel = QuantizationContract.Panel;

    /// <summary>The bytes of packed weights.</summary>
    /// <param name="format">Their format: not <see cref="WeightFormat.Float32"/>.</param>
    /// <param name="outputs">The outputs of the linear map.</param>
    /// <param name="inputs">Its inputs.</param>
    public static long Bytes(WeightFormat format, int outputs, int inputs) => format switch
    {
        WeightFormat.Int8 => QuantizationContract.Int8Bytes(outputs, inputs),
        WeightFormat.Int4 => QuantizationContract.Int4Bytes(outputs, inputs),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Weights are packed as Int8 or Int4."),
    };

    /// <summary>Packs weights: each to the nearest that the format has.</summary>
    /// <param name="format">The format.</param>
    /// <param name="weights">Element (output, input) is weights[output * outputStride + input * inputStride]; all are finite.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputStride">Floats from an output to the next.</param>
    /// <param name="inputStride">Floats from an input to the next.</param>
    /// <param name="packed">Where the packed weights go: <see cref="Bytes"/>.</param>
    public static void Pack(WeightFormat format, float* weights, int outputs, int inputs, nint outputStride, nint inputStride, byte* packed)
    {
        NativeMemory.Fill(packed, (nuint)Bytes(format, outputs, inputs), format == WeightFormat.Int8 ? (byte)Int8Weights.Offset : (byte)0);
        long panelBytes = Bytes(format, Panel, inputs);
        // Panels share nothing, so what comes out does not depend on who packs them.
        Parallel.For(0, (outputs + Panel - 1) / Panel, panel =>
        {
            for (int output = panel * Panel; output < int.Min(outputs, (panel + 1) * Panel); output++)
            {
                byte* at = packed + (panel * panelBytes);
                if (format == WeightFormat.Int8)
                    PackInt8(weights + (output * outputStride), inputs, inputStride, at, at + panelBytes - QuantizationContract.Int8ScaleBytes, output % Panel);
                else
                    PackInt4(weights + (output * outputStride), inputs, inputStride, at, output % Panel);
            }
            if (format == WeightFormat.Int8)
                ClearScales(packed + ((panel + 1) * panelBytes), int.Min(Panel, outputs - (panel * Panel)));
        });
    }

    /// <summary>The outputs that fill up the last panel are zeros.</summary>
    static void ClearScales(byte* panelEnd, int outputs)
    {
        for (int output = outputs; output < Panel; output++)
            ((float*)(panelEnd - QuantizationContract.Int8ScaleBytes))[output] = 0;
    }

    static void PackInt8(float* row, int inputs, nint stride, byte* panel, byte* scales, int output)
    {
        float largest = 0;
        for (int input = 0; input < inputs; input++)
            largest = float.Max(largest, float.Abs(row[input * stride]));
        float scale = ((float*)scales)[output] = largest / Int8Weights.Largest;
        for (int input = 0; input < inputs && scale > 0; input++)
        {
            double units = Math.Clamp(Math.Round((double)row[input * stride] / scale), -Int8Weights.Largest, Int8Weights.Largest);
            byte* group = panel + ((nint)(input / Group) * Int8Weights.GroupBytes);
            group[Int8Weights.Place(output, input % Group)] = (byte)(Int8Weights.Offset + (int)units);
        }
    }

    static void PackInt4(float* row, int inputs, nint stride, byte* panel, int output)
    {
        float* values = stackalloc float[Group];
        byte* units = stackalloc byte[Group];
        for (int first = 0; first < inputs; first += Group, panel += Int4Weights.GroupBytes)
        {
            int count = int.Min(Group, inputs - first);
            for (int i = 0; i < count; i++)
                values[i] = row[(first + i) * stride];
            var (scale, minimum) = GroupFit.Find(values, count, Int4Weights.Largest, units);
            ((uint*)panel)[output] = (BitConverter.SingleToUInt32Bits(scale) & 0xFFFF0000) | (BitConverter.SingleToUInt32Bits(minimum) >> 16);
            for (int i = 0; i < count; i++)
                panel[Int4Weights.Place(output, i, out int shift)] |= (byte)(units[i] << shift);
        }
    }

    /// <summary>The weights that packed ones are.</summary>
    /// <param name="format">The format.</param>
    /// <param name="packed">The packed weights.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="weights">Where they go.</param>
    /// <param name="outputStride">Floats from an output to the next.</param>
    /// <param name="inputStride">Floats from an input to the next.</param>
    public static void Unpack(WeightFormat format, byte* packed, int outputs, int inputs, float* weights, nint outputStride, nint inputStride)
    {
        if (format == WeightFormat.Int8)
            Unpack<Int8Weights>(packed, outputs, inputs, weights, outputStride, inputStride);
        else
            Unpack<Int4Weights>(packed, outputs, inputs, weights, outputStride, inputStride);
    }

    static void Unpack<TWeights>(byte* packed, int outputs, int inputs, float* weights, nint outputStride, nint inputStride)
        where TWeights : struct, IPackedWeights<TWeights> => Parallel.For(0, outputs, output =>
    {
        var row = new PackedRow<TWeights>(packed, output, inputs);
        for (int input = 0; input < inputs; input++)
            weights[(output * outputStride) + (input * inputStride)] = row[input];
    });
}
