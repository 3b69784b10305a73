using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Orders the kernels: of those whose operands are ready, the one whose first stored value was built first. Graphs are
/// built forward and differentiated backward, so that is the order a person would run them in, and values die soon
/// after they are made: each activation is released when the backward pass comes back to it.
/// </summary>
internal static class Scheduling
{
    public static IReadOnlyList<Kernel> Run(FusedGraph fused, CancellationToken cancellation)
    {
        var waiting = fused.Kernels.ToDictionary(k => k, k => k.Before.Count);
        var ready = new SortedSet<Kernel>(Comparer<Kernel>.Create((a, b) => Priority(a) != Priority(b) ? Priority(a).CompareTo(Priority(b)) : a.Id.CompareTo(b.Id)));
        foreach (var kernel in fused.Kernels.Where(k => waiting[k] == 0))
            ready.Add(kernel);
        var order = new List<Kernel>();
        while (ready.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var kernel = ready.Min;
            ready.Remove(kernel);
            order.Add(kernel);
            foreach (var after in kernel.After)
            {
                if (--waiting[after] == 0)
                    ready.Add(after);
            }
        }
        if (order.Count != fused.Kernels.Count)
            throw new System.InvalidOperationException("Fusion made kernels that wait for each other.");
        return order;
    }

    static int Priority(Kernel kernel) => kernel.Stores[0].Id;
}
