using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

// Statements become instructions, one each but for branches and returns, which become the ends of blocks. An instruction in which
// lanes or threads meet is a block of its own, so that lanes can wait before it; if it has a guard, a branch leads round it.

/// <summary>Makes a kernel of its text.</summary>
sealed unsafe class KernelDecoder
{
    readonly KernelSyntax syntax;
    readonly RegisterLayout registers;
    readonly List<Instruction> instructions = [];
    readonly List<(int Instruction, int[] Places)> vectors = [];
    readonly List<Block> blocks = [];
    readonly Dictionary<int, int> blockOf = [];

    KernelDecoder(KernelSyntax syntax)
    {
        this.syntax = syntax;
        registers = new RegisterLayout(syntax.Registers);
    }

    public static PtxKernel Decode(KernelSyntax syntax)
    {
        if (syntax.Statements.Count == 0)
            throw new PtxFault($"Kernel '{syntax.Name}' is empty.");
        var memory = new MemoryLayout(syntax);
        var decoder = new KernelDecoder(syntax);
        decoder.FindBlocks();
        decoder.DecodeStatements();
        var blocks = decoder.OrderedBlocks();
        var instructions = GC.AllocateArray<Instruction>(decoder.instructions.Count, pinned: true);
        decoder.instructions.CopyTo(instructions);
        int[] places = decoder.PinPlaces(instructions);
        return new PtxKernel(syntax, memory, decoder.registers, instructions, places, blocks);
    }

    int[] PinPlaces(Instruction[] target)
    {
        int[] places = GC.AllocateArray<int>(vectors.Sum(v => v.Places.Length) + 1, pinned: true);
        int at = 0;
        fixed (int* first = places)
        {
            foreach (var (instruction, own) in vectors)
            {
                own.CopyTo(places, at);
                target[instruction].Places = first + at;
                at += own.Length;
            }
        }
        return places;
    }

    /// <summary>Numbers the blocks by the statements they begin with; a guarded meeting has a block for its guard and one for itself.</summary>
    void FindBlocks()
    {
        var begins = new SortedSet<int> { 0, syntax.Statements.Count };
        begins.UnionWith(syntax.Labels.Values);
        for (int i = 0; i < syntax.Statements.Count; i++)
        {
            var ends = ControlFlow.EndOf(syntax.Statements[i].Opcode);
            if (ends is not BlockEnd.Next)
                begins.Add(i + 1);
            if (ends is BlockEnd.WarpSynchronous or BlockEnd.GroupBarrier)
                begins.Add(i);
        }
        foreach (int begin in begins)
        {
            blockOf.Add(begin, blockOf.Count);
            blocks.Add(default);
        }
    }

    void DecodeStatements()
    {
        int current = 0;
        var block = default(Block);
        for (int i = 0; i < syntax.Statements.Count; i++)
        {
            var statement = syntax.Statements[i];
            var ends = ControlFlow.EndOf(statement.Opcode);
            if (ends == BlockEnd.Next)
            {
                Add(i);
                block.Statement = i;
                if (!blockOf.TryGetValue(i + 1, out int following))
                    continue;
                block.Next = following;
            }
            else
            {
                block.Statement = i;
                block = ControlFlow.IsMeeting(ends) ? Meeting(i, block, ends) : new ControlFlow(syntax, registers, blockOf).Decode(i, block);
            }
            block.End = ControlFlow.IsMeeting(ends) && statement.Guard is not null ? block.Begin : instructions.Count;
            blocks[current] = block;
            current = blockOf[i + 1];
            block = new Block { Begin = instructions.Count };
        }
        blocks[current] = new Block { Begin = instructions.Count, End = instructions.Count, Ends = BlockEnd.Return, Statement = Math.Max(0, syntax.Statements.Count - 1) };
    }

    Block Meeting(int statement, Block block, BlockEnd ends)
    {
        int begin = instructions.Count, next = blockOf[statement + 1];
        Add(statement);
        var guard = syntax.Statements[statement].Guard;
        var meeting = new Block
        {
            Begin = begin,
            End = begin + 1,
            Ends = ends,
            Next = next,
            Statement = statement,
            IsWarpBarrier = syntax.Statements[statement].Opcode == "bar.warp.sync",
            Condition = ends == BlockEnd.WarpSynchronous
            ? ControlFlow.MembersOf(syntax.Statements[statement], registers) : -1
        };
        if (guard is null)
            return meeting;
        var instruction = instructions[begin];
        instruction.Guard = -1;
        instructions[begin] = instruction;
        blocks.Add(meeting);
        return new Block
        {
            Begin = begin,
            Ends = BlockEnd.Branch,
            Taken = blocks.Count - 1,
            Next = next,
            Condition = registers[guard],
            ConditionFlip = syntax.Statements[statement].IsGuardNegated ? uint.MaxValue : 0,
            Statement = statement,
        };
    }

    void Add(int index)
    {
        var statement = syntax.Statements[index];
        var opcode = new Opcode(statement, registers);
        var instruction = new Instruction { Guard = -1, Statement = index };
        var places = InstructionDecoder.Decode(opcode, ref instruction);
        if (statement.Guard is { } guard)
        {
            instruction.Guard = registers[guard];
            instruction.GuardFlip = statement.IsGuardNegated ? uint.MaxValue : 0;
        }
        if (places is not null)
            vectors.Add((instructions.Count, places));
        instructions.Add(instruction);
    }

    /// <summary>The blocks that are reached, numbered in the order in which diverged lanes run.</summary>
    Block[] OrderedBlocks()
    {
        List<int[]> successors = [.. blocks.Select(Successors)];
        var order = BlockOrder.Of(successors);
        int[] numbers = new int[successors.Count];
        for (int i = 0; i < order.Count; i++)
            numbers[order[i]] = i;
        return [.. order.Select(Numbered)];

        Block Numbered(int old)
        {
            int[] next = [.. successors[old].Select(s => numbers[s])];
            if (old >= blocks.Count)
                return new Block { Ends = BlockEnd.Next, Next = next[0] };
            var block = blocks[old];
            block.Next = next.Length > 0 ? next[0] : 0;
            block.Taken = block.Ends == BlockEnd.Branch ? next[1] : 0;
            block.Targets = next;
            return block;
        }
    }

    static int[] Successors(Block block) => block.Ends switch
    {
        BlockEnd.Return => [],
        BlockEnd.Branch => [block.Next, block.Taken],
        BlockEnd.Table => block.Targets,
        _ => [block.Next],
    };
}
