using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>Elements of a parameter that is trained. Updates compute with floats: elements of 16 bits are read as these, and stored as the nearest of their type.</summary>
/// <param name="Offset">Where they begin in the parameter block, in bytes.</param>
/// <param name="Type">How they lie there.</param>
internal readonly unsafe record struct TrainedValues(long Offset, SafetensorsDataType Type)
{
    public TrainedValues(ParameterLayout parameter)
        : this(parameter.Offset, parameter.DataType)
    {
    }

    /// <summary>The elements from a number on.</summary>
    public TrainedValues From(long first) => this with { Offset = Offset + first * (Type == SafetensorsDataType.F32 ? sizeof(float) : sizeof(ushort)) };

    /// <summary>The elements as floats: where they lie, if they are, else in a copy.</summary>
    public float* Read(byte* block, int count, float* copy)
    {
        switch (Type)
        {
            case SafetensorsDataType.BF16:
                ElementRuns.Widen((BFloat16*)(block + Offset), copy, count);
                return copy;
            case SafetensorsDataType.F16:
                ElementRuns.Widen((Float16*)(block + Offset), copy, count);
                return copy;
            default:
                return (float*)(block + Offset);
        }
    }

    /// <summary>Stores what was computed of what <see cref="Read"/> gave.</summary>
    public void Write(byte* block, int count, float* values)
    {
        if (Type == SafetensorsDataType.BF16)
            ElementRuns.Narrow(values, (BFloat16*)(block + Offset), count);
        else if (Type == SafetensorsDataType.F16)
            ElementRuns.Narrow(values, (Float16*)(block + Offset), count);
    }
}
