using GraphCompiler.Kernels;
using GraphCompiler.Kernels.Ilgpu;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>Elementary functions and random numbers for kernels against the CPU's. They need no device: they are ordinary methods.</summary>
public unsafe class DeviceMathTests
{
    /// <summary>In units of the last place; the CPU's functions have fused multiply-adds, the devices' have not.</summary>
    const double MostUnits = 16;

    const int Points = 20_000;

    static float OnCpu(Func<Float128, Float128> function, float x)
    {
        float* lanes = stackalloc float[Float128.Count];
        Float128.Store(lanes, function(Float128.Splat(x)));
        return lanes[0];
    }

    /// <summary>The difference in units of the last place of the larger of the CPU's value and a scale.</summary>
    static void Same(string name, Func<Float128, Float128> expected, Func<float, float> actual, float low, float high, float scale = 1e-30f)
    {
        for (int i = 0; i < Points; i++)
        {
            float x = (float)(low + (high - (double)low) * i / (Points - 1));
            float onCpu = OnCpu(expected, x), onDevice = actual(x);
            double unit = MathF.BitIncrement(MathF.Max(MathF.Abs(onCpu), scale)) - MathF.Max(MathF.Abs(onCpu), scale);
            Assert.True(onCpu.Equals(onDevice) || Math.Abs((double)onCpu - onDevice) <= MostUnits * unit, $"{name}({x:R}) = {onDevice:R}, on the CPU {onCpu:R}");
        }
    }

    static void SameSpecials(string name, Func<Float128, Float128> expected, Func<float, float> actual)
    {
        foreach (float x in new[] { 0f, -0f, 1f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue })
        {
            float onCpu = OnCpu(expected, x), onDevice = actual(x);
            Assert.True(onCpu.Equals(onDevice) || Math.Abs(onCpu - onDevice) <= 1e-6f * MathF.Abs(onCpu), $"{name}({x:R}) = {onDevice:R}, on the CPU {onCpu:R}");
        }
    }

    [Fact]
    public void Functions_are_those_of_the_cpu()
    {
        Same("Exp", VectorMath.Exp, DeviceMath.Exp, -87, 88.7f);
        Same("Log", VectorMath.Log, DeviceMath.Log, 1e-6f, 20, scale: 1e-2f);
        Same("Log", VectorMath.Log, DeviceMath.Log, 1e-40f, 1e-37f);
        Same("Tanh", VectorMath.Tanh, DeviceMath.Tanh, -12, 12);
        Same("Sigmoid", VectorMath.Sigmoid, DeviceMath.Sigmoid, -80, 40);
        Same("Erf", VectorMath.Erf, DeviceMath.Erf, -5, 5);
        Same("Softplus", VectorMath.Softplus, DeviceMath.Softplus, -80, 90);
        Same("Sin", VectorMath.Sin, DeviceMath.Sin, -100, 100, scale: 1);
        Same("Cos", VectorMath.Cos, DeviceMath.Cos, -100, 100, scale: 1);
        Same("Relu", Float128.Relu, DeviceMath.Relu, -3, 3);
        Same("Sign", Float128.Sign, DeviceMath.Sign, -3, 3);
    }

    [Fact]
    public void So_are_their_special_values()
    {
        SameSpecials("Exp", VectorMath.Exp, DeviceMath.Exp);
        SameSpecials("Log", VectorMath.Log, DeviceMath.Log);
        SameSpecials("Tanh", VectorMath.Tanh, DeviceMath.Tanh);
        SameSpecials("Sigmoid", VectorMath.Sigmoid, DeviceMath.Sigmoid);
        SameSpecials("Erf", VectorMath.Erf, DeviceMath.Erf);
        SameSpecials("Softplus", VectorMath.Softplus, DeviceMath.Softplus);
        SameSpecials("Gelu", VectorMath.Gelu, DeviceMath.Gelu);
        SameSpecials("GeluTanh", VectorMath.GeluTanh, DeviceMath.GeluTanh);
        SameSpecials("Silu", VectorMath.Silu, DeviceMath.Silu);
        SameSpecials("GeluSlope", VectorMath.GeluSlope, DeviceMath.GeluSlope);
        SameSpecials("GeluTanhSlope", VectorMath.GeluTanhSlope, DeviceMath.GeluTanhSlope);
        SameSpecials("SiluSlope", VectorMath.SiluSlope, DeviceMath.SiluSlope);
        SameSpecials("Relu", Float128.Relu, DeviceMath.Relu);
        SameSpecials("Sign", Float128.Sign, DeviceMath.Sign);
    }

