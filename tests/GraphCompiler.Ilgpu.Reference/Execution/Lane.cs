using GraphCompiler.Ilgpu.Reference.Ptx;

namespace GraphCompiler.Ilgpu.Reference;

/// <summary>What a thread of a group waits for.</summary>
internal enum WaitKind
{
    None,
    Group,
    Warp,
    Code,
}

/// <summary>One thread of a group.</summary>
internal sealed class Lane(GroupExecution group, int index)
{
    [ThreadStatic]
    static Lane? running;

    PtxThread? ptx;

    public GroupExecution Group { get; } = group;

    public int Index { get; } = index;

    public WaitKind Waits { get; set; }

    public bool IsStarted { get; set; }

    public bool IsFinished { get; set; }

    /// <summary>How many blocks of shared memory it has asked for.</summary>
    public int SharedBlocks { get; set; }

    /// <summary>What it passes to others in a warp, and the others' values when all have passed theirs.</summary>
    public ulong Passed { get; set; }

    public ulong Visible { get; set; }

    /// <summary>Its inline PTX.</summary>
    public PtxThread Ptx => ptx ??= new PtxThread(this);

    public Signal Resume { get; } = new();

    public static Lane Running => running ?? throw new KernelFault("This may be called in a kernel only.");

    /// <summary>Makes this lane the one that the calling thread runs.</summary>
    public void Enter() => running = this;

    public static void LeaveAll() => running = null;

    /// <summary>Where the calling thread is, for messages.</summary>
    public static string Describe() => running is { } lane ? $", at thread {lane.Index} of group {lane.Group.Index}" : "";
}
