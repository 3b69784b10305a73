using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Memory;

// For each word of 4 bytes: the last write, and the reads since, as accesses of AccessClock. Two accesses conflict if they are of two
// threads, one writes, and no barrier lies between: a barrier of the group, or one of the warp if both are of it; groups of a launch
// have none. Of several readers only a summary is kept, which is enough: a write conflicts with any of them or with none that
// is not known. Words of which parts are accessed are split: then each byte has accesses of its own for the rest of the launch.

/// <summary>What a check for races knows of a block of memory.</summary>
sealed unsafe class Shadow : IDisposable
{
    /// <summary>Kinds of writes.</summary>
    const int Atomic = 1, Pending = 2;

    /// <summary>Kinds of reads, beside those of one thread.</summary>
    const int ByThreadsOfWarp = 1, ByWarps = 2, ByGroups = 3;

    readonly ulong start;
    readonly string name;
    readonly bool isShared;
    readonly ulong bytes;
    readonly NativeBlock words;
    readonly ulong* writes, reads;
    NativeBlock? byteBlock;
    ulong* byteWrites, byteReads;

    public Shadow(ulong address, ulong bytes, string name, bool isShared)
    {
        start = address & ~3ul;
        this.name = name;
        this.isShared = isShared;
        this.bytes = (bytes + (address - start) + 3) & ~3ul;
        words = new NativeBlock((long)(this.bytes / 4 * 16));
        writes = (ulong*)words.Address;
        reads = writes + this.bytes / 4;
    }

    public void Dispose()
    {
        words.Dispose();
        byteBlock?.Dispose();
    }

    static ulong Split(in AccessClock clock) => clock.Launch | (1ul << AccessClock.LaunchShift) - 1;

