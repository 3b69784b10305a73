using System.Runtime.Intrinsics;

namespace GraphCompiler.Ptx.Operations;

// Floating-point results that are no number have one pattern of bits, as on a device.

/// <summary>Floating-point numbers as a device keeps them.</summary>
static class Floats
{
    public static Vector256<float> Canonical(Vector256<float> value) =>
        Vector256.ConditionalSelect(Vector256.Equals(value, value), value, Vector256.Create(0x7FFF_FFFF).AsSingle());

    public static Vector256<double> Canonical(Vector256<double> value) =>
        Vector256.ConditionalSelect(Vector256.Equals(value, value), value, Vector256.Create(0x7FFF_FFFF_FFFF_FFFFL).AsDouble());

    public static float Canonical(float value) => float.IsNaN(value) ? BitConverter.UInt32BitsToSingle(0x7FFF_FFFF) : value;

    public static double Canonical(double value) => double.IsNaN(value) ? BitConverter.UInt64BitsToDouble(0x7FFF_FFFF_FFFF_FFFF) : value;

    public static Half Canonical(Half value) => Half.IsNaN(value) ? BitConverter.UInt16BitsToHalf(0x7FFF) : value;

    /// <summary>Numbers below the normal ones become zeros of their sign.</summary>
    public static Vector256<float> Flush(Vector256<float> value)
    {
        var bits = value.AsUInt32();
        var isSmall = Vector256.Equals(bits & Vector256.Create(0x7F80_0000u), Vector256<uint>.Zero);
        return Vector256.ConditionalSelect(isSmall, bits & Vector256.Create(0x8000_0000u), bits).AsSingle();
    }
}

readonly struct Add<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => a + b;
}

readonly struct Subtract<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => a - b;
}

readonly struct Multiply<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => a * b;
}

readonly struct MultiplyAdd<T> : IVectorTernary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b, Vector256<T> c) => a * b + c;
}

readonly struct And<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => a & b;
}

readonly struct Or<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => a | b;
}

readonly struct Xor<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => a ^ b;
}

readonly struct Not<T> : IVectorUnary<T>
{
    public static Vector256<T> Of(Vector256<T> a) => ~a;
}

readonly struct Negate<T> : IVectorUnary<T>
{
    public static Vector256<T> Of(Vector256<T> a) => -a;
}

readonly struct Absolute<T> : IVectorUnary<T>
{
    public static Vector256<T> Of(Vector256<T> a) => Vector256.Abs(a);
}

readonly struct Smaller<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.Min(a, b);
}

readonly struct Larger<T> : IVectorBinary<T>
{
    public static Vector256<T> Of(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);
}

readonly struct AddFloats : IVectorBinary<float>, IVectorBinary<double>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b) => Floats.Canonical(a + b);

    public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Floats.Canonical(a + b);
}

readonly struct SubtractFloats : IVectorBinary<float>, IVectorBinary<double>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b) => Floats.Canonical(a - b);

    public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Floats.Canonical(a - b);
}

readonly struct MultiplyFloats : IVectorBinary<float>, IVectorBinary<double>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b) => Floats.Canonical(a * b);

    public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Floats.Canonical(a * b);
}

readonly struct DivideFloats : IVectorBinary<float>, IVectorBinary<double>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b) => Floats.Canonical(a / b);

    public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Floats.Canonical(a / b);
}

readonly struct FusedMultiplyAdd : IVectorTernary<float>, IVectorTernary<double>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Floats.Canonical(Vector256.FusedMultiplyAdd(a, b, c));

    public static Vector256<double> Of(Vector256<double> a, Vector256<double> b, Vector256<double> c) => Floats.Canonical(Vector256.FusedMultiplyAdd(a, b, c));
}

/// <summary>The smaller; of a number and none the number.</summary>
readonly struct SmallerFloat : IVectorBinary<float>, IVectorBinary<double>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b) => Floats.Canonical(Vector256.MinNumber(a, b));

    public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Floats.Canonical(Vector256.MinNumber(a, b));
}

