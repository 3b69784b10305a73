using System.Runtime.CompilerServices;

namespace GraphCompiler.Ilgpu.Reference.Ptx;

// What a thread executes alone it executes at once. A text with an instruction of a whole warp waits until all 32 threads have
// come to it, and is then executed instruction by instruction for all of them.
//
// A copy in the background makes its target unreadable (NaN) when it is asked for, and happens when it is waited for: so a
// missing wait shows, and so does a stage that is filled while somebody still reads it.

/// <summary>The registers and copies of a thread that executes inline PTX.</summary>
internal sealed unsafe class PtxThread(Lane lane)
{
    /// <summary>Where the first block of shared memory lies in addresses of shared memory, and how far apart blocks are.</summary>
    const long SharedBlockBytes = 1 << 20;

    readonly List<List<Copy>> copies = [];
    readonly List<Copy> asked = [];
    ulong[] registers = [];
    bool[] isDeclared = [];

    readonly record struct Copy(long At, nint Source, int Bytes);

    /// <summary>What it is to execute together with its warp.</summary>
    public PtxCode? Code { get; private set; }

    ulong[] Arguments { get; set; } = [];

    /// <summary>Executes a text in the running thread.</summary>
    public static void Execute(string text, params ulong[] arguments)
    {
        var code = PtxCode.Of(text);
        var thread = Lane.Running.Ptx;
        thread.Begin(code, arguments);
        if (code.IsCollective)
        {
            thread.Code = code;
            Lane.Running.Group.Block(Lane.Running, WaitKind.Code);
            return;
        }
        foreach (var instruction in code.Instructions)
            thread.Execute(instruction);
    }

    /// <summary>Executes the text to which all threads of a warp have come.</summary>
    public static void ExecuteTogether(Lane[] warp)
    {
        var threads = warp.Select(l => l.Ptx).ToArray();
        var code = threads[0].Code!;
        if (threads.Length != 32 || threads.Any(t => t.Code != code))
            throw new KernelFault($"Instructions of tensor cores are for 32 threads that execute the same; here are {threads.Length}.");
        foreach (var instruction in code.Instructions)
        {
            if (instruction.Name.StartsWith("mma.", StringComparison.Ordinal))
                TensorCore.Multiply(threads, instruction);
            else if (instruction.Name.StartsWith("ldmatrix.", StringComparison.Ordinal))
                LoadMatrices(threads, instruction);
            else if (instruction.Name == "shfl.sync.bfly.b32")
                Exchange(threads, instruction);
            else
                Array.ForEach(threads, t => t.Execute(instruction));
        }
    }

    void Begin(PtxCode code, ulong[] arguments)
    {
        Arguments = arguments;
        if (registers.Length < PtxCode.RegisterCount)
        {
            Array.Resize(ref registers, PtxCode.RegisterCount + 64);
            Array.Resize(ref isDeclared, registers.Length);
        }
        foreach (int register in code.Declared)
        {
            isDeclared[register] = true;
            registers[register] = ulong.MaxValue;
        }
    }

