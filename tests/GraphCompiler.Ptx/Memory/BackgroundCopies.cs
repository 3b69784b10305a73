using GraphCompiler.Ptx.Execution;

namespace GraphCompiler.Ptx.Memory;

// cp.async: what is asked for arrives when the lane waits for it, and not before. Until then the target holds no numbers.

/// <summary>The copies to shared memory that the lanes of a warp have asked for.</summary>
sealed unsafe class BackgroundCopies
{
    readonly record struct Copy(int Lane, int Number, ulong Target, nint Source, int SourceBytes, int Bytes);

    readonly List<Copy> copies = [];
    readonly int[] numbers = new int[32];

    public void Clear()
    {
        copies.Clear();
        Array.Clear(numbers);
    }

    public void Ask(Warp warp, int lane, ulong target, nint source, int sourceBytes, int bytes)
    {
        warp.Group.Shared.Shadow?.BeginCopy(warp, target, bytes, lane);
        new Span<byte>((void*)((nint)target + warp.Group.Shared.Displacement), bytes).Fill(0xFF);
        copies.Add(new Copy(lane, numbers[lane], target, source, sourceBytes, bytes));
    }

    /// <summary>What lanes have asked for so far is a group.</summary>
    public void Commit(uint lanes)
    {
        for (int lane = 0; lane < 32; lane++)
            numbers[lane] += (int)(lanes >> lane & 1);
    }

    /// <summary>Lets all groups of the lanes arrive but so many of the last; with a negative number what is in no group yet, too.</summary>
    public void Wait(Warp warp, uint lanes, int last)
    {
        int kept = 0;
        for (int i = 0; i < copies.Count; i++)
        {
            var copy = copies[i];
            if ((lanes >> copy.Lane & 1) != 0 && copy.Number < numbers[copy.Lane] - last)
                Arrive(warp, copy);
            else
                copies[kept++] = copy;
        }
        copies.RemoveRange(kept, copies.Count - kept);
    }

    static void Arrive(Warp warp, in Copy copy)
    {
        var target = new Span<byte>((void*)((nint)copy.Target + warp.Group.Shared.Displacement), copy.Bytes);
        new ReadOnlySpan<byte>((void*)copy.Source, copy.SourceBytes).CopyTo(target);
        target[copy.SourceBytes..].Clear();
        warp.Group.Shared.Shadow?.EndCopy(warp, copy.Target, copy.Bytes, copy.Lane);
    }
}
