namespace GraphCompiler.Kernels;

/// <summary>
/// A worker's share of all panels of all heads, cut so that everyone has about as many keys to pass over: with a causal
/// mask the last panels of a head have the most. It decides who computes what, never how.
/// </summary>
internal struct PanelShare<V>
    where V : unmanaged, IVector<V>
{
    /// <summary>What a panel costs beside its keys, in keys.</summary>
    const int CostOfPanel = 16;

    readonly AttentionShape shape;
    readonly int panels;
    readonly long end;
    long next;

    public PanelShare(Worker worker, in AttentionShape shape)
    {
        this.shape = shape;
        panels = new QueryPanels<V>(shape.QueryLength).Count;
        long heads = (long)shape.Batch * shape.Heads;
        if (worker.Count == 1)
        {
            (next, end) = (0, heads * panels);
            return;
        }
        long costOfHead = 0;
        for (int panel = 0; panel < panels; panel++)
            costOfHead += Cost(panel);
        next = Border(heads * costOfHead * worker.Index / worker.Count, costOfHead);
        end = Border(heads * costOfHead * (worker.Index + 1) / worker.Count, costOfHead);
    }

    /// <summary>The next head with panels of this worker, and which of its panels they are.</summary>
    public bool Next(out int batch, out int head, out int firstPanel, out int endPanel)
    {
        long index = next / panels;
        batch = (int)(index / shape.Heads);
        head = (int)(index % shape.Heads);
        firstPanel = (int)(next - (index * panels));
        endPanel = (int)long.Min(panels, end - (index * panels));
        if (next >= end)
            return false;
        next = (index * panels) + endPanel;
        return true;
    }

    /// <summary>The panel nearest to where so much has been paid.</summary>
    readonly long Border(long cost, long costOfHead)
    {
        long head = cost / costOfHead;
        long rest = cost - (head * costOfHead);
        int panel = 0;
        for (; panel < panels && rest * 2 > Cost(panel); panel++)
            rest -= Cost(panel);
        return (head * panels) + panel;
    }

    readonly int Cost(int panel)
    {
        var queries = new QueryPanels<V>(shape.QueryLength);
        int first = shape.FirstKey(queries.Start(panel)), last = shape.EndKey(queries.Start(panel + 1) - 1);
        return int.Max(0, last - first) + CostOfPanel;
    }
}
