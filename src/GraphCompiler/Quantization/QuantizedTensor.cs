using GraphCompiler.Checkpoints;
using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>What has become of a parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">The lengths of its axes.</param>
/// <param name="Format">How it is packed; <see cref="WeightFormat.Float32"/> where it is not.</param>
/// <param name="BytesBefore">The memory of its values before.</param>
/// <param name="BytesAfter">The memory that it takes.</param>
/// <param name="LargestError">The largest difference of a value from what it was.</param>
/// <param name="RootMeanSquareError">The root of the mean of the squared differences.</param>
/// <param name="RootMeanSquare">The root of the mean of the squares of the values before; 0 of what is not in single precision.</param>
public sealed record QuantizedTensor(
    string Name, IReadOnlyList<int> Shape, WeightFormat Format, long BytesBefore, long BytesAfter, double LargestError, double RootMeanSquareError,
    double RootMeanSquare)
{
    /// <summary>Copies a parameter from one model to another, packed as the other has it.</summary>
    internal static unsafe QuantizedTensor Copy(ParameterLayout parameter, byte* source, byte* destination)
    {
        if (parameter.DataType != SafetensorsDataType.F32)
        {
            Buffer.MemoryCopy(source, destination, parameter.Bytes, parameter.Bytes);
            return new(parameter.Name, parameter.Shape, WeightFormat.Float32, parameter.Bytes, parameter.Bytes, 0, 0, 0);
        }
        float* values = (float*)source;
        long bytes = checked(parameter.Count * sizeof(float));
        if (parameter.Packed is not { } packed)
        {
            Buffer.MemoryCopy(source, destination, bytes, bytes);
            double rootMeanSquare = Math.Sqrt(SquaresOf(values, parameter.Count) / Math.Max(1, parameter.Count));
            return new(parameter.Name, parameter.Shape, WeightFormat.Float32, bytes, parameter.Bytes, 0, 0, rootMeanSquare);
        }
        packed.Pack(values, parameter.Shape, destination);
        using AlignedMemory memory = new(bytes);
        float* unpacked = (float*)memory.Pointer;
        packed.Unpack(destination, parameter.Shape, unpacked);
        double largest = 0, squares = 0;
        for (long i = 0; i < parameter.Count; i++)
        {
            double difference = Math.Abs((double)unpacked[i] - values[i]);
            largest = Math.Max(largest, difference);
            squares += difference * difference;
        }
        return new(
            parameter.Name, parameter.Shape, packed.Format, bytes, parameter.Bytes, largest, Math.Sqrt(squares / parameter.Count),
            Math.Sqrt(SquaresOf(values, parameter.Count) / parameter.Count));
    }

    static unsafe double SquaresOf(float* values, long count)
    {
        double squares = 0;
        for (long i = 0; i < count; i++)
            squares += (double)values[i] * values[i];
        return squares;
    }
}
