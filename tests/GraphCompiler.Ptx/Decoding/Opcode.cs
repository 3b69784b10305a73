using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>A statement whose opcode is taken apart, and where its operands' places are asked for. What nobody asked for is a fault.</summary>
sealed unsafe class Opcode
{
    readonly RegisterLayout layout;
    readonly List<string> modifiers;

    public Opcode(Statement statement, RegisterLayout layout)
    {
        Statement = statement;
        this.layout = layout;
        string[] parts = statement.Opcode.Split('.');
        Name = parts[0];
        Type = parts.Length > 1 ? parts[^1] : "";
        modifiers = parts.Length > 2 ? [.. parts[1..^1]] : [];
    }

    public Statement Statement { get; }

    public string Name { get; }

    /// <summary>The last part.</summary>
    public string Type { get; }

    /// <summary>What stands between name and type, and has not been taken.</summary>
    public IReadOnlyList<string> Modifiers => modifiers;

    public int OperandCount => Statement.Operands.Count;

    public PtxFault Unknown(string what = "the instruction is not known.") => Statement.Fault(what);

    /// <summary>Takes a modifier, if it is there.</summary>
    public bool Take(string modifier) => modifiers.Remove(modifier);

    /// <summary>Takes the first of the modifiers, if it is one of these.</summary>
    public string? TakeOneOf(params ReadOnlySpan<string> choices)
    {
        if (modifiers.Count == 0 || !choices.Contains(modifiers[0]))
            return null;
        string modifier = modifiers[0];
        modifiers.RemoveAt(0);
        return modifier;
    }

    /// <summary>Requires that nothing of the opcode is left, and so many operands.</summary>
    public void Expect(int operands)
    {
        if (modifiers.Count > 0)
            throw Unknown($"the modifier '.{modifiers[0]}' is not known here.");
        if (OperandCount != operands)
            throw Unknown($"{operands} operands are expected.");
    }

    /// <summary>The kind of registers that hold a type.</summary>
    public RegisterKind KindOf(string type) => type switch
    {
        "pred" => RegisterKind.Predicate,
        "b16" or "s16" or "u16" or "f16" or "bf16" => RegisterKind.Bits16,
        "b32" or "s32" or "u32" or "f32" or "f16x2" or "bf16x2" => RegisterKind.Bits32,
        "b64" or "s64" or "u64" or "f64" => RegisterKind.Bits64,
        _ => throw Unknown($"the type '.{type}' is not known here."),
    };

    /// <summary>The place of an operand that is read as a type.</summary>
    public int Source(int index, string type) => Source(Statement.Operands[index], KindOf(type), type);

    public int Source(int index, RegisterKind kind) => Source(Statement.Operands[index], kind, "");

    int Source(Operand operand, RegisterKind kind, string type)
    {
        switch (operand)
        {
            case RegisterOperand register:
                if (register.Register.Kind != kind)
                    throw Unknown($"'{register.Register.Name}' has another width than the instruction.");
                return layout[register.Register];
            case SpecialOperand special:
                if (kind != RegisterKind.Bits32 || RegisterLayout.SpecialOf(special.Name) is not { } known)
                    throw Unknown($"'{special.Name}' is not known.");
                return layout.OfSpecial(known);
            case NumberOperand number:
                return Number(number, kind, type);
            case VariableOperand variable:
                return layout.Number((ulong)variable.Variable.Offset, Width(kind));
            case NameOperand name:
                throw Unknown($"'{name.Name}' is not declared.");
            default:
                throw Unknown("an operand is of another form than the instruction takes.");
        }
    }

    int Number(NumberOperand number, RegisterKind kind, string type)
    {
        bool isFloat = type.StartsWith('f');
        int bits = kind switch { RegisterKind.Bits16 => 16, RegisterKind.Bits32 => 32, RegisterKind.Bits64 => 64, _ => 0 };
        if (bits == 0 || number.FloatBits != 0 && number.FloatBits != bits || isFloat && number.FloatBits == 0)
            throw Unknown("a number is of another type than the instruction.");
        ulong mask = bits == 64 ? ulong.MaxValue : (1ul << bits) - 1;
        if (bits < 64 && (long)number.Bits >> bits is not 0 and not -1)
            throw Unknown("a number has more bits than the instruction.");
        return layout.Number(number.Bits & mask, Width(kind));
    }

    static int Width(RegisterKind kind) => kind == RegisterKind.Bits64 ? 8 : 4;

    /// <summary>The place of an operand that is written.</summary>
    public int Target(int index, string type) => Target(Statement.Operands[index], KindOf(type));

    public int Target(int index, RegisterKind kind) => Target(Statement.Operands[index], kind);

    public int Target(Operand operand, RegisterKind kind) =>
        operand is RegisterOperand register && register.Register.Kind == kind ? layout[register.Register]
            : throw Unknown("the destination is no register of the instruction's width.");

    /// <summary>The kind of a register that is named; null for another operand.</summary>
    public RegisterKind? KindOfOperand(int index) => (Statement.Operands[index] as RegisterOperand)?.Register.Kind;

    /// <summary>The places of a vector that is written, or of a single register.</summary>
    public int[] Targets(int index, RegisterKind kind) => [.. PlacesOf(index).Select(o => o is SinkOperand ? -1 : Target(o, kind))];

    public int[] Sources(int index, RegisterKind kind, string type = "") => [.. PlacesOf(index).Select(o => Source(o, kind, type))];

    IReadOnlyList<Operand> PlacesOf(int index) => Statement.Operands[index] is VectorOperand vector ? vector.Places : [Statement.Operands[index]];

    /// <summary>The value of an operand that must be a number.</summary>
    public long Constant(int index) => Statement.Operands[index] is NumberOperand { FloatBits: 0 } number ? (long)number.Bits : throw Unknown("an operand is to be a number.");

    /// <summary>The base of an address, in 4 or 8 bytes a lane, and what is added to it.</summary>
    public (int Place, bool IsWide, long Displacement) Address(int index)
    {
        if (Statement.Operands[index] is not AddressOperand address)
            throw Unknown("an address in brackets is expected.");
        return address.Base switch
        {
            RegisterOperand { Register.Kind: RegisterKind.Bits64 } wide => (layout[wide.Register], true, address.Displacement),
            RegisterOperand { Register.Kind: RegisterKind.Bits32 } narrow => (layout[narrow.Register], false, address.Displacement),
            VariableOperand variable => (layout.Number((ulong)variable.Variable.Offset, 8), true, address.Displacement),
            _ => throw Unknown("the base of an address is a register or a variable."),
        };
    }
}
