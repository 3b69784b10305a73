using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace GraphCompiler.Ptx.Operations;

readonly struct AddEach<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => unchecked(a + b);
}

readonly struct SubtractEach<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => unchecked(a - b);
}

readonly struct MultiplyEach<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => unchecked(a * b);
}

readonly struct AndEach<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => a & b;
}

readonly struct OrEach<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => a | b;
}

readonly struct XorEach<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => a ^ b;
}

readonly struct NotEach<T> : IUnary<T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a) => ~a;
}

readonly struct NegateEach<T> : IUnary<T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a) => unchecked(-a);
}

readonly struct AbsoluteEach<T> : IUnary<T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a) => T.IsNegative(a) ? unchecked(-a) : a;
}

readonly struct SmallerEach<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => T.Min(a, b);
}

readonly struct LargerEach<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => T.Max(a, b);
}

/// <summary>Of a division by zero PTX says nothing; devices give all ones.</summary>
readonly struct Quotient<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => T.IsZero(b) ? T.AllBitsSet : b == T.AllBitsSet && T.IsNegative(b) ? unchecked(-a) : a / b;
}

/// <inheritdoc cref="Quotient{T}"/>
readonly struct Remainder<T> : IBinary<T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b) => T.IsZero(b) ? a : b == T.AllBitsSet && T.IsNegative(b) ? T.Zero : a % b;
}

/// <summary>The upper half of a product.</summary>
readonly struct HighProduct
    : IBinary<int, int, int>, IBinary<uint, uint, uint>, IBinary<long, long, long>, IBinary<ulong, ulong, ulong>, IBinary<short, short, short>, IBinary<ushort, ushort, ushort>
{
    public static int Of(int a, int b) => (int)((long)a * b >> 32);

    public static uint Of(uint a, uint b) => (uint)((ulong)a * b >> 32);

    public static long Of(long a, long b) => Math.BigMul(a, b, out _);

    public static ulong Of(ulong a, ulong b) => Math.BigMul(a, b, out _);

    public static short Of(short a, short b) => (short)(a * b >> 16);

    public static ushort Of(ushort a, ushort b) => (ushort)(a * b >> 16);
}

/// <summary>The whole of a product.</summary>
readonly struct WideProduct : IBinary<int, int, long>, IBinary<uint, uint, ulong>, IBinary<short, short, int>, IBinary<ushort, ushort, uint>
{
    public static long Of(int a, int b) => (long)a * b;

    public static ulong Of(uint a, uint b) => (ulong)a * b;

    public static int Of(short a, short b) => a * b;

    public static uint Of(ushort a, ushort b) => (uint)a * b;
}

readonly struct WideProductAdd : ITernary<int, int, long, long>, ITernary<uint, uint, ulong, ulong>, ITernary<short, short, int, int>, ITernary<ushort, ushort, uint, uint>
{
    public static long Of(int a, int b, long c) => (long)a * b + c;

    public static ulong Of(uint a, uint b, ulong c) => (ulong)a * b + c;

    public static int Of(short a, short b, int c) => a * b + c;

    public static uint Of(ushort a, ushort b, uint c) => (uint)a * b + c;
}

readonly struct HighProductAdd : ITernary<int, int, int, int>, ITernary<uint, uint, uint, uint>, ITernary<long, long, long, long>, ITernary<ulong, ulong, ulong, ulong>
{
    public static int Of(int a, int b, int c) => HighProduct.Of(a, b) + c;

    public static uint Of(uint a, uint b, uint c) => HighProduct.Of(a, b) + c;

    public static long Of(long a, long b, long c) => HighProduct.Of(a, b) + c;

    public static ulong Of(ulong a, ulong b, ulong c) => HighProduct.Of(a, b) + c;
}

readonly struct MultiplyAddEach<T> : ITernary<T, T, T, T>
    where T : IBinaryInteger<T>
{
    public static T Of(T a, T b, T c) => unchecked(a * b + c);
}

/// <summary>Shifts by as many bits as there are and more leave zeros.</summary>
readonly struct ShiftLeft : IVectorBinary<uint>, IBinary<ushort, uint, ushort>, IBinary<ulong, uint, ulong>
{
    public static Vector256<uint> Of(Vector256<uint> a, Vector256<uint> b)
        => Avx2.IsSupported ? Avx2.ShiftLeftLogicalVariable(a, b) : Functions.Each(a, b, (x, by) => by > 31 ? 0 : x << (int)by);

    public static ushort Of(ushort a, uint b) => (ushort)(b > 15 ? 0 : a << (int)b);

    public static ulong Of(ulong a, uint b) => b > 63 ? 0 : a << (int)b;
}

/// <inheritdoc cref="ShiftLeft"/>
readonly struct ShiftRight : IVectorBinary<uint>, IBinary<ushort, uint, ushort>, IBinary<ulong, uint, ulong>
{
    public static Vector256<uint> Of(Vector256<uint> a, Vector256<uint> b)
        => Avx2.IsSupported ? Avx2.ShiftRightLogicalVariable(a, b) : Functions.Each(a, b, (x, by) => by > 31 ? 0 : x >> (int)by);

    public static ushort Of(ushort a, uint b) => (ushort)(b > 15 ? 0 : a >> (int)b);

    public static ulong Of(ulong a, uint b) => b > 63 ? 0 : a >> (int)b;
}

/// <summary>Shifts by as many bits as there are and more leave the sign.</summary>
readonly struct ShiftRightSigned : IVectorBinary<uint>, IBinary<short, uint, short>, IBinary<long, uint, long>
{
    public static Vector256<uint> Of(Vector256<uint> a, Vector256<uint> b) =>
        Avx2.IsSupported ? Avx2.ShiftRightArithmeticVariable(a.AsInt32(), b).AsUInt32() : Functions.Each(a, b, (x, by) => (uint)((int)x >> (int)Math.Min(by, 31)));

    public static short Of(short a, uint b) => (short)(a >> (int)Math.Min(b, 15));

    public static long Of(long a, uint b) => a >> (int)Math.Min(b, 63);
}

readonly struct SetBits : IUnary<uint, uint>, IUnary<ulong, uint>
{
    public static uint Of(uint a) => (uint)BitOperations.PopCount(a);

    public static uint Of(ulong a) => (uint)BitOperations.PopCount(a);
}

readonly struct LeadingZeros : IUnary<uint, uint>, IUnary<ulong, uint>
{
    public static uint Of(uint a) => (uint)BitOperations.LeadingZeroCount(a);

    public static uint Of(ulong a) => (uint)BitOperations.LeadingZeroCount(a);
}

readonly struct Reversed : IUnary<uint, uint>, IUnary<ulong, ulong>
{
    public static uint Of(uint a)
    {
        uint reversed = 0;
        for (int i = 0; i < 32; i++)
            reversed |= (a >> i & 1) << 31 - i;
        return reversed;
    }

    public static ulong Of(ulong a) => (ulong)Of((uint)a) << 32 | Of((uint)(a >> 32));
}
