using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Graphs;

public class ElementTypeTests
{
    [Theory]
    [InlineData(nameof(ElementType.Float32), nameof(ElementType.BFloat16), true)]
    [InlineData(nameof(ElementType.Float32), nameof(ElementType.Float16), true)]
    [InlineData(nameof(ElementType.BFloat16), nameof(ElementType.Float16), false)]
    [InlineData(nameof(ElementType.Float16), nameof(ElementType.BFloat16), false)]
    [InlineData(nameof(ElementType.BFloat16), nameof(ElementType.Float32), false)]
    [InlineData(nameof(ElementType.Float32), nameof(ElementType.Int32), false)]
    [InlineData(nameof(ElementType.Float32), nameof(ElementType.Bool), true)]
    [InlineData(nameof(ElementType.Int32), nameof(ElementType.Bool), true)]
    [InlineData(nameof(ElementType.Bool), nameof(ElementType.Int32), false)]
    [InlineData(nameof(ElementType.Int32), nameof(ElementType.Int16), true)]
    [InlineData(nameof(ElementType.Int16), nameof(ElementType.UInt8), true)]
    [InlineData(nameof(ElementType.Int8), nameof(ElementType.UInt8), false)]
    [InlineData(nameof(ElementType.UInt8), nameof(ElementType.Int8), false)]
    [InlineData(nameof(ElementType.Float32), nameof(ElementType.Int16), true)]
    [InlineData(nameof(ElementType.Float16), nameof(ElementType.Int16), false)]
    [InlineData(nameof(ElementType.Float16), nameof(ElementType.Int8), true)]
    [InlineData(nameof(ElementType.BFloat16), nameof(ElementType.UInt8), true)]
    [InlineData(nameof(ElementType.UInt8), nameof(ElementType.Float16), false)]
    [InlineData(nameof(ElementType.BFloat16), nameof(ElementType.Float8E4M3), true)]
    [InlineData(nameof(ElementType.Float16), nameof(ElementType.Float8E5M2), true)]
    [InlineData(nameof(ElementType.Float8E4M3), nameof(ElementType.Float8E5M2), false)]
    [InlineData(nameof(ElementType.Float8E5M2), nameof(ElementType.Float8E4M3), false)]
    [InlineData(nameof(ElementType.Float64), nameof(ElementType.Float32), true)]
    [InlineData(nameof(ElementType.Float64), nameof(ElementType.Int32), true)]
    [InlineData(nameof(ElementType.Float64), nameof(ElementType.Int64), false)]
    [InlineData(nameof(ElementType.Float32), nameof(ElementType.Float64), false)]
    [InlineData(nameof(ElementType.Int64), nameof(ElementType.Int32), true)]
    [InlineData(nameof(ElementType.Int32), nameof(ElementType.Int64), false)]
    [InlineData(nameof(ElementType.Float32), nameof(ElementType.Int64), false)]
    public void A_type_holds_the_values_of_another(string type, string other, bool expected) =>
        Assert.Equal(expected, Enum.Parse<ElementType>(type).Holds(Enum.Parse<ElementType>(other)));

    [Fact]
    public void What_kernels_compute_in_holds_what_they_load()
    {
        foreach (var type in Enum.GetValues<ElementType>())
        {
            Assert.Equal(type, type.Info().Type);
            Assert.True(type.Arithmetic().Holds(type));
            Assert.Equal(type.Arithmetic(), type.Arithmetic().Arithmetic());
        }
    }

    /// <summary>The numbers of TensorProto.DataType in onnx.proto3, and the names in the description of safetensors.</summary>
    [Theory]
    [InlineData(nameof(ElementType.Float32), 1, "F32")]
    [InlineData(nameof(ElementType.UInt8), 2, "U8")]
    [InlineData(nameof(ElementType.Int8), 3, "I8")]
    [InlineData(nameof(ElementType.Int16), 5, "I16")]
    [InlineData(nameof(ElementType.Int32), 6, "I32")]
    [InlineData(nameof(ElementType.Int64), 7, "I64")]
    [InlineData(nameof(ElementType.Bool), 9, "BOOL")]
    [InlineData(nameof(ElementType.Float16), 10, "F16")]
    [InlineData(nameof(ElementType.Float64), 11, "F64")]
    [InlineData(nameof(ElementType.BFloat16), 16, "BF16")]
    [InlineData(nameof(ElementType.Float8E4M3), 17, "F8_E4M3")]
    [InlineData(nameof(ElementType.Float8E5M2), 19, "F8_E5M2")]
    public void Others_call_a_type_what_is_published(string type, int onnx, string safetensors)
    {
        var row = StorageTypes.Named(type);
        Assert.Equal((onnx, safetensors), (row.OnnxNumber, row.SafetensorsName));
        Assert.Equal(StorageTypes.Rows.Length, Enum.GetValues<ElementType>().Length);
    }

    [Theory]
    [InlineData(nameof(ElementType.BFloat16))]
    [InlineData(nameof(ElementType.Float16))]
    [InlineData(nameof(ElementType.Float8E5M2))]
    public void A_formats_largest_number_stays_and_the_next_is_infinity(string format)
    {
        var type = Enum.Parse<ElementType>(format);
        var form = type.Info().Float!;
        double exponent = Math.Floor(Math.Log2(form.Largest)), unit = Math.Pow(2, exponent - form.MantissaBits);
        Assert.Equal(form.Largest, Casts.Rounded(form.Largest, type));
        Assert.Equal(double.PositiveInfinity, Casts.Rounded(form.Largest + (unit / 2), type));
        Assert.Equal(Math.Pow(2, exponent + 1) - unit, form.Largest);
    }

    [Fact]
    public void Where_a_format_has_no_infinity_the_next_is_no_number()
    {
        Assert.Equal(448, Casts.Rounded(464, ElementType.Float8E4M3));
        Assert.Equal(double.NaN, Casts.Rounded(465, ElementType.Float8E4M3));
        Assert.Equal(double.NaN, Casts.Rounded(double.NegativeInfinity, ElementType.Float8E4M3));
        Assert.Equal(double.NegativeInfinity, Casts.Rounded(double.NegativeInfinity, ElementType.Float8E5M2));
        Assert.Equal(0x7E, ElementType.Float8E4M3.Info().LargestBits);
        Assert.Equal(0x7B, ElementType.Float8E5M2.Info().LargestBits);
    }
}
