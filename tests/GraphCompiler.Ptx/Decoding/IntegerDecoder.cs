using System.Numerics;
using GraphCompiler.Ptx.Operations;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Arithmetic on integers and bits.</summary>
static unsafe class IntegerDecoder
{
    public static void DecodeArithmetic(Opcode opcode, ref Instruction instruction)
    {
        string type = opcode.Type;
        string? part = opcode.Name is "mul" or "mad" ? opcode.TakeOneOf("lo", "hi", "wide") ?? throw opcode.Unknown("'.lo', '.hi' or '.wide' is expected.") : null;
        int sources = opcode.Name is "mad" ? 3 : opcode.Name is "neg" or "abs" ? 1 : 2;
        opcode.Expect(sources + 1);
        string wide = part != "wide" ? type : type switch { "s16" => "s32", "u16" => "u32", "s32" => "s64", "u32" => "u64", _ => throw opcode.Unknown() };
        instruction.Target = opcode.Target(0, wide);
        instruction.First = opcode.Source(1, type);
        instruction.Second = sources > 1 ? opcode.Source(2, type) : 0;
        instruction.Third = sources > 2 ? opcode.Source(3, wide) : 0;
        instruction.Execute = (opcode.Name, part) switch
        {
            ("mul" or "mad", "hi") => High(opcode.Name, type),
            ("mul" or "mad", "wide") => Wide(opcode.Name, type),
            _ => OfType(opcode.Name, type),
        };
        if (instruction.Execute is null)
            throw opcode.Unknown();
    }

    static Handler OfType(string name, string type) => type switch
    {
        "s16" => Narrow<short>(name),
        "u16" => Narrow<ushort>(name),
        "s32" => Vector<int>(name),
        "u32" => Vector<uint>(name),
        "s64" => Vector<long>(name),
        "u64" => Vector<ulong>(name),
        _ => null,
    };

    static Handler Vector<T>(string name)
        where T : unmanaged, IBinaryInteger<T>
        => name switch
        {
            "add" => &Lanes.Binary<T, Add<T>>,
            "sub" => &Lanes.Binary<T, Subtract<T>>,
            "mul" => &Lanes.Binary<T, Multiply<T>>,
            "mad" => &Lanes.Ternary<T, MultiplyAdd<T>>,
            "min" => &Lanes.Binary<T, Smaller<T>>,
            "max" => &Lanes.Binary<T, Larger<T>>,
            _ => Narrow<T>(name),
        };

    static Handler Narrow<T>(string name)
        where T : unmanaged, IBinaryInteger<T>
        => name switch
        {
            "add" => &Lanes.Each<T, T, T, AddEach<T>>,
            "sub" => &Lanes.Each<T, T, T, SubtractEach<T>>,
            "mul" => &Lanes.Each<T, T, T, MultiplyEach<T>>,
            "mad" => &Lanes.Each<T, T, T, T, MultiplyAddEach<T>>,
            "min" => &Lanes.Each<T, T, T, SmallerEach<T>>,
            "max" => &Lanes.Each<T, T, T, LargerEach<T>>,
            "div" => &Lanes.Each<T, T, T, Quotient<T>>,
            "rem" => &Lanes.Each<T, T, T, Remainder<T>>,
            "neg" when T.IsNegative(T.AllBitsSet) => &Lanes.Each<T, T, NegateEach<T>>,
            "abs" when T.IsNegative(T.AllBitsSet) => &Lanes.Each<T, T, AbsoluteEach<T>>,
            _ => null,
        };

    static Handler High(string name, string type) => (name, type) switch
    {
        ("mul", "s16") => &Lanes.Each<short, short, short, HighProduct>,
        ("mul", "u16") => &Lanes.Each<ushort, ushort, ushort, HighProduct>,
        ("mul", "s32") => &Lanes.Each<int, int, int, HighProduct>,
        ("mul", "u32") => &Lanes.Each<uint, uint, uint, HighProduct>,
        ("mul", "s64") => &Lanes.Each<long, long, long, HighProduct>,
        ("mul", "u64") => &Lanes.Each<ulong, ulong, ulong, HighProduct>,
        ("mad", "s32") => &Lanes.Each<int, int, int, int, HighProductAdd>,
        ("mad", "u32") => &Lanes.Each<uint, uint, uint, uint, HighProductAdd>,
        ("mad", "s64") => &Lanes.Each<long, long, long, long, HighProductAdd>,
        ("mad", "u64") => &Lanes.Each<ulong, ulong, ulong, ulong, HighProductAdd>,
        _ => null,
    };

