namespace GraphCompiler.Ptx.Memory;

/// <summary>Memory that kernels may use.</summary>
sealed class MemoryRegion(nint address, long bytes, string name)
{
    Shadow? shadow;

    public ulong Address { get; } = (ulong)address;

    public ulong Bytes { get; } = bytes > 0 ? (ulong)bytes : throw new ArgumentOutOfRangeException(nameof(bytes));

    public string Name { get; } = name;

    /// <summary>What is known of the accesses to it.</summary>
    public Shadow Shadow => shadow ??= new Shadow(Address, Bytes, Name, false);

    public void ForgetAccesses()
    {
        shadow?.Dispose();
        shadow = null;
    }

    public bool Holds(ulong address, int bytes) => address >= Address && address - Address + (ulong)bytes <= Bytes;
}

/// <summary>All memory that kernels may use.</summary>
sealed class GlobalMemory
{
    readonly SortedList<ulong, MemoryRegion> regions = [];

    public void Add(MemoryRegion region)
    {
        int at = IndexBefore(region.Address + region.Bytes - 1);
        if (at >= 0 && regions.Values[at].Address + regions.Values[at].Bytes > region.Address)
            throw new ArgumentException($"'{region.Name}' overlaps '{regions.Values[at].Name}'.", nameof(region));
        regions.Add(region.Address, region);
    }

    public void Remove(nint address)
    {
        int at = regions.IndexOfKey((ulong)address);
        if (at < 0)
            throw new ArgumentException("No memory begins at this address.", nameof(address));
        regions.Values[at].ForgetAccesses();
        regions.RemoveAt(at);
    }

    /// <summary>Forgets all accesses.</summary>
    public void Forget()
    {
        foreach (var region in regions.Values)
            region.ForgetAccesses();
    }

    /// <summary>The memory in which an address lies.</summary>
    public MemoryRegion? Find(ulong address)
    {
        int at = IndexBefore(address);
        return at >= 0 && regions.Values[at].Holds(address, 1) ? regions.Values[at] : null;
    }

    /// <summary>The last that begins at or before an address.</summary>
    int IndexBefore(ulong address)
    {
        int low = 0, high = regions.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (regions.Keys[middle] <= address)
                low = middle + 1;
            else
                high = middle;
        }
        return low - 1;
    }
}
