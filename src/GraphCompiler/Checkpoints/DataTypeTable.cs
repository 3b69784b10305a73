namespace GraphCompiler.Checkpoints;

/// <summary>What a file calls an element type, and how it lies in the file; a new type is a row here.</summary>
internal static class DataTypeTable
{
    static readonly (SafetensorsDataType Type, string Name, int Bits, Type? ClrType)[] Rows =
    [
        (SafetensorsDataType.F64, "F64", 64, typeof(double)),
        (SafetensorsDataType.F32, "F32", 32, typeof(float)),
        (SafetensorsDataType.F16, "F16", 16, typeof(Half)),
        (SafetensorsDataType.BF16, "BF16", 16, typeof(BFloat16)),
        (SafetensorsDataType.F8E4M3, "F8_E4M3", 8, typeof(Float8E4M3)),
        (SafetensorsDataType.F8E5M2, "F8_E5M2", 8, typeof(Float8E5M2)),
        (SafetensorsDataType.F8E8M0, "F8_E8M0", 8, null),
        (SafetensorsDataType.F6E2M3, "F6_E2M3", 6, null),
        (SafetensorsDataType.F6E3M2, "F6_E3M2", 6, null),
        (SafetensorsDataType.F4, "F4", 4, null),
        (SafetensorsDataType.C64, "C64", 64, null),
        (SafetensorsDataType.I64, "I64", 64, typeof(long)),
        (SafetensorsDataType.I32, "I32", 32, typeof(int)),
        (SafetensorsDataType.I16, "I16", 16, typeof(short)),
        (SafetensorsDataType.I8, "I8", 8, typeof(sbyte)),
        (SafetensorsDataType.U64, "U64", 64, typeof(ulong)),
        (SafetensorsDataType.U32, "U32", 32, typeof(uint)),
        (SafetensorsDataType.U16, "U16", 16, typeof(ushort)),
        (SafetensorsDataType.U8, "U8", 8, typeof(byte)),
        (SafetensorsDataType.Bool, "BOOL", 8, typeof(bool)),
    ];

    static readonly Dictionary<string, SafetensorsDataType> Named = Rows.ToDictionary(row => row.Name, row => row.Type, StringComparer.Ordinal);

    static readonly Dictionary<Type, SafetensorsDataType> OfClrType = Rows
        .Where(row => row.ClrType is not null).ToDictionary(row => row.ClrType!, row => row.Type);

    /// <summary>The type of a name in a header, or null.</summary>
    public static SafetensorsDataType? Find(string name) => Named.TryGetValue(name, out SafetensorsDataType type) ? type : null;

    /// <summary>The type whose elements lie in memory as a type of .NET's does, or null.</summary>
    public static SafetensorsDataType? Find(Type type) => OfClrType.TryGetValue(type, out SafetensorsDataType found) ? found : null;

    /// <summary>The name in a header.</summary>
    public static string Name(this SafetensorsDataType type) => Rows[(int)type].Name;

    /// <summary>How many bits an element takes.</summary>
    public static int Bits(this SafetensorsDataType type) => Rows[(int)type].Bits;
}
