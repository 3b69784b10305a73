using System;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>
/// Which kernels depend on which. A kernel's depth is the longest chain before it, so a search for a dependence need
/// not look at kernels that lie no deeper than the one it looks for.
/// </summary>
internal static class Dependence
{
    public static void Add(Kernel before, Kernel after)
    {
        before.After.Add(after);
        after.Before.Add(before);
        Deepen(after, before.Depth + 1);
    }

    /// <summary>Whether <paramref name="kernel"/> needs, directly or not, what <paramref name="earlier"/> computes.</summary>
    public static bool DependsOn(Kernel kernel, Kernel earlier) => kernel == earlier || Reaches(kernel.Before, earlier);

    /// <summary>Whether a path leads from one kernel to the other through a third.</summary>
    public static bool HasIndirectPath(Kernel earlier, Kernel later) => Reaches(later.Before.Where(k => k != earlier), earlier);

    /// <summary>Hands the dependences of a kernel that was merged to the kernel that took its nodes.</summary>
    public static void Replace(Kernel from, Kernel into)
    {
        foreach (var before in from.Before)
        {
            before.After.Remove(from);
            if (before != into)
                Add(before, into);
        }
        foreach (var after in from.After)
        {
            after.Before.Remove(from);
            if (after != into)
                Add(into, after);
        }
        into.Before.Remove(from);
        into.After.Remove(from);
        Deepen(into, from.Depth);
    }

    static bool Reaches(IEnumerable<Kernel> from, Kernel earlier)
    {
        var seen = new HashSet<Kernel>();
        var pending = new Stack<Kernel>(from);
        while (pending.Count > 0)
        {
            var kernel = pending.Pop();
            if (kernel == earlier)
                return true;
            if (kernel.Depth <= earlier.Depth || !seen.Add(kernel))
                continue;
            foreach (var before in kernel.Before)
                pending.Push(before);
        }
        return false;
    }

    static void Deepen(Kernel kernel, int depth)
    {
        var pending = new Stack<(Kernel Kernel, int Depth)>();
        pending.Push((kernel, depth));
        while (pending.Count > 0)
        {
            var (current, least) = pending.Pop();
            if (current.Depth >= least)
                continue;
            current.Depth = Math.Max(current.Depth, least);
            foreach (var after in current.After)
                pending.Push((after, current.Depth + 1));
        }
    }
}
