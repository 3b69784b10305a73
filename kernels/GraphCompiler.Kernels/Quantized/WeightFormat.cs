using GraphCompiler.Contracts;

namespace GraphCompiler;

/// <summary>
/// How the weights of linear maps lie in memory. Products with packed weights round what they are multiplied with to 8 bits too, in groups of 32 of a
/// row, and sum integers exactly.
/// </summary>
public enum WeightFormat
{
    /// <summary>As they were trained.</summary>
    Float32 = QuantizationContract.Float32,

    /// <summary>8 bits a weight and a scale an output: the largest magnitude of its weights is 127 steps. A quarter of the memory.</summary>
    Int8 = QuantizationContract.Int8,

    /// <summary>
    /// 4 bits a weight, and for 32 weights of an output a scale and a minimum of 16 bits each: 5 bits a weight. What is more sensitive keeps 8 bits.
    /// </summary>
    Int4 = QuantizationContract.Int4,
}
