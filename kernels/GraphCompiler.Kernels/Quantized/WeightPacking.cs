using System.Runtime.InteropServices;
using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>Makes packed weights of weights in single precision, and these of those.</summary>
public static unsafe class WeightPacking
{
    const int Group = QuantizationContract.Group, Panel = QuantizationContract.Panel;
    const int LargestInt8 = 127, LargestInt4 = 15;

    /// <summary>The bytes of packed weights of 8 bits.</summary>
    /// <param name="outputs">The outputs of the linear map.</param>
    /// <param name="inputs">Its inputs.</param>
    public static long Int8Bytes(int outputs, int inputs)
        => Panels(outputs) * ((Groups(inputs) * QuantizationContract.Int8GroupBytes) + QuantizationContract.Int8ScaleBytes);

    /// <summary>The bytes of packed weights of 4 bits.</summary>
    /// <inheritdoc cref="Int8Bytes"/>
    public static long Int4Bytes(int outputs, int inputs) => Panels(outputs) * Groups(inputs) * QuantizationContract.Int4GroupBytes;

    /// <summary>Packs weights in 8 bits: each output has the scale of its largest magnitude.</summary>
    /// <param name="weights">Element (output, input) is weights[output * outputStride + input * inputStride]; all are finite.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="outputStride">Floats from an output to the next.</param>
    /// <param name="inputStride">Floats from an input to the next.</param>
    /// <param name="packed">Where the packed weights go: <see cref="Int8Bytes"/>.</param>
    public static void PackInt8(float* weights, int outputs, int inputs, nint outputStride, nint inputStride, byte* packed)
    {
        long bytes = Int8Bytes(outputs, inputs) / Panels(outputs);
        for (long i = 0; i < Int8Bytes(outputs, inputs); i++)
            packed[i] = Int8Weights.Offset;
        for (int output = 0; output < Panels(outputs) * Panel; output++)
        {
            byte* panel = packed + (output / Panel * bytes);
            float* scale = (float*)(panel + bytes - QuantizationContract.Int8ScaleBytes) + (output % Panel);
            *scale = 0;
            if (output >= outputs)
                continue;
            float* row = weights + (output * outputStride);
            float largest = 0;
            for (int input = 0; input < inputs; input++)
                largest = float.Max(largest, float.Abs(row[input * inputStride]));
            *scale = largest / LargestInt8;
            for (int input = 0; input < inputs && *scale > 0; input++)
            {
                double units = Math.Round((double)row[input * inputStride] / *scale);
                panel[Int8Place(output % Panel, input)] = (byte)(Int8Weights.Offset + (int)Math.Clamp(units, -LargestInt8, LargestInt8));
            }
        }
    }

    /// <summary>Packs weights in 4 bits: each group of 32 inputs of an output has a scale and a minimum.</summary>
    /// <inheritdoc cref="PackInt8"/>
    public static void PackInt4(float* weights, int outputs, int inputs, nint outputStride, nint inputStride, byte* packed)
    {
        NativeMemory.Clear(packed, (nuint)Int4Bytes(outputs, inputs));
        float* values = stackalloc float[Group];
        byte* units = stackalloc byte[Group];
        for (int output = 0; output < outputs; output++)
        {
            for (int group = 0; group < Groups(inputs); group++)
            {
                int count = int.Min(Group, inputs - (group * Group));
                for (int i = 0; i < count; i++)
                    values[i] = weights[(output * outputStride) + (((group * Group) + i) * inputStride)];
                var (scale, minimum) = GroupFit.Find(values, count, LargestInt4, units);
                byte* at = packed + (((output / Panel * Groups(inputs)) + group) * QuantizationContract.Int4GroupBytes);
                ((uint*)at)[output % Panel] = (BitConverter.SingleToUInt32Bits(scale) & 0xFFFF0000) | (BitConverter.SingleToUInt32Bits(minimum) >> 16);
                for (int i = 0; i < count; i++)
                    at[Int4Place(output % Panel, i, out int shift)] |= (byte)(units[i] << shift);
            }
        }
    }

    /// <summary>The weights that packed ones of 8 bits are.</summary>
    /// <param name="packed">The packed weights.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="weights">Where they go.</param>
    /// <param name="outputStride">Floats from an output to the next.</param>
    /// <param name="inputStride">Floats from an input to the next.</param>
    public static void UnpackInt8(byte* packed, int outputs, int inputs, float* weights, nint outputStride, nint inputStride)
    {
        long bytes = Int8Bytes(outputs, inputs) / Panels(outputs);
        for (int output = 0; output < outputs; output++)
        {
            byte* panel = packed + (output / Panel * bytes);
            float scale = ((float*)(panel + bytes - QuantizationContract.Int8ScaleBytes))[output % Panel];
            for (int input = 0; input < inputs; input++)
                weights[(output * outputStride) + (input * inputStride)] = (panel[Int8Place(output % Panel, input)] - Int8Weights.Offset) * scale;
        }
    }

    /// <summary>The weights that packed ones of 4 bits are.</summary>
    /// <inheritdoc cref="UnpackInt8"/>
    public static void UnpackInt4(byte* packed, int outputs, int inputs, float* weights, nint outputStride, nint inputStride)
    {
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                byte* at = packed + (((output / Panel * Groups(inputs)) + (input / Group)) * QuantizationContract.Int4GroupBytes);
                uint scaleAndMinimum = ((uint*)at)[output % Panel];
                float scale = BitConverter.UInt32BitsToSingle(scaleAndMinimum & 0xFFFF0000);
                float minimum = BitConverter.UInt32BitsToSingle(scaleAndMinimum << 16);
                int units = (at[Int4Place(output % Panel, input % Group, out int shift)] >> shift) & LargestInt4;
                weights[(output * outputStride) + (input * inputStride)] = minimum + (units * scale);
            }
        }
    }

    /// <summary>Where a weight lies in its panel.</summary>
    static long Int8Place(int output, int input) => ((long)(input / 4) * 4 * Panel) + (output * 4) + (input % 4);

    /// <summary>The byte of a group in which a weight lies, and where in the byte.</summary>
    static int Int4Place(int output, int input, out int shift)
    {
        shift = input % 8 < 4 ? 0 : 4;
        return (Panel * 4) + (input / 8 * 4 * Panel) + (output * 4) + (input % 4);
    }

    static long Panels(int outputs) => ((long)outputs + Panel - 1) / Panel;

    static long Groups(int inputs) => ((long)inputs + Group - 1) / Group;
}
