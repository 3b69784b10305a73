using System.Numerics;
using GraphCompiler.Ptx.Operations;
using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Conversions between types of numbers, and between addresses.</summary>
static unsafe class ConversionDecoder
{
    public static void Decode(Opcode opcode, ref Instruction instruction)
    {
        if (opcode.Name == "cvta")
            DecodeAddress(opcode, ref instruction);
        else
            DecodeNumber(opcode, ref instruction);
        if (instruction.Execute is null)
            throw opcode.Unknown();
    }

    static void DecodeAddress(Opcode opcode, ref Instruction instruction)
    {
        bool isFromGeneric = opcode.Take("to");
        string? space = opcode.TakeOneOf("global", "shared", "local");
        opcode.Expect(2);
        if (opcode.Type != "u64")
            throw opcode.Unknown();
        instruction.Target = opcode.Target(0, RegisterKind.Bits64);
        instruction.First = opcode.Source(1, RegisterKind.Bits64);
        ulong window = space switch { "shared" => GenericAddress.SharedWindow, "local" => GenericAddress.LocalWindow, _ => 0 };
        instruction.Number = (long)(isFromGeneric ? 0 - window : window);
        instruction.Execute = space switch
        {
            "global" => &Lanes.Copy<ulong>,
            "shared" or "local" => &AddressConversions.Move,
            _ => null,
        };
    }

    static void DecodeNumber(Opcode opcode, ref Instruction instruction)
    {
        string? rounding = opcode.TakeOneOf("rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi", "rna");
        bool isFlushed = opcode.Take("ftz"), isSaturated = opcode.Take("sat");
        string from = opcode.Type;
        string to = opcode.TakeOneOf("s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f16", "f32", "f64", "bf16", "tf32", "bf16x2",
            "f16x2") ?? throw opcode.Unknown("the type is not known.");
        if (isFlushed && from != "f32" && to != "f32")
            throw opcode.Unknown("'.ftz' is not known here.");
        if (to is "bf16x2" or "f16x2")
        {
            DecodePair(opcode, to, from, rounding, isSaturated || isFlushed, ref instruction);
            return;
        }
        opcode.Expect(2);
        bool isFromFloat = from is "f16" or "f32" or "f64" or "bf16", isToFloat = to is "f16" or "f32" or "f64" or "bf16" or "tf32";
        var source = RegisterOf(opcode, 1, from);
        var target = RegisterOf(opcode, 0, to);
        instruction.Target = opcode.Target(0, target);
        instruction.First = opcode.Source(1, source);
        instruction.Execute = (isFromFloat, isToFloat) switch
        {
            (false, false) => rounding is null && !isFlushed ? ToInteger(from, to, target, isSaturated) : null,
            (true, false) => !isFlushed ? Rounded(from, to, target, rounding) : null,
            (false, true) => rounding == "rn" && !isSaturated && !isFlushed ? ToFloat(from, to) : null,
            _ => BetweenFloats(from, to, rounding, isSaturated, isFlushed),
        };
    }

    static void DecodePair(Opcode opcode, string to, string from, string? rounding, bool isOther, ref Instruction instruction)
    {
        opcode.Expect(3);
        if (rounding != "rn" || from != "f32" || isOther)
            throw opcode.Unknown();
        instruction.Target = opcode.Target(0, RegisterKind.Bits32);
        instruction.First = opcode.Source(1, "f32");
        instruction.Second = opcode.Source(2, "f32");
        instruction.Execute = to == "bf16x2" ? &Lanes.Each<float, float, uint, ToBFloat16Pair> : &Lanes.Each<float, float, uint, ToFloat16Pair>;
    }

    /// <summary>A register may be wider than an integer type.</summary>
    static RegisterKind RegisterOf(Opcode opcode, int index, string type)
    {
        var narrowest = type switch
        {
            "s8" or "u8" => RegisterKind.Bits16,
            "tf32" => RegisterKind.Bits32,
            _ => opcode.KindOf(type),
        };
        return type[0] is 's' or 'u' && opcode.KindOfOperand(index) is { } kind && kind > narrowest ? kind : narrowest;
    }