    void Execute(PtxInstruction instruction)
    {
        var operands = instruction.Operands;
        switch (instruction.Name)
        {
            case "mov.f32" or "mov.b32" or "mov.u32" or "mov.u64":
                Set(instruction, 0, Get(instruction, 1));
                break;
            case "add.u32":
                Set(instruction, 0, (uint)(Get(instruction, 1) + Get(instruction, 2)));
                break;
            case "add.s64":
                Set(instruction, 0, Get(instruction, 1) + Get(instruction, 2));
                break;
            case "sub.s32":
                Set(instruction, 0, (uint)(Get(instruction, 1) - Get(instruction, 2)));
                break;
            case "max.s32":
                Set(instruction, 0, (uint)Math.Max((int)Get(instruction, 1), (int)Get(instruction, 2)));
                break;
            case "min.s32":
                Set(instruction, 0, (uint)Math.Min((int)Get(instruction, 1), (int)Get(instruction, 2)));
                break;
            case "setp.gt.s32":
                Set(instruction, 0, (int)Get(instruction, 1) > (int)Get(instruction, 2) ? 1u : 0u);
                break;
            case "xor.b32":
                Set(instruction, 0, Get(instruction, 1) ^ Get(instruction, 2));
                break;
            case "and.b32":
                Set(instruction, 0, Get(instruction, 1) & Get(instruction, 2));
                break;
            case "add.f32" or "sub.f32" or "mul.f32" or "max.f32" or "fma.rn.f32" or "ex2.approx.ftz.f32":
                Set(instruction, 0, BitConverter.SingleToUInt32Bits(Compute(instruction)));
                break;
            case "setp.ne.b32":
                Set(instruction, 0, (uint)Get(instruction, 1) != (uint)Get(instruction, 2) ? 1u : 0u);
                break;
            case "setp.eq.f32":
                Set(instruction, 0, Single(instruction, 1) == Single(instruction, 2) ? 1u : 0u);
                break;
            case "selp.f32" or "selp.b32":
                Set(instruction, 0, Get(instruction, Get(instruction, 3) != 0 ? 1 : 2));
                break;
            case "ld.shared.b32":
                Set(instruction, 0, *(uint*)Shared(instruction, 1, 4));
                break;
            case "ld.shared.v2.f32":
                uint* source = (uint*)Shared(instruction, 2, 8);
                Set(instruction, 0, source[0]);
                Set(instruction, 1, source[1]);
                break;
            case "st.shared.v2.f32" or "st.shared.v4.f32" or "st.shared.v4.b32":
                uint* target = (uint*)Shared(instruction, 0, 4 * (operands.Length - 1));
                for (int i = 1; i < operands.Length; i++)
                    target[i - 1] = (uint)Get(instruction, i);
                break;
            case "cvt.rna.tf32.f32":
                Set(instruction, 0, TensorCore.ToTensorFloat32((uint)Get(instruction, 1)));
                break;
            case "cvt.rn.bf16x2.f32":
                Set(instruction, 0, TensorCore.ToBFloat16((uint)Get(instruction, 2)) | (uint)TensorCore.ToBFloat16((uint)Get(instruction, 1)) << 16);
                break;
            case "cvt.rn.f16x2.f32":
                Set(instruction, 0, TensorCore.ToFloat16((uint)Get(instruction, 2)) | (uint)TensorCore.ToFloat16((uint)Get(instruction, 1)) << 16);
                break;
            case "cp.async.cg.shared.global":
                AskForCopy(instruction);
                break;
            case "cp.async.commit_group":
                copies.Add([.. asked]);
                asked.Clear();
                break;
            case "cp.async.wait_group":
                WaitForCopies((int)operands[0].Value);
                break;
            default:
                throw new KernelFault($"The reference executor knows no instruction '{instruction.Text}'.");
        }
    }

    float Compute(PtxInstruction instruction) => instruction.Name switch
    {
        "add.f32" => Single(instruction, 1) + Single(instruction, 2),
        "sub.f32" => Single(instruction, 1) - Single(instruction, 2),
        "mul.f32" => Single(instruction, 1) * Single(instruction, 2),
        "max.f32" => float.MaxNumber(Single(instruction, 1), Single(instruction, 2)),
        "fma.rn.f32" => MathF.FusedMultiplyAdd(Single(instruction, 1), Single(instruction, 2), Single(instruction, 3)),
        _ => FlushSubnormal((float)Math.Pow(2, FlushSubnormal(Single(instruction, 1)))),
    };

    static float FlushSubnormal(float value) => float.IsSubnormal(value) ? 0f : value;

    float Single(PtxInstruction instruction, int index) => BitConverter.UInt32BitsToSingle((uint)Get(instruction, index));

    void AskForCopy(PtxInstruction instruction)
    {
        byte* target = Shared(instruction, 0, 16);
        nint source = (nint)Get(instruction, 1);
        int bytes = (int)Get(instruction, 3);
        if (source % 16 != 0 || bytes is < 0 or > 16 || bytes > 0 && !NativeBlock.Holds(source, bytes))
            throw new KernelFault($"A copy of {bytes} bytes from {source:x} leaves the device's buffers or is not aligned{Lane.Describe()}.");
        Unsafe.InitBlock(target, 0xFF, 16);
        asked.Add(new Copy((long)Get(instruction, 0), source, bytes));
    }

