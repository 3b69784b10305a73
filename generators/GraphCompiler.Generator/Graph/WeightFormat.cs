namespace GraphCompiler.Generator.Graphs;

/// <summary>How the weights of a linear map lie in memory.</summary>
internal enum WeightFormat
{
    Float32,
    Int8,
    Int4,
}

/// <summary>The weights of a linear map, packed.</summary>
/// <param name="Format">Their format.</param>
/// <param name="Outputs">The outputs of the map; of a table, its rows.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="IsTransposed">Whether what is packed was [inputs, outputs].</param>
/// <param name="Bytes">The memory that they take.</param>
internal sealed record PackedWeights(WeightFormat Format, int Outputs, int Inputs, bool IsTransposed, long Bytes);
