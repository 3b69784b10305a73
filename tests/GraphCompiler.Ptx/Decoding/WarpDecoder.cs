using GraphCompiler.Ptx.Operations;
using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>What lanes or threads do together, and copies in the background.</summary>
static unsafe class WarpDecoder
{
    public static int[]? Decode(Opcode opcode, ref Instruction instruction)
    {
        string whole = opcode.Statement.Opcode;
        switch (opcode.Name)
        {
            case "bar" or "barrier":
                DecodeBarrier(opcode, ref instruction);
                return null;
            case "shfl":
                DecodeShuffle(opcode, ref instruction);
                return null;
            case "vote":
                DecodeVote(opcode, ref instruction);
                return null;
            case "mma":
                return DecodeProduct(opcode, ref instruction);
            case "ldmatrix":
                return DecodeMatrices(opcode, ref instruction);
            case "cp":
                return DecodeCopy(opcode, ref instruction);
            case "activemask" when whole == "activemask.b32":
                opcode.Expect(1);
                instruction.Target = opcode.Target(0, "b32");
                instruction.Execute = &Exchanges.ActiveLanes;
                return null;
            case "membar" or "fence":
                // Orders memory, but lets nobody know; what is written here is seen at once.
                if (whole is not ("membar.cta" or "membar.gl" or "membar.sys" or "fence.acq_rel.cta" or "fence.acq_rel.gpu" or "fence.acq_rel.sys" or "fence.sc.cta" or "fence.sc.gpu" or "fence.sc.sys") || opcode.OperandCount != 0)
                    throw opcode.Unknown();
                instruction.Execute = &Barriers.Fence;
                return null;
            default:
                throw opcode.Unknown();
        }
    }

    static void DecodeBarrier(Opcode opcode, ref Instruction instruction)
    {
        switch (opcode.Statement.Opcode)
        {
            case "bar.warp.sync":
                instruction.First = opcode.Source(0, "b32");
                instruction.Execute = &Barriers.Warp;
                break;
            case "bar.sync" or "barrier.sync" or "barrier.sync.aligned" or "bar.cta.sync" or "barrier.cta.sync.aligned" when opcode.OperandCount == 1 && opcode.Constant(0) == 0:
                instruction.Execute = &Barriers.Group;
                break;
            case "bar.red.popc.u32" when opcode.OperandCount == 3 && opcode.Constant(1) == 0:
                DecodeReduction(opcode, RegisterKind.Bits32, Barriers.Count, ref instruction);
                break;
            case "bar.red.and.pred" when opcode.OperandCount == 3 && opcode.Constant(1) == 0:
                DecodeReduction(opcode, RegisterKind.Predicate, Barriers.All, ref instruction);
                break;
            case "bar.red.or.pred" when opcode.OperandCount == 3 && opcode.Constant(1) == 0:
                DecodeReduction(opcode, RegisterKind.Predicate, Barriers.Any, ref instruction);
                break;
            default:
                throw opcode.Unknown("only barrier 0 of all threads, and those of warps, are known.");
        }
    }

    static void DecodeReduction(Opcode opcode, RegisterKind target, int reduction, ref Instruction instruction)
    {
        instruction.Target = opcode.Target(0, target);
        instruction.First = opcode.Source(2, RegisterKind.Predicate);
        instruction.Count = reduction;
        instruction.Execute = &Barriers.Group;
    }

    static void DecodeShuffle(Opcode opcode, ref Instruction instruction)
    {
        if (!opcode.Take("sync") || opcode.TakeOneOf("up", "down", "bfly", "idx") is not { } mode || opcode.Type != "b32")
            throw opcode.Unknown();
        opcode.Expect(5);
        if (opcode.Statement.Operands[0] is PairOperand pair)
        {
            instruction.Target = opcode.Target(pair.First, RegisterKind.Bits32);
            instruction.Number = opcode.Target(pair.Second, RegisterKind.Predicate);
        }
        else
        {
            instruction.Target = opcode.Target(0, "b32");
            instruction.Number = -1;
        }
        instruction.First = opcode.Source(1, "b32");
        instruction.Second = opcode.Source(2, "b32");
        instruction.Third = opcode.Source(3, "b32");
        instruction.Execute = mode switch
        {
            "up" => &Exchanges.Shuffle<FromBelow>,
            "down" => &Exchanges.Shuffle<FromAbove>,
            "bfly" => &Exchanges.Shuffle<FromOpposite>,
            _ => &Exchanges.Shuffle<FromNamed>,
        };
    }

