using System.Buffers.Binary;
using GraphCompiler.Checkpoints;
using GraphCompiler.Contracts;

namespace GraphCompiler.Tests.Checkpoints;

/// <summary>What the numbers of each element type of a file are as floats, and floats as 16 bits.</summary>
public sealed class ElementTypeTests
{
    [Fact]
    public void Every_number_of_16_bits_is_read_exactly()
    {
        byte[] bytes = new byte[2 << 16];
        for (int bits = 0; bits < 1 << 16; bits++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * bits), (ushort)bits);
        float[] half = new float[1 << 16], brain = new float[1 << 16];
        TensorConversion.ToFloats(SafetensorsDataType.F16, bytes, half);
        TensorConversion.ToFloats(SafetensorsDataType.BF16, bytes, brain);
        for (int bits = 0; bits < 1 << 16; bits++)
        {
            Assert.Equal((float)BitConverter.UInt16BitsToHalf((ushort)bits), half[bits]);
            Assert.Equal(bits << 16, BitConverter.SingleToInt32Bits(brain[bits]));
        }
    }

    [Theory]
    [InlineData(SafetensorsDataType.F16)]
    [InlineData(SafetensorsDataType.BF16)]
    public void What_16_bits_hold_comes_back_with_the_same_bits(SafetensorsDataType type)
    {
        byte[] bytes = new byte[2 << 16], written = new byte[2];
        for (int bits = 0; bits < 1 << 16; bits++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * bits), (ushort)bits);
        float[] values = new float[1 << 16];
        TensorConversion.ToFloats(type, bytes, values);
        for (int bits = 0; bits < 1 << 16; bits++)
        {
            Assert.Equal(-1, TensorConversion.FromFloats(type, [values[bits]], written));
            if (float.IsNaN(values[bits]))
            {
                TensorConversion.ToFloats(type, written, values.AsSpan(bits, 1));
                Assert.True(float.IsNaN(values[bits]));
            }
            else
            {
                Assert.Equal(bits, BinaryPrimitives.ReadUInt16LittleEndian(written));
            }
        }
    }

    [Theory]
    // Halfway between 1 and the next: to even; a little more: up.
    [InlineData(SafetensorsDataType.BF16, 1.00390625f, 1f)]
    [InlineData(SafetensorsDataType.BF16, 1.0039064f, 1.0078125f)]
    [InlineData(SafetensorsDataType.BF16, 1.01171875f, 1.015625f)]
    [InlineData(SafetensorsDataType.BF16, -3.3895314e38f, -3.3895314e38f)]
    [InlineData(SafetensorsDataType.F16, 1.00048828125f, 1f)]
    [InlineData(SafetensorsDataType.F16, 65519f, 65504f)]
    [InlineData(SafetensorsDataType.F16, 2.9e-8f, 0f)]
    [InlineData(SafetensorsDataType.F16, float.PositiveInfinity, float.PositiveInfinity)]
    public void Rounds_to_the_nearest_ties_to_even(SafetensorsDataType type, float value, float expected)
    {
        byte[] bytes = new byte[2];
        float[] back = new float[1];
        Assert.Equal(-1, TensorConversion.FromFloats(type, [value], bytes));
        TensorConversion.ToFloats(type, bytes, back);
        Assert.Equal(expected, back[0]);
    }

    [Theory]
    [InlineData(SafetensorsDataType.F16, 65520f)]
    [InlineData(SafetensorsDataType.BF16, float.MaxValue)]
    [InlineData(SafetensorsDataType.F8E5M2, 61440f)]
    public void Says_which_finite_number_is_too_large(SafetensorsDataType type, float value)
        => Assert.Equal(2, TensorConversion.FromFloats(type, [1, float.NegativeInfinity, -value, 5], new byte[8]));

    [Fact]
    public void Says_of_what_has_no_infinity_which_number_is_too_large()
        => Assert.Equal(3, TensorConversion.FromFloats(SafetensorsDataType.F8E4M3, [1, float.NaN, float.PositiveInfinity, 465, 5], new byte[8]));

    [Theory]
    [InlineData(SafetensorsDataType.F8E4M3)]
    [InlineData(SafetensorsDataType.F8E5M2)]
    public void What_8_bits_hold_comes_back_with_the_same_bits(SafetensorsDataType type)
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)], written = new byte[256];
        float[] values = new float[256];
        TensorConversion.ToFloats(type, bytes, values);
        Assert.Equal(-1, TensorConversion.FromFloats(type, values, written));
        Assert.Equal(bytes.Where((_, i) => !float.IsNaN(values[i])), written.Where((_, i) => !float.IsNaN(values[i])));
    }

    [Theory]
    // From the tables of the OCP specification of 8-bit formats.
    [InlineData(SafetensorsDataType.F8E4M3, 0x7E, 448f)]
    [InlineData(SafetensorsDataType.F8E4M3, 0x08, 0.015625f)]
    [InlineData(SafetensorsDataType.F8E4M3, 0x07, 0.013671875f)]
    [InlineData(SafetensorsDataType.F8E4M3, 0x01, 0.001953125f)]
    [InlineData(SafetensorsDataType.F8E4M3, 0xB8, -1f)]
    [InlineData(SafetensorsDataType.F8E4M3, 0xFF, float.NaN)]
    [InlineData(SafetensorsDataType.F8E5M2, 0x7B, 57344f)]
    [InlineData(SafetensorsDataType.F8E5M2, 0x04, 6.103515625e-5f)]
    [InlineData(SafetensorsDataType.F8E5M2, 0x01, 1.52587890625e-5f)]
    [InlineData(SafetensorsDataType.F8E5M2, 0xFC, float.NegativeInfinity)]
    [InlineData(SafetensorsDataType.F8E5M2, 0x7D, float.NaN)]
    [InlineData(SafetensorsDataType.I8, 0x80, -128f)]
    [InlineData(SafetensorsDataType.U8, 0x80, 128f)]
    public void Reads_eight_bits(SafetensorsDataType type, byte bits, float expected)
    {
        float[] value = new float[1];
        TensorConversion.ToFloats(type, [bits], value);
        Assert.Equal(expected, value[0]);
    }

    [Fact]
    public void Reads_doubles_and_integers_as_the_nearest_floats()
    {
        float[] value = new float[2];
        TensorConversion.ToFloats(SafetensorsDataType.F64, [.. BitConverter.GetBytes(0.1), .. BitConverter.GetBytes(1e300)], value);
        Assert.Equal([0.1f, float.PositiveInfinity], value);
        TensorConversion.ToFloats(SafetensorsDataType.I64, [.. BitConverter.GetBytes(16777217L), .. BitConverter.GetBytes(-3L)], value);
        Assert.Equal([16777216f, -3f], value);
        TensorConversion.ToFloats(SafetensorsDataType.U32, [.. BitConverter.GetBytes(uint.MaxValue), .. BitConverter.GetBytes(7u)], value);
        Assert.Equal([4294967296f, 7f], value);
    }

    /// <summary>The row that the compiler reads says of a type of .NET's what files are written by.</summary>
    [Fact]
    public void Rows_of_tensors_are_those_of_dotnets_types()
    {
        (Type Type, string CSharpName, int Bytes)[] types =
        [
            (typeof(float), "float", sizeof(float)), (typeof(double), "double", sizeof(double)), (typeof(Half), "System.Half", 2),
            (typeof(BFloat16), "GraphCompiler.BFloat16", 2), (typeof(Float8E4M3), "GraphCompiler.Float8E4M3", 1), (typeof(Float8E5M2), "GraphCompiler.Float8E5M2", 1),
            (typeof(long), "long", sizeof(long)), (typeof(int), "int", sizeof(int)), (typeof(short), "short", sizeof(short)),
            (typeof(sbyte), "sbyte", 1), (typeof(byte), "byte", 1), (typeof(bool), "bool", 1),
        ];
        Assert.Equal(StorageTypes.Rows.Length, types.Length);
        foreach (var (type, name, bytes) in types)
        {
            StorageType row = StorageTypes.Rows.Single(row => row.CSharpName == name);
            SafetensorsDataType found = DataTypeTable.Find(type)!.Value;
            Assert.Equal((row.DataType, row.SafetensorsName, 8 * bytes, row.Bits), (found.ToString(), found.Name(), found.Bits(), 8 * bytes));
        }
    }

    [Fact]
    public void Every_type_has_its_row()
    {
        foreach (SafetensorsDataType type in Enum.GetValues<SafetensorsDataType>())
        {
            Assert.Equal(type, DataTypeTable.Find(type.Name()));
            Assert.Equal(type.ToString(), type.Name().Replace("_", "", StringComparison.Ordinal).Replace("BOOL", "Bool", StringComparison.Ordinal));
        }
    }
}
