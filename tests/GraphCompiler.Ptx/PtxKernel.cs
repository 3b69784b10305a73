using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Parsing;

namespace GraphCompiler.Ptx;

/// <summary>A kernel, decoded.</summary>
public sealed unsafe class PtxKernel
{
    readonly KernelSyntax syntax;

    internal PtxKernel(KernelSyntax syntax, MemoryLayout memory, RegisterLayout registers, Instruction[] instructions, int[] places, Block[] blocks)
    {
        this.syntax = syntax;
        Name = syntax.Name;
        ParameterBytes = memory.ParameterBytes;
        SharedBytes = memory.SharedBytes;
        SharedAlignedBytes = memory.DynamicOffset - MemoryLayout.SharedBegin;
        LocalBytes = memory.LocalBytes;
        RegisterBytes = registers.Bytes;
        Numbers = [.. registers.Numbers];
        Specials = [.. registers.Specials];
        Instructions = instructions;
        Places = places;
        Blocks = blocks;
    }

    /// <summary>What it is called in the text.</summary>
    public string Name { get; }

    /// <summary>The bytes of its parameters.</summary>
    public int ParameterBytes { get; }

    /// <summary>The bytes of shared memory that the text declares, without what a launch adds.</summary>
    public int SharedBytes { get; }

    /// <summary>The bytes of memory of its own that a thread has.</summary>
    public int LocalBytes { get; }

    /// <summary>How many instructions it has.</summary>
    public int InstructionCount => Instructions.Length;

    /// <summary>The shared memory before what a launch adds.</summary>
    internal int SharedAlignedBytes { get; }

    internal int RegisterBytes { get; }

    internal (int Place, ulong Bits, int Width)[] Numbers { get; }

    internal (int Place, Special Special)[] Specials { get; }

    /// <summary>Pinned, as are the places, which they point to.</summary>
    internal Instruction[] Instructions { get; }

    internal int[] Places { get; }

    internal Block[] Blocks { get; }

    internal (int Line, string Text) Statement(int index) => (syntax.Statements[index].Line, syntax.Statements[index].Text);
}
