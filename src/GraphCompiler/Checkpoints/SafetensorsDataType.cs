namespace GraphCompiler;

/// <summary>The element types of safetensors files.</summary>
public enum SafetensorsDataType
{
    /// <summary>IEEE 754's binary64.</summary>
    F64,

    /// <summary>IEEE 754's binary32.</summary>
    F32,

    /// <summary>IEEE 754's binary16.</summary>
    F16,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BF16,

    /// <summary>Eight bits, four of exponent and three of mantissa, without infinities (OCP's E4M3).</summary>
    F8E4M3,

    /// <summary>Eight bits, five of exponent and two of mantissa (OCP's E5M2).</summary>
    F8E5M2,

    /// <summary>A power of two in eight bits, a scale (OCP's E8M0).</summary>
    F8E8M0,

    /// <summary>Six bits, two of exponent and three of mantissa.</summary>
    F6E2M3,

    /// <summary>Six bits, three of exponent and two of mantissa.</summary>
    F6E3M2,

    /// <summary>Four bits, two of exponent and one of mantissa.</summary>
    F4,

    /// <summary>Two binary32, a complex number.</summary>
    C64,

    /// <summary>A signed integer of 64 bits.</summary>
    I64,

    /// <summary>A signed integer of 32 bits.</summary>
    I32,

    /// <summary>A signed integer of 16 bits.</summary>
    I16,

    /// <summary>A signed integer of 8 bits.</summary>
    I8,

    /// <summary>An integer of 64 bits without a sign.</summary>
    U64,

    /// <summary>An integer of 32 bits without a sign.</summary>
    U32,

    /// <summary>An integer of 16 bits without a sign.</summary>
    U16,

    /// <summary>An integer of 8 bits without a sign.</summary>
    U8,

    /// <summary>A byte that is 0 or 1.</summary>
    Bool,
}
