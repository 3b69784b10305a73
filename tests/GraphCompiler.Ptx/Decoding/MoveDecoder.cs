using GraphCompiler.Ptx.Operations;
using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Moves between registers, and between one and several narrower ones.</summary>
static unsafe class MoveDecoder
{
    public static int[]? Decode(Opcode opcode, ref Instruction instruction)
    {
        string type = opcode.Type;
        opcode.Expect(2);
        if (opcode.Statement.Operands[1] is VectorOperand)
            return DecodePacking(opcode, ref instruction);
        if (opcode.Statement.Operands[0] is VectorOperand)
            return DecodeUnpacking(opcode, ref instruction);
        var kind = opcode.KindOf(type);
        instruction.Target = opcode.Target(0, kind);
        if (kind == RegisterKind.Predicate && opcode.Statement.Operands[1] is NumberOperand)
        {
            instruction.Number = opcode.Constant(1);
            instruction.Execute = &Comparisons.MoveConstant;
            return null;
        }
        instruction.First = opcode.Source(1, type);
        instruction.Execute = kind switch
        {
            RegisterKind.Predicate => &Comparisons.Move,
            RegisterKind.Bits64 => &Lanes.Copy<ulong>,
            _ => &Lanes.Copy<uint>,
        };
        return null;
    }

    static RegisterKind PartOf(Opcode opcode, int parts) => (opcode.Type, parts) switch
    {
        ("b32", 2) => RegisterKind.Bits16,
        ("b64", 2) => RegisterKind.Bits32,
        ("b64", 4) => RegisterKind.Bits16,
        _ => throw opcode.Unknown(),
    };

    static int[] DecodePacking(Opcode opcode, ref Instruction instruction)
    {
        int parts = ((VectorOperand)opcode.Statement.Operands[1]).Places.Count;
        var part = PartOf(opcode, parts);
        instruction.Target = opcode.Target(0, opcode.Type);
        instruction.Count = parts;
        instruction.Execute = (opcode.Type, parts) switch
        {
            ("b32", _) => &Packing.Pack<ushort, uint>,
            (_, 2) => &Packing.Pack<uint, ulong>,
            _ => &Packing.Pack<ushort, ulong>,
        };
        return opcode.Sources(1, part);
    }

    static int[] DecodeUnpacking(Opcode opcode, ref Instruction instruction)
    {
        int parts = ((VectorOperand)opcode.Statement.Operands[0]).Places.Count;
        var part = PartOf(opcode, parts);
        instruction.First = opcode.Source(1, opcode.Type);
        instruction.Count = parts;
        instruction.Execute = (opcode.Type, parts) switch
        {
            ("b32", _) => &Packing.Unpack<ushort, uint>,
            (_, 2) => &Packing.Unpack<uint, ulong>,
            _ => &Packing.Unpack<ushort, ulong>,
        };
        return opcode.Targets(0, part);
    }
}
