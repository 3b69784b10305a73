using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>Decodes what ends blocks.</summary>
sealed class ControlFlow(KernelSyntax syntax, RegisterLayout registers, Dictionary<int, int> blockOf)
{
    /// <summary>How an instruction ends its block, if it does.</summary>
    public static BlockEnd EndOf(string opcode)
    {
        string[] parts = opcode.Split('.');
        return parts[0] switch
        {
            "bra" => BlockEnd.Branch,
            "brx" => BlockEnd.Table,
            "ret" or "exit" => BlockEnd.Return,
            "bar" or "barrier" when parts.Length > 1 && parts[1] != "warp" => BlockEnd.GroupBarrier,
            "bar" or "shfl" or "vote" or "match" or "redux" or "mma" or "ldmatrix" => BlockEnd.WarpSynchronous,
            _ => BlockEnd.Next,
        };
    }

    public static bool IsMeeting(BlockEnd ends) => ends is BlockEnd.WarpSynchronous or BlockEnd.GroupBarrier;

    /// <summary>Where the mask of the lanes that meet is, the last operand; all lanes if the instruction has none.</summary>
    public static int MembersOf(Statement statement, RegisterLayout registers)
    {
        if (statement.Opcode.StartsWith("mma.", StringComparison.Ordinal) || statement.Opcode.StartsWith("ldmatrix.", StringComparison.Ordinal) || statement.Operands.Count == 0)
            return -1;
        return new Opcode(statement, registers).Source(statement.Operands.Count - 1, RegisterKind.Bits32);
    }

    /// <summary>Decodes a branch or a return.</summary>
    public Block Decode(int index, Block block)
    {
        var statement = syntax.Statements[index];
        block.Next = blockOf[index + 1];
        block.ConditionFlip = statement.IsGuardNegated ? uint.MaxValue : 0;
        block.Condition = statement.Guard is null ? -1 : registers[statement.Guard];
        switch (statement.Opcode)
        {
            case "bra" or "bra.uni":
                return Branch(statement, block);
            case "brx.idx" or "brx.idx.uni" when statement.Guard is null:
                return Table(statement, block);
            case "ret" or "ret.uni" or "exit":
                return Return(statement, block);
            default:
                throw statement.Fault("the instruction is not known.");
        }
    }

    Block Branch(Statement statement, Block block)
    {
        if (statement.Operands is not [NameOperand name] || !syntax.Labels.TryGetValue(name.Name, out int target))
            throw statement.Fault("the label is not there.");
        block.IsUniform = statement.Opcode == "bra.uni";
        block.Taken = blockOf[target];
        block.Ends = BlockEnd.Branch;
        if (statement.Guard is null)
            (block.Ends, block.Next) = (BlockEnd.Next, block.Taken);
        return block;
    }

    Block Table(Statement statement, Block block)
    {
        if (statement.Operands is not [_, NameOperand name] || !syntax.BranchTables.TryGetValue(name.Name, out string[]? labels))
            throw statement.Fault("the table of labels is not there.");
        block.IsUniform = statement.Opcode.EndsWith(".uni", StringComparison.Ordinal);
        block.Condition = new Opcode(statement, registers).Source(0, RegisterKind.Bits32);
        block.Targets = [.. labels.Select(l => syntax.Labels.TryGetValue(l, out int target) ? blockOf[target] : throw statement.Fault($"the label '{l}' is not there."))];
        block.Ends = BlockEnd.Table;
        return block;
    }

    Block Return(Statement statement, Block block)
    {
        if (statement.Operands.Count != 0)
            throw statement.Fault("a kernel returns nothing.");
        block.Ends = BlockEnd.Return;
        if (statement.Guard is null)
            return block;
        block.Ends = BlockEnd.Branch;
        block.Taken = blockOf[syntax.Statements.Count];
        return block;
    }
}
