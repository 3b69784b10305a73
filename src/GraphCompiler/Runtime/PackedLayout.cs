using GraphCompiler.Kernels;

namespace GraphCompiler.Runtime;

/// <summary>How the weights of a parameter are packed.</summary>
/// <param name="Format">Their format.</param>
/// <param name="IsTransposed">Whether the parameter is [inputs, outputs], and not [outputs, inputs].</param>
public sealed record PackedLayout(WeightFormat Format, bool IsTransposed)
{
    /// <summary>The outputs of the linear map, or the rows of the table.</summary>
    internal int Outputs(IReadOnlyList<int> shape) => shape[IsTransposed ? 1 : 0];

    /// <summary>The inputs of the linear map.</summary>
    internal int Inputs(IReadOnlyList<int> shape) => shape[IsTransposed ? 0 : 1];

    /// <summary>The bytes that the packed weights take.</summary>
    internal long Bytes(IReadOnlyList<int> shape) => WeightPacking.Bytes(Format, Outputs(shape), Inputs(shape));

    /// <summary>Packs weights, which lie as the parameter's shape says.</summary>
    internal unsafe void Pack(float* weights, IReadOnlyList<int> shape, byte* packed)
    {
        var (outputStride, inputStride) = Strides(shape);
        WeightPacking.Pack(Format, weights, Outputs(shape), Inputs(shape), outputStride, inputStride, packed);
    }

    /// <summary>Packs weights of 4 bits so that results on inputs of these second moments stay near what they were.</summary>
    internal unsafe void Pack(float* weights, IReadOnlyList<int> shape, byte* packed, double[] moments)
    {
        var (outputStride, inputStride) = Strides(shape);
        CalibratedPacking.PackInt4(weights, Outputs(shape), Inputs(shape), outputStride, inputStride, moments, packed);
    }

    /// <summary>How large the errors of results on such inputs are beside the results.</summary>
    internal unsafe double RelativeError(float* weights, float* rounded, IReadOnlyList<int> shape, double[] moments)
    {
        var (outputStride, inputStride) = Strides(shape);
        return CalibratedPacking.RelativeError(weights, rounded, Outputs(shape), Inputs(shape), outputStride, inputStride, moments);
    }

    /// <summary>The weights that packed ones are.</summary>
    internal unsafe void Unpack(byte* packed, IReadOnlyList<int> shape, float* weights)
    {
        var (outputStride, inputStride) = Strides(shape);
        WeightPacking.Unpack(Format, packed, Outputs(shape), Inputs(shape), weights, outputStride, inputStride);
    }

    (int OfOutput, int OfInput) Strides(IReadOnlyList<int> shape) => IsTransposed ? (1, shape[1]) : (shape[1], 1);
}