    void WaitForCopies(int left)
    {
        while (copies.Count > left)
        {
            foreach (var copy in copies[0])
            {
                byte* target = SharedAt(copy.At, 16, "a copy");
                Unsafe.InitBlock(target, 0, 16);
                Buffer.MemoryCopy((void*)copy.Source, target, 16, copy.Bytes);
            }
            copies.RemoveAt(0);
        }
    }

    /// <summary>Matrix i is eight rows of 16 bytes, at the addresses of lanes 8i to 8i + 7; a lane gets 4 bytes of row lane / 4.</summary>
    static void LoadMatrices(PtxThread[] threads, PtxInstruction instruction)
    {
        bool transposes = instruction.Name switch
        {
            "ldmatrix.sync.aligned.m8n8.x4.shared.b16" => false,
            "ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16" => true,
            _ => throw new KernelFault($"The reference executor knows no instruction '{instruction.Text}'."),
        };
        for (int matrix = 0; matrix < 4; matrix++)
        {
            ushort* Row(int row) => (ushort*)threads[matrix * 8 + row].Shared(instruction, 4, 16);
            for (int lane = 0; lane < 32; lane++)
            {
                int row = lane / 4, column = lane % 4 * 2;
                uint first = transposes ? Row(column)[row] : Row(row)[column];
                uint second = transposes ? Row(column + 1)[row] : Row(row)[column + 1];
                threads[lane].loaded[matrix] = first | second << 16;
            }
        }
        foreach (var thread in threads)
        {
            for (int matrix = 0; matrix < 4; matrix++)
                thread.Set(instruction, matrix, thread.loaded[matrix]);
        }
    }

    /// <summary>Each lane gets what the lane has whose number differs by a mask; all lanes take part.</summary>
    static void Exchange(PtxThread[] threads, PtxInstruction instruction)
    {
        if (threads[0].Get(instruction, 3) != 31 || threads[0].Get(instruction, 4) != uint.MaxValue)
            throw new KernelFault($"The reference executor exchanges values among all lanes only, not '{instruction.Text}'.");
        ulong[] values = [.. threads.Select(t => t.Get(instruction, 1))];
        int mask = (int)threads[0].Get(instruction, 2);
        for (int lane = 0; lane < threads.Length; lane++)
            threads[lane].Set(instruction, 0, values[lane ^ mask]);
    }

    readonly uint[] loaded = new uint[4];

    /// <summary>An operand's value.</summary>
    public ulong Get(PtxInstruction instruction, int index)
    {
        var operand = instruction.Operands[index];
        return operand.Kind switch
        {
            PtxOperandKind.Register => registers[Declared(operand, instruction)] + (ulong)operand.Displacement,
            PtxOperandKind.Argument => Arguments[operand.Value] + (ulong)operand.Displacement,
            PtxOperandKind.SharedBlock => (ulong)((operand.Value + 1) * SharedBlockBytes),
            _ => (ulong)operand.Value,
        };
    }

    public void Set(PtxInstruction instruction, int index, ulong value)
    {
        var operand = instruction.Operands[index];
        if (operand.Kind != PtxOperandKind.Register)
            throw new KernelFault($"'{instruction.Text}' has no register for its result.");
        registers[Declared(operand, instruction)] = value;
    }

    long Declared(PtxOperand operand, PtxInstruction instruction) => isDeclared[operand.Value]
        ? operand.Value
        : throw new KernelFault($"'{instruction.Text}' uses a register that nothing has declared.");

    byte* Shared(PtxInstruction instruction, int index, int bytes) => SharedAt((long)Get(instruction, index), bytes, instruction.Text);

    byte* SharedAt(long address, int bytes, string text)
    {
        long number = address / SharedBlockBytes - 1, offset = address % SharedBlockBytes;
        if (lane.Group.SharedBlock(number) is not { } block || offset + bytes > block.Bytes || offset % bytes != 0)
            throw new KernelFault($"'{text}' of {bytes} bytes at {offset} leaves shared memory or is not aligned, at thread {lane.Index} of group {lane.Group.Index}.");
        return block.Address + offset;
    }
}
