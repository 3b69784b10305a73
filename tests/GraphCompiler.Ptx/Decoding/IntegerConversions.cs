using System.Numerics;
using GraphCompiler.Ptx.Operations;
using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Conversions of one integer type to others, in registers that may be wider.</summary>
static unsafe class IntegerConversions<TFrom>
    where TFrom : unmanaged, IBinaryInteger<TFrom>
{
    public static Handler To(string to, RegisterKind register, bool isSaturated) => to switch
    {
        "s8" => Signed<sbyte>(register, isSaturated),
        "s16" => Signed<short>(register, isSaturated),
        "s32" => Signed<int>(register, isSaturated),
        "s64" => Signed<long>(register, isSaturated),
        "u8" => Unsigned<byte>(register, isSaturated),
        "u16" => Unsigned<ushort>(register, isSaturated),
        "u32" => Unsigned<uint>(register, isSaturated),
        "u64" => Unsigned<ulong>(register, isSaturated),
        _ => null,
    };

    static Handler Signed<TTo>(RegisterKind register, bool isSaturated)
        where TTo : unmanaged, IBinaryInteger<TTo>
        => register switch
        {
            RegisterKind.Bits16 => In<TTo, short>(isSaturated),
            RegisterKind.Bits32 => In<TTo, int>(isSaturated),
            _ => In<TTo, long>(isSaturated),
        };

    static Handler Unsigned<TTo>(RegisterKind register, bool isSaturated)
        where TTo : unmanaged, IBinaryInteger<TTo>
        => register switch
        {
            RegisterKind.Bits16 => In<TTo, ushort>(isSaturated),
            RegisterKind.Bits32 => In<TTo, uint>(isSaturated),
            _ => In<TTo, ulong>(isSaturated),
        };

    static Handler In<TTo, TRegister>(bool isSaturated)
        where TTo : unmanaged, IBinaryInteger<TTo>
        where TRegister : unmanaged, IBinaryInteger<TRegister>
        => isSaturated ? &Lanes.Each<TFrom, TRegister, Saturated<TFrom, TTo, TRegister>> : &Lanes.Each<TFrom, TRegister, Resized<TFrom, TTo, TRegister>>;
}

/// <summary>Conversions of floating-point numbers to integers with one rounding.</summary>
static unsafe class FloatConversions<TRounding>
    where TRounding : IRounding
{
    public static Handler ToInteger(string from, string to, RegisterKind register) => from switch
    {
        "f16" => Of<Half>(to, register),
        "f32" => Of<float>(to, register),
        "f64" => Of<double>(to, register),
        _ => null,
    };

    static Handler Of<TFrom>(string to, RegisterKind register)
        where TFrom : unmanaged, IFloatingPointIeee754<TFrom>
        => to switch
        {
            "s8" => Signed<TFrom, sbyte>(register),
            "s16" => Signed<TFrom, short>(register),
            "s32" => Signed<TFrom, int>(register),
            "s64" => Signed<TFrom, long>(register),
            "u8" => Unsigned<TFrom, byte>(register),
            "u16" => Unsigned<TFrom, ushort>(register),
            "u32" => Unsigned<TFrom, uint>(register),
            "u64" => Unsigned<TFrom, ulong>(register),
            _ => null,
        };

    static Handler Signed<TFrom, TTo>(RegisterKind register)
        where TFrom : unmanaged, IFloatingPointIeee754<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>
        => register switch
        {
            RegisterKind.Bits16 => &Lanes.Each<TFrom, short, ToInteger<TFrom, TTo, short, TRounding>>,
            RegisterKind.Bits32 => &Lanes.Each<TFrom, int, ToInteger<TFrom, TTo, int, TRounding>>,
            _ => &Lanes.Each<TFrom, long, ToInteger<TFrom, TTo, long, TRounding>>,
        };

    static Handler Unsigned<TFrom, TTo>(RegisterKind register)
        where TFrom : unmanaged, IFloatingPointIeee754<TFrom>
        where TTo : unmanaged, IBinaryInteger<TTo>
        => register switch
        {
            RegisterKind.Bits16 => &Lanes.Each<TFrom, ushort, ToInteger<TFrom, TTo, ushort, TRounding>>,
            RegisterKind.Bits32 => &Lanes.Each<TFrom, uint, ToInteger<TFrom, TTo, uint, TRounding>>,
            _ => &Lanes.Each<TFrom, ulong, ToInteger<TFrom, TTo, ulong, TRounding>>,
        };
}
