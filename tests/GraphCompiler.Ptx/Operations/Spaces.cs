using System.Numerics;
using GraphCompiler.Ptx.Execution;
using GraphCompiler.Ptx.Memory;

namespace GraphCompiler.Ptx.Operations;

// Addresses of the whole process are those of global memory; windows that no process has stand for shared memory and for that of
// a thread.

/// <summary>Finds the memory that addresses of a state space stand for.</summary>
unsafe interface ISpace
{
    /// <summary>
    /// The lanes, the first of some and others, whose so many bytes lie together; what to add to their addresses; and
    /// who checks them for races.
    /// </summary>
    static abstract uint Find(Warp warp, ulong* addresses, int bytes, uint lanes, out nint displacement, out Shadow? shadow);

    /// <summary>What to add to the address of a lane beside that: threads have memory of their own.</summary>
    static abstract nint OfLane(Warp warp, int lane);
}

readonly unsafe struct GlobalSpace : ISpace
{
    public static uint Find(Warp warp, ulong* addresses, int bytes, uint lanes, out nint displacement, out Shadow? shadow)
    {
        int first = BitOperations.TrailingZeroCount(lanes);
        var region = warp.LastRegion;
        if (region is null || !region.Holds(addresses[first], bytes))
        {
            region = warp.Group.Global.Find(addresses[first]);
            if (region is null || !region.Holds(addresses[first], bytes))
                throw warp.Fault(Outside(warp, addresses[first], bytes), first);
            warp.LastRegion = region;
        }
        displacement = 0;
        shadow = warp.Group.Options.CheckRaces ? region.Shadow : null;
        ulong begin = region.Address, last = region.Bytes - (ulong)bytes;
        uint found = 0;
        for (int lane = 0; lane < 32; lane++)
            found |= (addresses[lane] - begin <= last ? 1u : 0u) << lane;
        return found & lanes;
    }

    public static nint OfLane(Warp warp, int lane) => 0;

    static string Outside(Warp warp, ulong address, int bytes)
    {
        var near = warp.Group.Global.Find(address);
        return near is null
            ? $"{bytes} bytes at {address:x} lie in no buffer."
            : $"{bytes} bytes at {address:x}, byte {address - near.Address} of '{near.Name}', go beyond its {near.Bytes} bytes.";
    }
}

readonly unsafe struct SharedSpace : ISpace
{
    public static uint Find(Warp warp, ulong* addresses, int bytes, uint lanes, out nint displacement, out Shadow? shadow)
    {
        var shared = warp.Group.Shared;
        for (uint left = lanes; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            if (!shared.Holds(addresses[lane], bytes))
                throw warp.Fault($"{bytes} bytes at {(long)addresses[lane] - Decoding.MemoryLayout.SharedBegin} lie outside the {shared.Bytes} bytes of shared memory.", lane);
        }
        displacement = shared.Displacement;
        shadow = shared.Shadow;
        return lanes;
    }

    public static nint OfLane(Warp warp, int lane) => 0;
}

readonly unsafe struct LocalSpace : ISpace
{
    public static uint Find(Warp warp, ulong* addresses, int bytes, uint lanes, out nint displacement, out Shadow? shadow)
    {
        for (uint left = lanes; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            if (addresses[lane] > (ulong)warp.LocalBytes || addresses[lane] + (ulong)bytes > (ulong)warp.LocalBytes)
                throw warp.Fault($"{bytes} bytes at {addresses[lane]} lie outside the {warp.LocalBytes} bytes of a thread's own.", lane);
        }
        displacement = (nint)warp.LocalMemory;
        shadow = null;
        return lanes;
    }

    public static nint OfLane(Warp warp, int lane) => lane * warp.LocalBytes;
}

/// <summary>Which memory an address without a state space is of.</summary>
static class GenericAddress
{
    public const ulong SharedWindow = 1ul << 60, LocalWindow = 2ul << 60, Windows = 3ul << 60;
}
