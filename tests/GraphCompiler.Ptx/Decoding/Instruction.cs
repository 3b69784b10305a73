using System.Runtime.InteropServices;

namespace GraphCompiler.Ptx.Decoding;

/// <summary>
/// A decoded instruction: the method that executes it for the active lanes of a warp, and its operands as places in the warp's
/// registers, in bytes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct Instruction
{
    public Handler Execute;

    /// <summary>The predicate of its lanes; negative if it has none.</summary>
    public int Guard;

    /// <summary>What the guard's bits are flipped by.</summary>
    public uint GuardFlip;

    public int Target, First, Second, Third;

    /// <summary>Places of vectors, those of the target before the others, among the kernel's places.</summary>
    public int* Places;

    /// <summary>How many places a vector has.</summary>
    public int Count;

    /// <summary>The statement it was decoded from.</summary>
    public int Statement;

    /// <summary>A displacement, a rounding or another number of the instruction's own.</summary>
    public long Number;
}

/// <summary>How a block of instructions ends.</summary>
enum BlockEnd
{
    /// <summary>The next block follows.</summary>
    Next,

    /// <summary>Lanes whose predicate holds go elsewhere.</summary>
    Branch,

    /// <summary>Each lane goes where a table says.</summary>
    Table,

    /// <summary>The lanes end.</summary>
    Return,

    /// <summary>Its only instruction needs all lanes of a mask at once.</summary>
    WarpSynchronous,

    /// <summary>All threads of the group meet.</summary>
    GroupBarrier,
}

/// <summary>Instructions that follow one another. Blocks are numbered in the order in which diverged lanes run.</summary>
struct Block
{
    public int Begin, End;

    public BlockEnd Ends;

    public int Next, Taken;

    /// <summary>The predicate of a branch, the register of a table's index, or that of the lanes that meet; negative means all lanes.</summary>
    public int Condition;

    public uint ConditionFlip;

    /// <summary>Whether all lanes must decide alike, as <c>bra.uni</c> promises.</summary>
    public bool IsUniform;

    /// <summary>Whether it is a barrier of a warp, which its lanes may meet in different places.</summary>
    public bool IsWarpBarrier;

    public int[] Targets;

    /// <summary>The statement of its end.</summary>
    public int Statement;
}
