namespace GraphCompiler.Generator.Passes;

// The combinatorial core of arena planning, free of names and units: rectangles of given width (a range of sections of
// time) and height (a size, in multiples of the alignment) that may be moved up and down but not sideways.
//
// Time is compressed to sections: the maximal sets of buffers that are live together. Two buffers overlap in time if and
// only if they share a section (sections are the maximal cliques of an interval graph, which have a natural order), so
// nothing is lost, and steps that only repeat or only shrink their predecessor cost nothing.

/// <summary>Rectangles to be stacked: item i covers sections [First[i], End[i]) and is Size[i] high.</summary>
sealed class PlacementProblem
{
    public PlacementProblem(int[] first, int[] end, long[] size, int sections)
    {
        First = first;
        End = end;
        Size = size;
        Sections = sections;
        SectionTotal = new long[sections];
        long[] change = new long[sections + 1];
        for (int i = 0; i < size.Length; i++)
        {
            change[first[i]] = checked(change[first[i]] + size[i]);
            change[end[i]] -= size[i];
        }
        long total = 0;
        for (int s = 0; s < sections; s++)
        {
            total = checked(total + change[s]);
            SectionTotal[s] = total;
            LowerBound = Math.Max(LowerBound, total);
        }
    }

    public int Count => Size.Length;

    public int[] First { get; }

    public int[] End { get; }

    public long[] Size { get; }

    public int Sections { get; }

    /// <summary>Sum of the sizes that share each section.</summary>
    public long[] SectionTotal { get; }

    /// <summary>The largest section total: no stack is lower.</summary>
    public long LowerBound { get; }

    /// <summary>The problem of some lifetimes [lower, upper) and sizes, with time compressed to sections.</summary>
    public static PlacementProblem Create(int[] lower, int[] upper, long[] size)
    {
        int count = size.Length;
        int[] births = [.. Enumerable.Range(0, count).OrderBy(i => lower[i])];
        int[] deaths = [.. Enumerable.Range(0, count).OrderBy(i => upper[i])];
        int[] first = new int[count];
        int[] end = new int[count];
        int section = 0;
        bool grew = false;

        // A section is complete when something dies after something was born.
        for (int born = 0, dead = 0; dead < count;)
        {
            if (born < count && lower[births[born]] < upper[deaths[dead]])
            {
                first[births[born++]] = section;
                grew = true;
                continue;
            }
            if (grew)
                section++;
            grew = false;
            end[deaths[dead++]] = section;
        }
        return new PlacementProblem(first, end, size, section);
    }

    /// <summary>The problem of some of the items; the result's item i is this problem's items[i].</summary>
    public PlacementProblem Select(IReadOnlyList<int> items)
    {
        int count = items.Count;
        int[] first = new int[count];
        int[] end = new int[count];
        long[] size = new long[count];
        for (int i = 0; i < count; i++)
        {
            first[i] = First[items[i]];
            end[i] = End[items[i]];
            size[i] = Size[items[i]];
        }
        return Create(first, end, size);
    }
}
