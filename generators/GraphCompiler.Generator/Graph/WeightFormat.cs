using GraphCompiler.Contracts;

namespace GraphCompiler.Generator.Graphs;

/// <summary>How the weights of a linear map lie in memory.</summary>
internal enum WeightFormat
{
    Float32 = QuantizationContract.Float32,
    Int8 = QuantizationContract.Int8,
    Int4 = QuantizationContract.Int4,
}

/// <summary>The weights of a linear map, packed.</summary>
/// <param name="Format">Their format.</param>
/// <param name="Outputs">The outputs of the map; of a table, its rows.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="IsTransposed">Whether what is packed was [inputs, outputs].</param>
internal sealed record PackedWeights(WeightFormat Format, int Outputs, int Inputs, bool IsTransposed)
{
    /// <summary>The memory that they take.</summary>
    public long Bytes => Format == WeightFormat.Int8 ? QuantizationContract.Int8Bytes(Outputs, Inputs) : QuantizationContract.Int4Bytes(Outputs, Inputs);
}
