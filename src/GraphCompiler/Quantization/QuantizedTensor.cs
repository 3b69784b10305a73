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
    /// <summary>
    /// Where inputs were given (<see cref="Calibration"/>): how large the errors of results on these are beside the results, as the weights were rounded and as
    /// they would have been each to the nearest. NaN elsewhere.
    /// </summary>
    public (double Calibrated, double Nearest) ErrorOfResults { get; init; } = (double.NaN, double.NaN);

    /// <summary>Copies a parameter from one model to another, packed as the other has it.</summary>
    /// <param name="parameter">The parameter of the other.</param>
    /// <param name="source">Its values.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="moments">The second moments of its inputs; null for rounding to the nearest.</param>
    internal static unsafe QuantizedTensor Copy(ParameterLayout parameter, byte* source, byte* destination, double[]? moments = null)
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
        using AlignedMemory memory = new(bytes);
        float* unpacked = (float*)memory.Pointer;
        packed.Pack(values, parameter.Shape, destination);
        packed.Unpack(destination, parameter.Shape, unpacked);
        (double Calibrated, double Nearest) ofResults = (double.NaN, double.NaN);
        if (moments is not null)
        {
            double nearest = packed.RelativeError(values, unpacked, parameter.Shape, moments);
            packed.Pack(values, parameter.Shape, destination, moments);
            packed.Unpack(destination, parameter.Shape, unpacked);
            ofResults = (packed.RelativeError(values, unpacked, parameter.Shape, moments), nearest);
        }
        double largest = 0, squares = 0;
        for (long i = 0; i < parameter.Count; i++)
        {
            double difference = Math.Abs((double)unpacked[i] - values[i]);
            largest = Math.Max(largest, difference);
            squares += difference * difference;
        }
        return new(
            parameter.Name, parameter.Shape, packed.Format, bytes, parameter.Bytes, largest, Math.Sqrt(squares / parameter.Count),
            Math.Sqrt(SquaresOf(values, parameter.Count) / parameter.Count))
        {
            ErrorOfResults = ofResults,
        };
    }

    static unsafe double SquaresOf(float* values, long count)
    {
        double squares = 0;
        for (long i = 0; i < count; i++)
            squares += (double)values[i] * values[i];
        return squares;
    }
}
