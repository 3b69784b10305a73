namespace GraphCompiler.Ptx.Parsing;

/// <summary>The kinds of registers by how they are kept: a predicate is a bit a lane, 16 bits lie in 32.</summary>
enum RegisterKind
{
    Predicate,
    Bits16,
    Bits32,
    Bits64,
}

/// <summary>A declared register. Scopes may each declare one of the same name.</summary>
sealed class Register(string name, RegisterKind kind)
{
    public string Name { get; } = name;

    public RegisterKind Kind { get; } = kind;
}

/// <summary>Where a variable lies.</summary>
enum StateSpace
{
    Generic,
    Global,
    Shared,
    Local,
    Parameter,
}

/// <summary>A variable; those in dynamic shared memory have no size of their own.</summary>
sealed record Variable(string Name, StateSpace Space, int Alignment, int Bytes, bool IsDynamic)
{
    /// <summary>Where it lies in its space.</summary>
    public int Offset { get; set; }
}

/// <summary>What an instruction names.</summary>
abstract record Operand;

sealed record RegisterOperand(Register Register) : Operand;

/// <summary>A register that the hardware sets.</summary>
sealed record SpecialOperand(string Name) : Operand;

/// <summary>A number; of a floating-point number its bits.</summary>
sealed record NumberOperand(ulong Bits, int FloatBits) : Operand;

sealed record VectorOperand(IReadOnlyList<Operand> Places) : Operand;

/// <summary>What lies so many bytes behind a base.</summary>
sealed record AddressOperand(Operand Base, long Displacement) : Operand;

sealed record VariableOperand(Variable Variable) : Operand;

/// <summary>Two destinations, as <c>p|q</c>.</summary>
sealed record PairOperand(Operand First, Operand Second) : Operand;

/// <summary>A label, or a name that is not declared.</summary>
sealed record NameOperand(string Name) : Operand;

/// <summary>The destination of what nobody reads.</summary>
sealed record SinkOperand : Operand;

/// <summary>An instruction as it is written, with the labels before it.</summary>
sealed record Statement(int Line, string Text, Register? Guard, bool IsGuardNegated, string Opcode, IReadOnlyList<Operand> Operands)
{
    public PtxFault Fault(string what) => PtxFault.InText(Line, Text, what);
}

/// <summary>A kernel as it is written. Labels stand for the numbers of the statements that follow them, or for tables of labels.</summary>
sealed record KernelSyntax(
    string Name,
    IReadOnlyList<Variable> Parameters,
    IReadOnlyList<Variable> Variables,
    IReadOnlyList<Register> Registers,
    IReadOnlyList<Statement> Statements,
    IReadOnlyDictionary<string, int> Labels,
    IReadOnlyDictionary<string, string[]> BranchTables);