    [Fact]
    public void Sixteen_bits_hold_what_the_cpu_rounds_to()
    {
        for (uint upper = 0; upper < 0x1_0000; upper++)
        {
            foreach (uint lower in new uint[] { 0, 0x0FFF, 0x1000, 0x1001, 0x3000, 0x7FFF, 0x8000, 0x8001, 0xFFFF })
            {
                float x = BitConverter.UInt32BitsToSingle(upper << 16 | lower);
                float toBFloat16 = DeviceFormats.RoundToBFloat16(x), toFloat16 = DeviceFormats.RoundToFloat16(x);
                Assert.True(OnCpu(BFloat16.Narrow, x).Equals(toBFloat16), $"bfloat16 of {x:R} is {toBFloat16:R}");
                Assert.True(OnCpu(Float16.Narrow, x).Equals(toFloat16), $"binary16 of {x:R} is {toFloat16:R}");
                Assert.Equal(toBFloat16, DeviceFormats.FromBFloat16(DeviceFormats.ToBFloat16(toBFloat16)));
                Assert.Equal(toFloat16, DeviceFormats.FromFloat16(DeviceFormats.ToFloat16(toFloat16)));
                Assert.Equal(BitConverter.HalfToUInt16Bits((Half)toFloat16) & (float.IsNaN(x) ? 0x7C00 : 0xFFFF),
                    DeviceFormats.ToFloat16(toFloat16) & (float.IsNaN(x) ? 0x7C00 : 0xFFFF));
            }
        }
    }

    /// <summary>The upper 16 bits of a float have every tie of both formats.</summary>
    [Fact]
    public void Eight_bits_hold_what_the_cpu_rounds_to()
    {
        for (uint upper = 0; upper < 0x1_0000; upper++)
        {
            foreach (uint lower in new uint[] { 0, 1, 0xFFFF })
            {
                float x = BitConverter.UInt32BitsToSingle(upper << 16 | lower), toE4M3 = Float8E4M3View.Narrow(x), toE5M2 = Float8E5M2View.Narrow(x);
                Assert.True(((float)(Float8E4M3)x).Equals(toE4M3), $"E4M3 of {x:R} is {toE4M3:R}");
                Assert.True(((float)(Float8E5M2)x).Equals(toE5M2), $"E5M2 of {x:R} is {toE5M2:R}");
                Assert.Equal(((Float8E4M3)x).Bits & 0x7F, (int)DeviceFormats.ToBits(MathF.Abs(toE4M3), 4, 3, 448, 0x7F));
                Assert.Equal(((Float8E5M2)x).Bits & 0x7F, (int)DeviceFormats.ToBits(MathF.Abs(toE5M2), 5, 2, 57344, 0x7E));
            }
        }
        for (uint bits = 0; bits < 256; bits++)
        {
            Assert.Equal(Float8E4M3.FromBits((byte)bits), DeviceFormats.FromBits(bits, 4, 3, 448));
            Assert.Equal(Float8E5M2.FromBits((byte)bits), DeviceFormats.FromBits(bits, 5, 2, 57344));
        }
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.NaN)]
    public void The_sine_of_what_is_no_angle_is_no_number(float x)
    {
        Assert.True(float.IsNaN(DeviceMath.Sin(x)), $"sin {x} = {DeviceMath.Sin(x)}");
        Assert.True(float.IsNaN(DeviceMath.Cos(x)), $"cos {x} = {DeviceMath.Cos(x)}");
    }

    [Fact]
    public void Powers_are_those_of_the_cpu()
    {
        float[] bases = [0f, -0f, 1f, -1f, 0.5f, -0.5f, 2f, -2f, 3.7f, 10f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        float[] exponents = [0f, 1f, -1f, 2f, 3f, -3f, 0.5f, -0.5f, 2.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];
        var different = new List<string>();
        foreach (float value in bases)
        {
            foreach (float exponent in exponents)
            {
                float onCpu = OnCpu(x => VectorMath.Power(x, Float128.Splat(exponent)), value), onDevice = DeviceMath.Power(value, exponent);
                if (!onCpu.Equals(onDevice) && !(Math.Abs(onCpu - onDevice) <= 4e-6f * MathF.Abs(onCpu)))
                    different.Add($"{value:R} ^ {exponent:R} = {onDevice:R}, on the CPU {onCpu:R}");
            }
        }
        Assert.Empty(different);
    }

    [Fact]
    public void Larger_and_smaller_keep_what_is_no_number()
    {
        Assert.Equal([2f, 1f], [DeviceMath.Max(1, 2), DeviceMath.Min(1, 2)]);
        Assert.All([DeviceMath.Max(float.NaN, 1), DeviceMath.Max(1, float.NaN), DeviceMath.Min(float.NaN, 1), DeviceMath.Min(1, float.NaN)], x => Assert.True(float.IsNaN(x)));
    }

    [Fact]
    public void Random_numbers_have_the_bits_of_the_cpu()
    {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++)
        {
            ulong seed = (ulong)random.NextInt64(), step = (ulong)random.Next(), index = i % 2 == 0 ? (ulong)i : (ulong)random.NextInt64();
            uint stream = (uint)random.Next(100);
            Assert.Equal(Philox.Uniform(seed, step, stream, index), DevicePhilox.Uniform(seed, step, stream, index));
        }
    }
}
