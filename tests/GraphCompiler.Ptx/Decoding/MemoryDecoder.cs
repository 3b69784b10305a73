using GraphCompiler.Ptx.Operations;
using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Loads and stores.</summary>
static unsafe class MemoryDecoder
{
    public static int[] Decode(Opcode opcode, ref Instruction instruction)
    {
        bool isLoad = opcode.Name == "ld";
        // All accesses go to memory at once here, and in the order of the program: caches and their hints change nothing.
        opcode.Take("volatile");
        opcode.Take("relaxed");
        opcode.Take("weak");
        string? space = opcode.TakeOneOf("global", "shared", "local", "param");
        if (space == "global" && isLoad)
            opcode.Take("nc");
        _ = opcode.TakeOneOf("ca", "cg", "cs", "lu", "cv", "wb", "wt");
        string? vector = opcode.TakeOneOf("v2", "v4");
        opcode.Expect(2);
        int data = isLoad ? 0 : 1;
        var (place, isWide, displacement) = opcode.Address(isLoad ? 1 : 0);
        instruction.First = place;
        instruction.Number = displacement;
        instruction.Count = vector is null ? 1 : vector[1] - '0';
        var kind = RegisterOf(opcode, data);
        int[] places = isLoad ? opcode.Targets(data, kind) : opcode.Sources(data, kind, opcode.Type);
        if (places.Length != instruction.Count)
            throw opcode.Unknown($"{instruction.Count} places are expected.");
        if (space == "param")
            DecodeParameter(opcode, kind, isLoad, ref instruction);
        else
            instruction.Execute = Find(opcode.Type, kind, space, isWide, isLoad);
        if (instruction.Execute is null)
            throw opcode.Unknown();
        return places;
    }

    /// <summary>A register may be wider than what it is loaded from or stored to.</summary>
    static RegisterKind RegisterOf(Opcode opcode, int index)
    {
        int bits = int.Parse(opcode.Type.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
        var narrowest = bits switch
        {
            8 or 16 => RegisterKind.Bits16,
            32 => RegisterKind.Bits32,
            64 => RegisterKind.Bits64,
            _ => throw opcode.Unknown(),
        };
        var operand = opcode.Statement.Operands[index] is VectorOperand vector ? vector.Places.FirstOrDefault(o => o is RegisterOperand) : opcode.Statement.Operands[index];
        return operand is RegisterOperand { Register.Kind: var kind } && kind > narrowest ? kind : narrowest;
    }

    static void DecodeParameter(Opcode opcode, RegisterKind kind, bool isLoad, ref Instruction instruction)
    {
        if (!isLoad || opcode.Statement.Operands[1] is not AddressOperand { Base: VariableOperand { Variable: { Space: StateSpace.Parameter } variable } } address)
            throw opcode.Unknown("only a kernel's parameters are known as such.");
        int bytes = int.Parse(opcode.Type.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture) / 8 * instruction.Count;
        if (address.Displacement < 0 || address.Displacement + bytes > variable.Bytes)
            throw opcode.Unknown($"the parameter has {variable.Bytes} bytes.");
        instruction.Number = variable.Offset + address.Displacement;
        instruction.Execute = Of<ParameterAccess>(opcode.Type, kind);
    }

    static Handler Find(string type, RegisterKind kind, string? space, bool isWide, bool isLoad) => (space, isWide, isLoad) switch
    {
        ("global", true, true) => Of<LoadAccess<GlobalSpace, WideAddress>>(type, kind),
        ("global", true, false) => Of<StoreAccess<GlobalSpace, WideAddress>>(type, kind),
        ("shared", true, true) => Of<LoadAccess<SharedSpace, WideAddress>>(type, kind),
        ("shared", true, false) => Of<StoreAccess<SharedSpace, WideAddress>>(type, kind),
        ("shared", false, true) => Of<LoadAccess<SharedSpace, NarrowAddress>>(type, kind),
        ("shared", false, false) => Of<StoreAccess<SharedSpace, NarrowAddress>>(type, kind),
        ("local", true, true) => Of<LoadAccess<LocalSpace, WideAddress>>(type, kind),
        ("local", true, false) => Of<StoreAccess<LocalSpace, WideAddress>>(type, kind),
        ("local", false, true) => Of<LoadAccess<LocalSpace, NarrowAddress>>(type, kind),
        ("local", false, false) => Of<StoreAccess<LocalSpace, NarrowAddress>>(type, kind),
        (null, true, true) => Of<GenericLoadAccess>(type, kind),
        (null, true, false) => Of<GenericStoreAccess>(type, kind),
        _ => null,
    };

    /// <summary>The access of a type in a register of a width; a signed number goes on in a wider register.</summary>
    static Handler Of<TAccess>(string type, RegisterKind kind)
        where TAccess : IAccess
        => (type, kind) switch
        {
            ("s8", RegisterKind.Bits16) => TAccess.Of<sbyte, ushort>(),
            ("s8", RegisterKind.Bits32) => TAccess.Of<sbyte, uint>(),
            ("s8", RegisterKind.Bits64) => TAccess.Of<sbyte, ulong>(),
            ("b8" or "u8", RegisterKind.Bits64) => TAccess.Of<byte, ulong>(),
            ("b8" or "u8", _) => TAccess.Of<byte, uint>(),
            ("s16", RegisterKind.Bits32) => TAccess.Of<short, uint>(),
            ("s16", RegisterKind.Bits64) => TAccess.Of<short, ulong>(),
            ("b16" or "u16" or "f16", RegisterKind.Bits64) => TAccess.Of<ushort, ulong>(),
            ("b16" or "u16" or "s16" or "f16", _) => TAccess.Of<ushort, uint>(),
            ("s32", RegisterKind.Bits64) => TAccess.Of<int, ulong>(),
            ("b32" or "u32" or "f32", RegisterKind.Bits64) => TAccess.Of<uint, ulong>(),
            ("b32" or "u32" or "s32" or "f32", _) => TAccess.Of<uint, uint>(),
            ("b64" or "u64" or "s64" or "f64", _) => TAccess.Of<ulong, ulong>(),
            _ => null,
        };
}