    static Handler Wide(string name, string type) => (name, type) switch
    {
        ("mul", "s16") => &Lanes.Each<short, short, int, WideProduct>,
        ("mul", "u16") => &Lanes.Each<ushort, ushort, uint, WideProduct>,
        ("mul", "s32") => &Lanes.Each<int, int, long, WideProduct>,
        ("mul", "u32") => &WideConversions.MultiplyUnsigned,
        ("mad", "s16") => &Lanes.Each<short, short, int, int, WideProductAdd>,
        ("mad", "u16") => &Lanes.Each<ushort, ushort, uint, uint, WideProductAdd>,
        ("mad", "s32") => &Lanes.Each<int, int, long, long, WideProductAdd>,
        ("mad", "u32") => &Lanes.Each<uint, uint, ulong, ulong, WideProductAdd>,
        _ => null,
    };

    public static void DecodeBits(Opcode opcode, ref Instruction instruction)
    {
        string type = opcode.Type, name = opcode.Name;
        int sources = name is "not" or "popc" or "clz" or "brev" ? 1 : 2;
        opcode.Expect(sources + 1);
        instruction.Target = opcode.Target(0, name is "popc" or "clz" ? "b32" : type);
        instruction.First = opcode.Source(1, type);
        instruction.Second = sources > 1 ? opcode.Source(2, name is "shl" or "shr" ? "b32" : type) : 0;
        instruction.Execute = name is "shl" or "shr" ? Shift(name, type) : type switch
        {
            "pred" => OfPredicates(name),
            "b16" => OfBits<ushort>(name),
            "b32" => OfWords<uint>(name),
            "b64" => OfWords<ulong>(name),
            _ => null,
        };
        if (instruction.Execute is null)
            throw opcode.Unknown();
    }

    static Handler OfWords<T>(string name)
        where T : unmanaged, IBinaryInteger<T>
        => (name, sizeof(T)) switch
        {
            ("and", _) => &Lanes.Binary<T, And<T>>,
            ("or", _) => &Lanes.Binary<T, Or<T>>,
            ("xor", _) => &Lanes.Binary<T, Xor<T>>,
            ("not", _) => &Lanes.Unary<T, Not<T>>,
            ("popc", 4) => &Lanes.Each<uint, uint, SetBits>,
            ("popc", 8) => &Lanes.Each<ulong, uint, SetBits>,
            ("clz", 4) => &Lanes.Each<uint, uint, LeadingZeros>,
            ("clz", 8) => &Lanes.Each<ulong, uint, LeadingZeros>,
            ("brev", 4) => &Lanes.Each<uint, uint, Reversed>,
            ("brev", 8) => &Lanes.Each<ulong, ulong, Reversed>,
            _ => null,
        };

    static Handler OfBits<T>(string name)
        where T : unmanaged, IBinaryInteger<T>
        => name switch
        {
            "and" => &Lanes.Each<T, T, T, AndEach<T>>,
            "or" => &Lanes.Each<T, T, T, OrEach<T>>,
            "xor" => &Lanes.Each<T, T, T, XorEach<T>>,
            "not" => &Lanes.Each<T, T, NotEach<T>>,
            _ => null,
        };

    static Handler OfPredicates(string name) => name switch
    {
        "and" => &Comparisons.And,
        "or" => &Comparisons.Or,
        "xor" => &Comparisons.Xor,
        "not" => &Comparisons.Not,
        _ => null,
    };

    static Handler Shift(string name, string type) => (name, type) switch
    {
        ("shl", "b16") => &Lanes.Each<ushort, uint, ushort, ShiftLeft>,
        ("shl", "b32") => &Lanes.Binary<uint, ShiftLeft>,
        ("shl", "b64") => &Lanes.Each<ulong, uint, ulong, ShiftLeft>,
        ("shr", "b16" or "u16") => &Lanes.Each<ushort, uint, ushort, ShiftRight>,
        ("shr", "b32" or "u32") => &Lanes.Binary<uint, ShiftRight>,
        ("shr", "b64" or "u64") => &Lanes.Each<ulong, uint, ulong, ShiftRight>,
        ("shr", "s16") => &Lanes.Each<short, uint, short, ShiftRightSigned>,
        ("shr", "s32") => &Lanes.Binary<uint, ShiftRightSigned>,
        ("shr", "s64") => &Lanes.Each<long, uint, long, ShiftRightSigned>,
        _ => null,
    };
}