    /// <summary>Lanes of a warp read so many bytes each.</summary>
    public void Read(Warp warp, ulong* addresses, int bytes, uint lanes)
    {
        if (bytes % 4 != 0)
        {
            AccessBytes(warp, addresses, bytes, lanes, false);
            return;
        }
        var clock = warp.Clock;
        ulong low = isShared ? clock.Group : 0, high = isShared ? clock.Barrier : clock.Launch, span = high - low;
        ulong mine = clock.Now + (uint)(warp.Index * 32);
        bool isFour = bytes == 16, isRow = bytes == 4 && lanes == uint.MaxValue && AreNeighbours(addresses);
        for (uint left = lanes; left != 0;)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            ulong own = mine + (uint)lane, at = (addresses[lane] - start) >> 2;
            if (isRow && lane <= 28 && TryReadFour(at, low, high, Vector256.Create(own, own + 1, own + 2, own + 3)))
            {
                left &= ~(0xFu << lane);
                continue;
            }
            left &= left - 1;
            // Of neighbours that read the same two are looked at: no more than one of them has written it.
            int other = -1;
            for (; left != 0 && addresses[BitOperations.TrailingZeroCount(left)] == addresses[lane]; left &= left - 1)
                other = BitOperations.TrailingZeroCount(left);
            ulong readers = other >= 0 ? own | (ulong)ByThreadsOfWarp << AccessClock.KindShift : own;
            if (isFour && TryReadFour(at, low, high, Vector256.Create(readers)))
                continue;
            for (ulong end = at + ((ulong)bytes >> 2); at < end; at++)
            {
                if (writes[at] - low >= span)
                {
                    CheckRead(warp, lane, at, clock, own);
                    if (other >= 0)
                        CheckRead(warp, other, at, clock, mine + (uint)other);
                }
                if (reads[at] < high)
                    reads[at] = readers;
                else if (reads[at] != readers)
                    reads[at] = Readers(reads[at], clock, readers);
            }
        }
    }

    /// <summary>Records reads of four words, if nothing has to be known of others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool TryReadFour(ulong at, ulong low, ulong high, Vector256<ulong> readers)
    {
        if (!Vector256.LessThanAll(Vector256.Load(writes + at) - Vector256.Create(low), Vector256.Create(high - low)))
            return false;
        var known = Vector256.Load(reads + at);
        if (!Vector256.LessThanAll(known, Vector256.Create(high)))
            return Vector256.EqualsAll(known, readers);
        Vector256.Store(readers, reads + at);
        return true;
    }

    /// <summary>Records writes of four words, if nothing has to be known of others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    bool TryWriteFour(ulong at, ulong high, Vector256<ulong> writers)
    {
        var least = Vector256.Create(high);
        if (!Vector256.LessThanAll(Vector256.Load(writes + at), least) || !Vector256.LessThanAll(Vector256.Load(reads + at), least))
            return false;
        Vector256.Store(writers, writes + at);
        return true;
    }

    /// <summary>Whether each lane has the word behind that of the lane before.</summary>
    static bool AreNeighbours(ulong* addresses)
    {
        var expected = Vector256.Create(addresses[0]) + Vector256.Create(0ul, 4, 8, 12);
        var different = Vector256<ulong>.Zero;
        for (int lane = 0; lane < 32; lane += 4)
        {
            different |= expected ^ Vector256.Load(addresses + lane);
            expected += Vector256.Create(16ul);
        }
        return different == Vector256<ulong>.Zero;
    }

    /// <summary>Lanes of a warp write so many bytes each.</summary>
    public void Write(Warp warp, ulong* addresses, int bytes, uint lanes)
    {
        if (bytes % 4 != 0)
        {
            AccessBytes(warp, addresses, bytes, lanes, true);
            return;
        }
        WriteWords(warp, addresses, bytes, lanes, 0);
    }

    /// <summary>A copy of words begins, which nobody may touch before it is waited for.</summary>
    public void BeginCopy(Warp warp, ulong address, int bytes, int lane) => WriteWords(warp, Lane(address, lane), bytes, 1u << lane, Pending);

    /// <summary>A copy has arrived, as if the lane had written it now.</summary>
    public void EndCopy(Warp warp, ulong address, int bytes, int lane)
    {
        ulong own = warp.Clock.Now + (uint)(warp.Index * 32 + lane);
        for (ulong at = (address - start) >> 2, end = at + ((ulong)bytes >> 2); at < end; at++)
            writes[at] = own;
    }

    /// <summary>Lanes of a warp change a number of 4 or 8 bytes each in one step.</summary>
    public void Change(Warp warp, ulong address, int bytes, int lane) => WriteWords(warp, Lane(address, lane), bytes, 1u << lane, Atomic);

    [ThreadStatic]
    static ulong[]? laneAddresses;

    static ulong* Lane(ulong address, int lane)
    {
        laneAddresses ??= GC.AllocateArray<ulong>(32, pinned: true);
        laneAddresses[lane] = address;
        return (ulong*)Unsafe.AsPointer(ref laneAddresses[0]);
    }

    void WriteWords(Warp warp, ulong* addresses, int bytes, uint lanes, int kind)
    {
        var clock = warp.Clock;
        ulong high = isShared ? clock.Barrier : clock.Launch;
        ulong mine = clock.Now + (uint)(warp.Index * 32);
        // No barrier makes a copy arrive.
        ulong kindBits = (ulong)(uint)kind << AccessClock.KindShift | (kind == Pending ? AccessClock.NeverOrdered : 0);
        bool isFour = bytes == 16, isRow = bytes == 4 && lanes == uint.MaxValue && AreNeighbours(addresses);
        for (uint left = lanes; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            ulong own = mine + (uint)lane, writer = own | kindBits, at = (addresses[lane] - start) >> 2;
            if (isFour && TryWriteFour(at, high, Vector256.Create(writer)))
                continue;
            if (isRow && lane <= 28 && TryWriteFour(at, high, Vector256.Create(writer, writer + 1, writer + 2, writer + 3)))
            {
                left &= ~(0xEu << lane);
                continue;
            }
            for (ulong end = at + ((ulong)bytes >> 2); at < end; at++)
            {
                if (writes[at] >= high || reads[at] >= high)
                    CheckWrite(warp, lane, at, clock, own, kind == Atomic);
                writes[at] = writer;
            }
        }
    }

    /// <summary>Whether an access is none of this launch, or in shared memory of this group.</summary>
    bool IsForeign(ulong access, in AccessClock clock) =>
        isShared ? (access ^ clock.Group) >> AccessClock.GroupShift != 0 : access < clock.Launch;

    static bool IsOrdered(ulong access, in AccessClock clock, ulong own) =>
        (access ^ own) >> AccessClock.GroupShift == 0
        && (access < clock.Barrier || access < clock.WarpBarrier && (access ^ own) << 54 >> 59 == 0);

    void CheckRead(Warp warp, int lane, ulong at, in AccessClock clock, ulong own)
    {
        if (writes[at] == Split(clock))
        {
            ReadBytes(warp, lane, at * 4, 4, clock, own);
            return;
        }
        CheckReadOf(warp, lane, writes[at], at * 4, clock, own);
    }

    void CheckReadOf(Warp warp, int lane, ulong write, ulong at, in AccessClock clock, ulong own)
    {
        if (IsForeign(write, clock))
        {
            if (isShared && warp.Group.Options.CheckUnwritten)
                throw warp.Fault($"byte {at} of shared memory is read, which nobody has written.", lane);
            return;
        }
        CheckOrder(warp, lane, write, at, clock, own, false, "read");
    }

    void CheckOrder(Warp warp, int lane, ulong write, ulong at, in AccessClock clock, ulong own, bool isAtomic, string doing)
    {
        bool isOfGroup = (write ^ own) >> AccessClock.GroupShift == 0;
        int kind = AccessClock.KindOf(write);
        if (kind == Pending)
            throw warp.Fault($"byte {at} of {name} is {doing} while thread {AccessClock.ThreadOf(write)} has not waited for its copy there.", lane);
        if (isAtomic && kind == Atomic || isOfGroup && AccessClock.ThreadOf(write) == AccessClock.ThreadOf(own) || IsOrdered(write, clock, own))
            return;
        throw warp.Fault($"a race: byte {at} of {name} is {doing}, thread {AccessClock.ThreadOf(write)} of group {AccessClock.GroupOf(write)} has written it, and no barrier is between.", lane);
    }

    void CheckWrite(Warp warp, int lane, ulong at, in AccessClock clock, ulong own, bool isAtomic)
    {
        if (writes[at] == Split(clock))
            WriteBytes(warp, lane, at * 4, 4, clock, own, isAtomic);
        else
            CheckWriteOf(warp, lane, writes[at], reads[at], at * 4, clock, own, isAtomic);
        if (reads[at] == Split(clock))
            reads[at] = 0;
    }

    void CheckWriteOf(Warp warp, int lane, ulong write, ulong read, ulong at, in AccessClock clock, ulong own, bool isAtomic)
    {
        if (!IsForeign(write, clock))
            CheckOrder(warp, lane, write, at, clock, own, isAtomic, "written");
        if (IsForeign(read, clock))
            return;
        int kind = AccessClock.KindOf(read);
        bool isOfGroup = (read ^ own) >> AccessClock.GroupShift == 0 && kind != ByGroups;
        if (isOfGroup && kind == 0 && AccessClock.ThreadOf(read) == AccessClock.ThreadOf(own))
            return;
        if (isOfGroup && (read < clock.Barrier || kind != ByWarps && IsOrdered(read, clock, own)))
            return;
        throw warp.Fault($"a race: byte {at} of {name} is written, thread {AccessClock.ThreadOf(read)} of group {AccessClock.GroupOf(read)} has read it, and no barrier is between.", lane);
    }

    /// <summary>The summary of earlier reads and one more.</summary>
    ulong Readers(ulong read, in AccessClock clock, ulong own)
    {
        if (IsForeign(read, clock) || read == Split(clock))
            return read == Split(clock) ? read : own;
        int kind = AccessClock.KindOf(read);
        if (kind == ByGroups || (read ^ own) >> AccessClock.GroupShift != 0)
            return read | AccessClock.KindMask;
        if (read < clock.Barrier)
            return own;
        if ((read ^ own) << 54 >> 59 != 0 || kind == ByWarps)
            return own & ~AccessClock.KindMask | (ulong)ByWarps << AccessClock.KindShift;
        if (read < clock.WarpBarrier || kind == 0 && AccessClock.ThreadOf(read) == AccessClock.ThreadOf(own))
            return own;
        return own | (ulong)ByThreadsOfWarp << AccessClock.KindShift;
    }

    void AccessBytes(Warp warp, ulong* addresses, int bytes, uint lanes, bool writes)
    {
        var clock = warp.Clock;
        for (uint left = lanes; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            ulong at = addresses[lane] - start;
            for (ulong word = at >> 2; word <= (at + (ulong)bytes - 1) >> 2; word++)
                SplitWord(word, clock);
            ulong own = clock.Now + (uint)(warp.Index * 32 + lane);
            if (writes)
                WriteBytes(warp, lane, at, bytes, clock, own, false);
            else
                ReadBytes(warp, lane, at, bytes, clock, own);
        }
    }

    void SplitWord(ulong word, in AccessClock clock)
    {
        ulong split = Split(clock);
        if (writes[word] == split)
            return;
        if (byteBlock is null)
        {
            byteBlock = new NativeBlock((long)(bytes * 16));
            byteWrites = (ulong*)byteBlock.Address;
            byteReads = byteWrites + bytes;
        }
        for (ulong i = word * 4; i < word * 4 + 4; i++)
            (byteWrites[i], byteReads[i]) = (writes[word], reads[word]);
        writes[word] = reads[word] = split;
    }

    void ReadBytes(Warp warp, int lane, ulong at, int bytes, in AccessClock clock, ulong own)
    {
        ulong high = isShared ? clock.Barrier : clock.Launch;
        for (ulong end = at + (ulong)bytes; at < end; at++)
        {
            CheckReadOf(warp, lane, byteWrites[at], at, clock, own);
            byteReads[at] = byteReads[at] < high ? own : Readers(byteReads[at], clock, own);
        }
    }

    void WriteBytes(Warp warp, int lane, ulong at, int bytes, in AccessClock clock, ulong own, bool isAtomic)
    {
        for (ulong end = at + (ulong)bytes; at < end; at++)
        {
            CheckWriteOf(warp, lane, byteWrites[at], byteReads[at], at, clock, own, isAtomic);
            byteWrites[at] = own;
        }
    }
}
