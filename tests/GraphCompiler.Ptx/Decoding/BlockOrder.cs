namespace GraphCompiler.Ptx.Decoding;

// Lanes that have parted meet again when whoever is further behind runs first. "Behind" is a place in an order of the blocks in
// which a block comes after all that lead to it. Where a loop leads back there is a block more, a gate, the last of the loop: lanes
// wait there for those that are still in the loop before all begin its next turn, and what the loop leads to comes after it.
// The order is made from strongly connected components (Tarjan): these in topological order, and within one its entry first,
// then, without the edges back to the entry, the rest in the same way, then the gate.

/// <summary>Orders blocks so that diverged lanes that run in this order meet as early as they can.</summary>
sealed class BlockOrder
{
    readonly List<int[]> successors;
    readonly List<int> order = [];
    readonly List<int> part, number, low;
    int parts;

    BlockOrder(List<int[]> successors)
    {
        this.successors = successors;
        part = [.. successors.Select(_ => 0)];
        number = [.. part];
        low = [.. part];
    }

    /// <summary>The blocks that the first one leads to, in order. Gates are added to the successors, with the entry of their loop as theirs.</summary>
    public static List<int> Of(List<int[]> successors)
    {
        var order = new BlockOrder(successors);
        order.Add([.. Enumerable.Range(0, successors.Count)], [0]);
        return order.order;
    }

    /// <summary>Adds what some blocks lead to within a part.</summary>
    void Add(IReadOnlyList<int> blocks, IReadOnlyList<int> entries)
    {
        int own = ++parts;
        foreach (int block in blocks)
            (part[block], number[block]) = (own, 0);
        var components = Components(own, entries);
        for (int i = components.Count - 1; i >= 0; i--)
        {
            var component = components[i];
            int entry = component.Count == 1 ? component[0] : Entry(component);
            order.Add(entry);
            bool isLoop = component.Exists(b => successors[b].Contains(entry));
            int gate = isLoop ? AddGate(component, entry) : -1;
            component.Remove(entry);
            if (component.Count > 0)
            {
                var inner = component.ToHashSet();
                Add(component, [.. successors[entry].Where(inner.Contains), .. component]);
            }
            if (isLoop)
                order.Add(gate);
        }
    }

    /// <summary>Lets all that leads back to the entry of a loop lead to a new block before it.</summary>
    int AddGate(List<int> component, int entry)
    {
        int gate = successors.Count;
        foreach (int block in component)
            successors[block] = [.. successors[block].Select(s => s == entry ? gate : s)];
        successors.Add([entry]);
        part.Add(0);
        number.Add(0);
        low.Add(0);
        return gate;
    }

    /// <summary>The first block of a loop that something outside leads to.</summary>
    int Entry(List<int> component)
    {
        var inner = component.ToHashSet();
        if (component.Contains(0))
            return 0;
        var reached = new HashSet<int>();
        for (int block = 0; block < successors.Count; block++)
        {
            if (!inner.Contains(block))
                reached.UnionWith(successors[block].Where(inner.Contains));
        }
        return reached.Count > 0 ? reached.Min() : component.Min();
    }

    /// <summary>Strongly connected components, each before those that lead to it.</summary>
    List<List<int>> Components(int own, IReadOnlyList<int> entries)
    {
        var components = new List<List<int>>();
        var stack = new Stack<int>();
        var isOnStack = new HashSet<int>();
        var path = new Stack<(int Block, int Next)>();
        int numbers = 0;
        foreach (int entry in entries)
        {
            if (number[entry] == 0)
                Enter(entry);
            while (path.Count > 0)
            {
                var (block, next) = path.Pop();
                if (next < successors[block].Length)
                {
                    path.Push((block, next + 1));
                    int successor = successors[block][next];
                    if (part[successor] == own && number[successor] == 0)
                        Enter(successor);
                    else if (part[successor] == own && isOnStack.Contains(successor))
                        low[block] = Math.Min(low[block], number[successor]);
                    continue;
                }
                if (path.TryPeek(out var parent))
                    low[parent.Block] = Math.Min(low[parent.Block], low[block]);
                if (low[block] == number[block])
                    components.Add(Leave(block));
            }
        }
        return components;

        void Enter(int block)
        {
            number[block] = low[block] = ++numbers;
            isOnStack.Add(block);
            stack.Push(block);
            path.Push((block, 0));
        }

        List<int> Leave(int block)
        {
            var component = new List<int>();
            int left;
            do
            {
                left = stack.Pop();
                isOnStack.Remove(left);
                component.Add(left);
            }
            while (left != block);
            return component;
        }
    }
}
