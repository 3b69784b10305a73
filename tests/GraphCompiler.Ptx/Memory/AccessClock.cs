namespace GraphCompiler.Ptx.Memory;

// An access is 64 bits: the launch (16), the group (20), a stamp that grows at each barrier (16), a kind (2), the thread (10). So the
// later of two accesses of a group is the greater number, whatever came before a barrier is less than the barrier's stamp,
// and whatever came in an earlier launch is less than the launch.

/// <summary>What has happened before an access, and what tells it from others.</summary>
readonly record struct AccessClock(ulong Group, ulong Barrier, ulong WarpBarrier)
{
    public const int MaxGroups = (1 << 20) - 2;

    public const ulong MaxLaunches = (1 << 16) - 2, MaxStamp = (1 << 16) - 2;

    public const int KindShift = 10, StampShift = 12, GroupShift = 28, LaunchShift = 48;

    /// <summary>The stamp of what comes after everything.</summary>
    public const ulong NeverOrdered = 0xFFFFul << StampShift;

    public const ulong ThreadMask = (1 << KindShift) - 1, KindMask = 3ul << KindShift;

    /// <summary>The launch alone.</summary>
    public ulong Launch => Group >> LaunchShift << LaunchShift;

    /// <summary>An access of thread 0 now.</summary>
    public ulong Now => WarpBarrier;

    public static AccessClock AtBarrier(ulong launch, int group, ulong stamp)
    {
        ulong own = launch << LaunchShift | (ulong)group << GroupShift;
        return new AccessClock(own, own | stamp << StampShift, own | stamp << StampShift);
    }

    public AccessClock AfterWarpBarrier(ulong stamp) => this with { WarpBarrier = Group | stamp << StampShift };

    public static int ThreadOf(ulong access) => (int)(access & ThreadMask);

    public static int KindOf(ulong access) => (int)(access >> KindShift & 3);

    public static int GroupOf(ulong access) => (int)(access >> GroupShift & (1 << 20) - 1);
}
