using GraphCompiler.Kernels.Ilgpu;
using ILGPU;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>A kernel for each function, of one number a group.</summary>
public static class FunctionKernels
{
    public struct Arguments
    {
        public ArrayView<float> Values, Others, Result;

        public readonly float X => Values[Grid.IdxX];

        public readonly float Y => Others[Grid.IdxX];

        public readonly void Return(float value) => Result[Grid.IdxX] = value;
    }

    public static void Max(Arguments a) => a.Return(DeviceMath.Max(a.X, a.Y));

    public static void Min(Arguments a) => a.Return(DeviceMath.Min(a.X, a.Y));

    public static void Relu(Arguments a) => a.Return(DeviceMath.Relu(a.X));

    public static void Sign(Arguments a) => a.Return(DeviceMath.Sign(a.X));

    public static void Truncate(Arguments a) => a.Return(DeviceMath.ToInteger(a.X));

    public static void Exp(Arguments a) => a.Return(DeviceMath.Exp(a.X));

    public static void Log(Arguments a) => a.Return(DeviceMath.Log(a.X));

    public static void Sigmoid(Arguments a) => a.Return(DeviceMath.Sigmoid(a.X));

    public static void Tanh(Arguments a) => a.Return(DeviceMath.Tanh(a.X));

    public static void Erf(Arguments a) => a.Return(DeviceMath.Erf(a.X));

    public static void Softplus(Arguments a) => a.Return(DeviceMath.Softplus(a.X));

    public static void Power(Arguments a) => a.Return(DeviceMath.Power(a.X, a.Y));

    public static void Sin(Arguments a) => a.Return(DeviceMath.Sin(a.X));

    public static void Cos(Arguments a) => a.Return(DeviceMath.Cos(a.X));

    public static void Gelu(Arguments a) => a.Return(DeviceMath.Gelu(a.X));

    public static void GeluSlope(Arguments a) => a.Return(DeviceMath.GeluSlope(a.X));

    public static void GeluTanh(Arguments a) => a.Return(DeviceMath.GeluTanh(a.X));

    public static void GeluTanhSlope(Arguments a) => a.Return(DeviceMath.GeluTanhSlope(a.X));

    public static void Silu(Arguments a) => a.Return(DeviceMath.Silu(a.X));

    public static void SiluSlope(Arguments a) => a.Return(DeviceMath.SiluSlope(a.X));

    public static void RoundToBFloat16(Arguments a) => a.Return(DeviceFormats.RoundToBFloat16(a.X));

    public static void RoundToFloat16(Arguments a) => a.Return(DeviceFormats.RoundToFloat16(a.X));
}