/// <inheritdoc cref="SmallerFloat"/>
readonly struct LargerFloat : IVectorBinary<float>, IVectorBinary<double>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b) => Floats.Canonical(Vector256.MaxNumber(a, b));

    public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Floats.Canonical(Vector256.MaxNumber(a, b));
}

/// <summary>The smaller; none if one is none.</summary>
readonly struct SmallerOrNone : IVectorBinary<float>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b) => Floats.Canonical(Vector256.Min(a, b));
}

/// <inheritdoc cref="SmallerOrNone"/>
readonly struct LargerOrNone : IVectorBinary<float>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b) => Floats.Canonical(Vector256.Max(a, b));
}

readonly struct SquareRoot : IVectorUnary<float>, IVectorUnary<double>
{
    public static Vector256<float> Of(Vector256<float> a) => Floats.Canonical(Vector256.Sqrt(a));

    public static Vector256<double> Of(Vector256<double> a) => Floats.Canonical(Vector256.Sqrt(a));
}

readonly struct Reciprocal : IVectorUnary<float>, IVectorUnary<double>
{
    public static Vector256<float> Of(Vector256<float> a) => Floats.Canonical(Vector256<float>.One / a);

    public static Vector256<double> Of(Vector256<double> a) => Floats.Canonical(Vector256<double>.One / a);
}

/// <summary>An operation between numbers below the normal ones taken as zeros, and given as zeros.</summary>
readonly struct Flushed<TOperation> : IVectorUnary<float>
    where TOperation : IVectorUnary<float>
{
    public static Vector256<float> Of(Vector256<float> a) => Floats.Flush(TOperation.Of(Floats.Flush(a)));
}

/// <inheritdoc cref="Flushed{TOperation}"/>
readonly struct FlushedBinary<TOperation> : IVectorBinary<float>
    where TOperation : IVectorBinary<float>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b) => Floats.Flush(TOperation.Of(Floats.Flush(a), Floats.Flush(b)));
}

/// <inheritdoc cref="Flushed{TOperation}"/>
readonly struct FlushedTernary<TOperation> : IVectorTernary<float>
    where TOperation : IVectorTernary<float>
{
    public static Vector256<float> Of(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Floats.Flush(TOperation.Of(Floats.Flush(a), Floats.Flush(b), Floats.Flush(c)));
}

// What devices compute approximately is computed here in double precision and rounded once.

readonly struct PowerOfTwo : IVectorUnary<float>
{
    public static Vector256<float> Of(Vector256<float> a)
    {
        var (low, high) = Vector256.Widen(a);
        return Floats.Canonical(Vector256.Narrow(Vector256.Exp(low * Vector256.Create(double.Log(2))), Vector256.Exp(high * Vector256.Create(double.Log(2)))));
    }
}

readonly struct LogarithmToTwo : IVectorUnary<float>
{
    public static Vector256<float> Of(Vector256<float> a) => Functions.Each(a, double.Log2);
}

readonly struct Sine : IVectorUnary<float>
{
    public static Vector256<float> Of(Vector256<float> a) => Functions.Each(a, double.Sin);
}

readonly struct Cosine : IVectorUnary<float>
{
    public static Vector256<float> Of(Vector256<float> a) => Functions.Each(a, double.Cos);
}

readonly struct HyperbolicTangent : IVectorUnary<float>
{
    public static Vector256<float> Of(Vector256<float> a) => Functions.Each(a, double.Tanh);
}

readonly struct ReciprocalRoot : IVectorUnary<float>
{
    public static Vector256<float> Of(Vector256<float> a) => Functions.Each(a, x => 1 / double.Sqrt(x));
}

static class Functions
{
    public static Vector256<float> Each(Vector256<float> a, Func<double, double> function)
    {
        var result = a;
        for (int i = 0; i < Vector256<float>.Count; i++)
            result = result.WithElement(i, (float)function(a[i]));
        return Floats.Canonical(result);
    }

    public static Vector256<uint> Each(Vector256<uint> a, Vector256<uint> b, Func<uint, uint, uint> function)
    {
        var result = a;
        for (int i = 0; i < Vector256<uint>.Count; i++)
            result = result.WithElement(i, function(a[i], b[i]));
        return result;
    }
}