    static Handler ToInteger(string from, string to, RegisterKind target, bool isSaturated)
    {
        if ((from, to, target, isSaturated) is ("s32", "s64", _, false))
            return &WideConversions.Extend;
        if ((from, to, target, isSaturated) is ("u32", "u64" or "s64", _, false))
            return &WideConversions.ExtendUnsigned;
        return from switch
        {
            "s8" => IntegerConversions<sbyte>.To(to, target, isSaturated),
            "u8" => IntegerConversions<byte>.To(to, target, isSaturated),
            "s16" => IntegerConversions<short>.To(to, target, isSaturated),
            "u16" => IntegerConversions<ushort>.To(to, target, isSaturated),
            "s32" => IntegerConversions<int>.To(to, target, isSaturated),
            "u32" => IntegerConversions<uint>.To(to, target, isSaturated),
            "s64" => IntegerConversions<long>.To(to, target, isSaturated),
            "u64" => IntegerConversions<ulong>.To(to, target, isSaturated),
            _ => null,
        };
    }

    static Handler Rounded(string from, string to, RegisterKind target, string? rounding) => rounding switch
    {
        "rni" => FloatConversions<ToEven>.ToInteger(from, to, target),
        "rzi" => FloatConversions<ToZero>.ToInteger(from, to, target),
        "rmi" => FloatConversions<Down>.ToInteger(from, to, target),
        "rpi" => FloatConversions<Up>.ToInteger(from, to, target),
        _ => null,
    };

    static Handler ToFloat(string from, string to) => from switch
    {
        "s8" => OfInteger<sbyte>(to),
        "u8" => OfInteger<byte>(to),
        "s16" => OfInteger<short>(to),
        "u16" => OfInteger<ushort>(to),
        "s32" when to == "f32" => &Lanes.Unary<float, Int32ToSingle>,
        "s32" => OfInteger<int>(to),
        "u32" => OfInteger<uint>(to),
        "s64" => OfInteger<long>(to),
        "u64" => OfInteger<ulong>(to),
        _ => null,
    };

    static Handler OfInteger<TFrom>(string to)
        where TFrom : unmanaged, IBinaryInteger<TFrom>
        => to switch
        {
            "f16" => &Lanes.Each<TFrom, Half, FromInteger<TFrom>>,
            "f32" => &Lanes.Each<TFrom, float, FromInteger<TFrom>>,
            "f64" => &Lanes.Each<TFrom, double, FromInteger<TFrom>>,
            _ => null,
        };

    static Handler BetweenFloats(string from, string to, string? rounding, bool isSaturated, bool isFlushed)
    {
        if (isFlushed)
            return null;
        if (isSaturated)
            return (from, to, rounding) == ("f32", "f32", null) ? &Lanes.Each<float, float, Clamped> : null;
        return (from, to, rounding) switch
        {
            ("f32", "f32", "rmi") => &Lanes.Unary<float, WholeBelow>,
            ("f32", "f32", _) => Whole<float>(rounding),
            ("f64", "f64", _) => Whole<double>(rounding),
            ("f16", "f16", _) => Whole<Half>(rounding),
            ("f16", "f32", null) => &Lanes.Each<Half, float, ToFloat<Half, float>>,
            ("f16", "f64", null) => &Lanes.Each<Half, double, ToFloat<Half, double>>,
            ("f32", "f64", null) => &Lanes.Each<float, double, ToFloat<float, double>>,
            ("bf16", "f32", null) => &Lanes.Each<ushort, float, FromBFloat16>,
            ("f32", "f16", "rn") => &Lanes.Each<float, Half, ToFloat<float, Half>>,
            ("f64", "f16", "rn") => &Lanes.Each<double, Half, ToFloat<double, Half>>,
            ("f64", "f32", "rn") => &Lanes.Each<double, float, ToFloat<double, float>>,
            ("f32", "bf16", "rn") => &Lanes.Each<float, ushort, ToBFloat16>,
            ("f32", "tf32", "rna") => &Lanes.Each<float, uint, ToTensorFloat32>,
            _ => null,
        };
    }

    static Handler Whole<T>(string? rounding)
        where T : unmanaged, IFloatingPointIeee754<T>
        => rounding switch
        {
            "rni" => &Lanes.Each<T, T, Whole<T, ToEven>>,
            "rzi" => &Lanes.Each<T, T, Whole<T, ToZero>>,
            "rmi" => &Lanes.Each<T, T, Whole<T, Down>>,
            "rpi" => &Lanes.Each<T, T, Whole<T, Up>>,
            _ => null,
        };
}