    static void DecodeVote(Opcode opcode, ref Instruction instruction)
    {
        if (opcode.OperandCount != 3)
            throw opcode.Unknown("3 operands are expected.");
        instruction.First = opcode.Source(1, RegisterKind.Predicate);
        instruction.Target = opcode.Target(0, opcode.Type);
        instruction.Execute = opcode.Statement.Opcode switch
        {
            "vote.sync.ballot.b32" => &Exchanges.Ballot,
            "vote.sync.all.pred" => &Exchanges.All,
            "vote.sync.any.pred" => &Exchanges.Any,
            "vote.sync.uni.pred" => &Exchanges.Uniform,
            _ => throw opcode.Unknown(),
        };
    }

    static int[] DecodeProduct(Opcode opcode, ref Instruction instruction)
    {
        int units = 8;
        switch (opcode.Statement.Opcode)
        {
            case "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32":
                instruction.Execute = &TensorCore.Multiply<BFloat16Numbers, EightUnits>;
                break;
            case "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32":
                instruction.Execute = &TensorCore.Multiply<Float16Numbers, EightUnits>;
                break;
            case "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32":
                instruction.Execute = &TensorCore.Multiply<TensorFloat32Numbers, EightUnits>;
                break;
            case "mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32":
                units = 4;
                instruction.Execute = &TensorCore.Multiply<BFloat16Numbers, FourUnits>;
                break;
            case "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32":
                units = 4;
                instruction.Execute = &TensorCore.Multiply<Float16Numbers, FourUnits>;
                break;
            case "mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32":
                units = 4;
                instruction.Execute = &TensorCore.Multiply<TensorFloat32Numbers, FourUnits>;
                break;
            default:
                throw opcode.Unknown();
        }
        if (opcode.OperandCount != 4)
            throw opcode.Unknown("4 operands are expected.");
        int[] places = [.. opcode.Targets(0, RegisterKind.Bits32), .. opcode.Sources(1, RegisterKind.Bits32), .. opcode.Sources(2, RegisterKind.Bits32),
            .. opcode.Sources(3, RegisterKind.Bits32)];
        return places.Length == 8 + units / 2 + units / 4 ? places : throw opcode.Unknown("the fragments are of other sizes.");
    }

    static int[] DecodeMatrices(Opcode opcode, ref Instruction instruction)
    {
        if (!opcode.Take("sync") || !opcode.Take("aligned") || !opcode.Take("m8n8") || opcode.TakeOneOf("x1", "x2", "x4") is not { } count)
            throw opcode.Unknown();
        instruction.Second = opcode.Take("trans") ? 1 : 0;
        if (!opcode.Take("shared") || opcode.Type != "b16")
            throw opcode.Unknown();
        opcode.Expect(2);
        bool isWide;
        (instruction.First, isWide, instruction.Number) = opcode.Address(1);
        instruction.Count = count[1] - '0';
        instruction.Execute = isWide ? &TensorCore.LoadMatrices<WideAddress> : &TensorCore.LoadMatrices<NarrowAddress>;
        int[] places = opcode.Targets(0, RegisterKind.Bits32);
        return places.Length == instruction.Count ? places : throw opcode.Unknown($"{instruction.Count} places are expected.");
    }

    static int[]? DecodeCopy(Opcode opcode, ref Instruction instruction)
    {
        switch (opcode.Statement.Opcode)
        {
            case "cp.async.commit_group" when opcode.OperandCount == 0:
                instruction.Execute = &AsynchronousCopies.Commit;
                return null;
            case "cp.async.wait_group" when opcode.OperandCount == 1:
                instruction.Number = opcode.Constant(0);
                instruction.Execute = &AsynchronousCopies.Wait;
                return null;
            case "cp.async.wait_all" when opcode.OperandCount == 0:
                instruction.Number = -1;
                instruction.Execute = &AsynchronousCopies.Wait;
                return null;
            case "cp.async.cg.shared.global" or "cp.async.ca.shared.global" when opcode.OperandCount is 3 or 4:
                break;
            default:
                throw opcode.Unknown();
        }
        var (target, isTargetWide, targetDisplacement) = opcode.Address(0);
        var (source, isSourceWide, sourceDisplacement) = opcode.Address(1);
        long bytes = opcode.Constant(2);
        if (!isSourceWide || bytes is not (4 or 8 or 16) || bytes != 16 && opcode.Statement.Opcode.Contains(".cg", StringComparison.Ordinal))
            throw opcode.Unknown();
        instruction.First = target;
        instruction.Second = source;
        instruction.Third = opcode.OperandCount == 4 ? opcode.Source(3, RegisterKind.Bits32) : -1;
        instruction.Number = targetDisplacement;
        instruction.Count = (int)bytes;
        instruction.Execute = isTargetWide ? &AsynchronousCopies.Ask<WideAddress> : &AsynchronousCopies.Ask<NarrowAddress>;
        return [checked((int)sourceDisplacement)];
    }
}
