using System;
using System.Linq;

namespace GraphCompiler.Contracts;

/// <summary>A type of elements: how they lie in memory, what kernels make of them, and what others call it.</summary>
/// <param name="Name">What it is called here; targets call what loads and stores it after that.</param>
/// <param name="Bits">The bits of an element in memory.</param>
/// <param name="Arithmetic">The name of the type that kernels compute in: they load, compute in this, and store.</param>
/// <param name="CSharpName">The type in signatures, a keyword or a full name.</param>
/// <param name="DataType">The type in files, by its name in SafetensorsDataType.</param>
/// <param name="SafetensorsName">What the header of a safetensors file calls it.</param>
/// <param name="OnnxNumber">Its number in ONNX, of TensorProto.DataType.</param>
internal sealed record StorageType(string Name, int Bits, string Arithmetic, string CSharpName, string DataType, string SafetensorsName, int OnnxNumber);

/// <summary>All types that tensors of the language have, a row each.</summary>
internal static class StorageTypes
{
    public static StorageType[] Rows { get; } =
    [
        new("Float32", 32, "Float32", "float", "F32", "F32", 1),
        new("BFloat16", 16, "Float32", "GraphCompiler.BFloat16", "BF16", "BF16", 16),
        new("Float16", 16, "Float32", "System.Half", "F16", "F16", 10),
        new("Float8E4M3", 8, "Float32", "GraphCompiler.Float8E4M3", "F8E4M3", "F8_E4M3", 17),
        new("Float8E5M2", 8, "Float32", "GraphCompiler.Float8E5M2", "F8E5M2", "F8_E5M2", 19),
        new("Float64", 64, "Float64", "double", "F64", "F64", 11),
        new("Int64", 64, "Int64", "long", "I64", "I64", 7),
        new("Int32", 32, "Int32", "int", "I32", "I32", 6),
        new("Int16", 16, "Int32", "short", "I16", "I16", 5),
        new("Int8", 8, "Int32", "sbyte", "I8", "I8", 3),
        new("UInt8", 8, "Int32", "byte", "U8", "U8", 2),
        new("Bool", 8, "Bool", "bool", "Bool", "BOOL", 9),
    ];

    /// <summary>The row of a name.</summary>
    public static StorageType Named(string name) => Rows.FirstOrDefault(row => row.Name == name) ?? throw new InvalidOperationException($"No row is called {name}.");
}
