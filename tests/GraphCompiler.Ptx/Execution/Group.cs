using GraphCompiler.Ptx.Decoding;
using GraphCompiler.Ptx.Memory;

namespace GraphCompiler.Ptx.Execution;

// Warps run one after the other, each until it ends or waits at a barrier of the group. When all have come so far, all wait at
// the same barrier and go on, or all have ended; anything else is a fault.

/// <summary>Runs the groups of a launch, one after the other.</summary>
sealed class Group : IDisposable
{
    readonly Warp[] warps;
    readonly WarpStop[] stops;
    readonly ulong launch;
    readonly int groups, threads, dynamicSharedBytes;
    ulong stamp;

    public Group(PtxKernel kernel, PtxMachineOptions options, GlobalMemory memory, ulong launch, int groups, int threads, int dynamicSharedBytes, ReadOnlySpan<byte> parameters)
    {
        Kernel = kernel;
        Options = options;
        Global = memory;
        Parameters = parameters.ToArray();
        this.launch = launch;
        this.groups = groups;
        this.threads = threads;
        this.dynamicSharedBytes = dynamicSharedBytes;
        Shared = new SharedMemory(dynamicSharedBytes == 0 ? kernel.SharedBytes : kernel.SharedAlignedBytes + dynamicSharedBytes, options.CheckRaces);
        warps = new Warp[(threads + 31) / 32];
        stops = new WarpStop[warps.Length];
        for (int i = 0; i < warps.Length; i++)
            warps[i] = new Warp(this, i, threads - 32 * i);
    }

    public PtxKernel Kernel { get; }

    public PtxMachineOptions Options { get; }

    public GlobalMemory Global { get; }

    public SharedMemory Shared { get; }

    public byte[] Parameters { get; }

    public int Number { get; private set; }

    public void Run(int number)
    {
        Number = number;
        stamp = 0;
        Shared.Clear();
        SetClocks(warps);
        foreach (var warp in warps)
            warp.Start();
        while (true)
        {
            TakeTurns();
            if (Array.TrueForAll(stops, s => s == WarpStop.Ended))
                return;
            PassBarrier();
        }
    }

    /// <summary>Lets all warps run that have not ended, until they end or wait at a barrier.</summary>
    void TakeTurns()
    {
        Array.Fill(stops, WarpStop.InTheMiddle);
        while (Array.Exists(stops, s => s == WarpStop.InTheMiddle))
        {
            for (int i = 0; i < warps.Length; i++)
            {
                int turn = Options.Backwards ? warps.Length - 1 - i : i;
                if (stops[turn] == WarpStop.InTheMiddle)
                    stops[turn] = warps[turn].Run();
            }
        }
    }

    public void Dispose()
    {
        Shared.Dispose();
        foreach (var warp in warps)
            warp.Dispose();
    }

    void PassBarrier()
    {
        int waiting = Array.IndexOf(stops, WarpStop.AtBarrier), ended = Array.IndexOf(stops, WarpStop.Ended);
        if (ended >= 0)
            throw warps[waiting].FaultAtBarrier($"the threads of warp {waiting} wait at the barrier, but those of warp {ended} have ended.");
        int barrier = warps[0].Barrier.Statement;
        foreach (var warp in warps)
        {
            if (warp.Barrier.Statement != barrier)
                throw warp.FaultAtBarrier($"the threads of the warp wait here, those of warp 0 at the barrier of line {Kernel.Statement(barrier).Line}.");
        }
        Operations.Barriers.Reduce(warps);
        stamp++;
        SetClocks(warps);
        foreach (var warp in warps)
            warp.PassBarrier();
    }

    /// <summary>Everything before comes before what the warps do from now on.</summary>
    void SetClocks(ReadOnlySpan<Warp> met)
    {
        CheckStamp(met[0]);
        var clock = AccessClock.AtBarrier(launch, Number, stamp);
        foreach (var warp in met)
            warp.Clock = clock;
    }

    /// <summary>A barrier of one warp.</summary>
    public void PassWarpBarrier(Warp warp)
    {
        stamp++;
        CheckStamp(warp);
        warp.Clock = warp.Clock.AfterWarpBarrier(stamp);
    }

    void CheckStamp(Warp warp)
    {
        if (Options.CheckRaces && stamp > AccessClock.MaxStamp)
            throw warp.Fault("the group has met at more barriers than the race check can tell apart.");
    }

    public uint ValueOf(Special special, int warp, int lane) => special switch
    {
        Special.Thread => (uint)(32 * warp + lane),
        Special.Threads => (uint)threads,
        Special.Group => (uint)Number,
        Special.Groups => (uint)groups,
        Special.Lane => (uint)lane,
        Special.Warp => (uint)warp,
        Special.Warps => (uint)warps.Length,
        Special.One => 1,
        Special.DynamicSharedBytes => (uint)dynamicSharedBytes,
        Special.WarpSize => 32,
        Special.LanesBelow => (1u << lane) - 1,
        Special.LanesUpTo => 2 * (1u << lane) - 1,
        Special.LanesAbove => ~(2 * (1u << lane) - 1),
        Special.LanesFrom => ~((1u << lane) - 1),
        Special.OwnLane => 1u << lane,
        _ => 0,
    };
}
