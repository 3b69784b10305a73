namespace GraphCompiler.Generator.Passes;

// Two reductions that never cost a byte, applied in turn until neither applies:
//   split   where no item crosses from one section to the next, the two sides are stacked independently;
//   peel    an item that covers every section of its part can be moved to the bottom of any stack (what lay below it is
//           lifted by its size, and nothing lies beside it), so it is put there and the rest is stacked on top.
// What remains are parts that need an algorithm. Peeling long-lived buffers often makes a part fall into pieces again.
// A long chain of such peelings is quadratic; past the work allowed, parts are left as they are, which is never wrong.

/// <summary>A part of a problem that is stacked on its own, upwards from a floor.</summary>
sealed class PlacementPart(int[] items, PlacementProblem problem, long floor)
{
    /// <summary>The whole problem's index of each of the part's items.</summary>
    public int[] Items { get; } = items;

    public PlacementProblem Problem { get; } = problem;

    /// <summary>The offset the part is stacked upon.</summary>
    public long Floor { get; } = floor;
}

static class Decomposition
{
    /// <summary>Gives the peeled items their offsets and returns the parts that are left.</summary>
    public static List<PlacementPart> Reduce(PlacementProblem whole, long[] offsets, WorkBudget budget)
    {
        List<PlacementPart> parts = [];
        Stack<(int[] Items, long Floor)> open = new();
        open.Push(([.. Enumerable.Range(0, whole.Count).OrderBy(i => whole.First[i])], 0));

        while (open.Count > 0)
        {
            (int[] items, long floor) = open.Pop();
            budget.Spend(items.Length);
            foreach (int[] component in Split(whole, items))
            {
                PlacementProblem problem = whole.Select(component);
                List<int> rest = [];
                long raised = floor;
                for (int i = 0; i < component.Length; i++)
                {
                    if (problem.First[i] > 0 || problem.End[i] < problem.Sections)
                    {
                        rest.Add(component[i]);
                        continue;
                    }
                    offsets[component[i]] = raised;
                    raised += problem.Size[i];
                }

                if (rest.Count == component.Length)
                    parts.Add(new PlacementPart(component, problem, floor));
                else if (rest.Count > 0 && budget.IsSpent)
                    parts.Add(new PlacementPart([.. rest], whole.Select(rest), raised));
                else if (rest.Count > 0)
                    open.Push(([.. rest], raised));
            }
        }
        return parts;
    }

    // The items are ordered by their first section; so is each component.
    static IEnumerable<int[]> Split(PlacementProblem whole, int[] items)
    {
        int start = 0;
        int reach = 0;
        for (int i = 0; i < items.Length; i++)
        {
            if (i > start && whole.First[items[i]] >= reach)
            {
                yield return items.AsSpan(start, i - start).ToArray();
                start = i;
            }
            reach = Math.Max(reach, whole.End[items[i]]);
        }
        yield return items.AsSpan(start).ToArray();
    }
}
