using GraphCompiler.Contracts;

namespace GraphCompiler.Checkpoints;

/// <summary>What a file calls an element type, and how it lies in the file: of the types that tensors have their rows say it, others are rows here.</summary>
internal static class DataTypeTable
{
    static readonly (SafetensorsDataType Type, string Name, int Bits)[] OfFilesAlone =
    [
        (SafetensorsDataType.F8E8M0, "F8_E8M0", 8),
        (SafetensorsDataType.F6E2M3, "F6_E2M3", 6),
        (SafetensorsDataType.F6E3M2, "F6_E3M2", 6),
        (SafetensorsDataType.F4, "F4", 4),
        (SafetensorsDataType.C64, "C64", 64),
        (SafetensorsDataType.U64, "U64", 64),
        (SafetensorsDataType.U32, "U32", 32),
        (SafetensorsDataType.U16, "U16", 16),
    ];

    static readonly (string Name, int Bits)[] Rows = CreateRows();

    static readonly Dictionary<string, SafetensorsDataType> Named = Enum.GetValues<SafetensorsDataType>().ToDictionary(Name, type => type, StringComparer.Ordinal);

    static readonly Dictionary<Type, SafetensorsDataType> OfClrType = new()
    {
        [typeof(double)] = SafetensorsDataType.F64,
        [typeof(float)] = SafetensorsDataType.F32,
        [typeof(Half)] = SafetensorsDataType.F16,
        [typeof(BFloat16)] = SafetensorsDataType.BF16,
        [typeof(Float8E4M3)] = SafetensorsDataType.F8E4M3,
        [typeof(Float8E5M2)] = SafetensorsDataType.F8E5M2,
        [typeof(long)] = SafetensorsDataType.I64,
        [typeof(int)] = SafetensorsDataType.I32,
        [typeof(short)] = SafetensorsDataType.I16,
        [typeof(sbyte)] = SafetensorsDataType.I8,
        [typeof(ulong)] = SafetensorsDataType.U64,
        [typeof(uint)] = SafetensorsDataType.U32,
        [typeof(ushort)] = SafetensorsDataType.U16,
        [typeof(byte)] = SafetensorsDataType.U8,
        [typeof(bool)] = SafetensorsDataType.Bool,
    };

    static (string Name, int Bits)[] CreateRows()
    {
        var rows = new (string Name, int Bits)[Enum.GetValues<SafetensorsDataType>().Length];
        foreach (StorageType row in StorageTypes.Rows)
            rows[(int)Enum.Parse<SafetensorsDataType>(row.DataType)] = (row.SafetensorsName, row.Bits);
        foreach ((SafetensorsDataType type, string name, int bits) in OfFilesAlone)
            rows[(int)type] = (name, bits);
        return rows;
    }

    /// <summary>The type of a name in a header, or null.</summary>
    public static SafetensorsDataType? Find(string name) => Named.TryGetValue(name, out SafetensorsDataType type) ? type : null;

    /// <summary>The type whose elements lie in memory as a type of .NET's does, or null.</summary>
    public static SafetensorsDataType? Find(Type type) => OfClrType.TryGetValue(type, out SafetensorsDataType found) ? found : null;

    /// <summary>The name in a header.</summary>
    public static string Name(this SafetensorsDataType type) => Rows[(int)type].Name;

    /// <summary>How many bits an element takes.</summary>
    public static int Bits(this SafetensorsDataType type) => Rows[(int)type].Bits;
}
