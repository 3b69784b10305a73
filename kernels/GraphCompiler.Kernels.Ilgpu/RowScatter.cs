using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// Which rows go to which row of a table: the positions of numbers, sorted by number and then by position, so that those
/// of equal numbers are neighbours and their rows can be added in their order, without atomics.
/// <list type="number">
/// <item>Runs of neighbouring positions are sorted. The place of a position is how many numbers of its run are smaller, and how many
/// equal ones stand before it: each is compared with all others, which for some thousand costs less than the passes of a sort.</item>
/// <item>Two neighbouring runs become one, launch by launch, until there is one: each position finds its place in the other run by
/// halving it.</item>
/// </list>
/// </summary>
public static class RowScatter
{
    /// <summary>So many threads compare one number, each with another part of its run.</summary>
    public const int Slices = 8;

    /// <summary>Sorts runs. A group of <see cref="Slices"/> threads for each of its numbers; it has at most <see cref="GroupSizes.Largest"/>.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="order">Takes the sorted positions.</param>
    /// <param name="to">Where they begin there.</param>
    /// <param name="run">How many positions a run has, a multiple of <see cref="GroupSizes.Largest"/>; only the last has fewer.</param>
    public static void Sort(ArrayView<int> numbers, int count, ArrayView<int> order, int to, int run)
    {
        var others = SharedMemory.Allocate<int>(GroupSizes.Largest);
        var smaller = SharedMemory.Allocate<int>(GroupSizes.Largest);
        int ofGroup = Group.DimX / Slices, slice = Group.IdxX / ofGroup, own = Group.IdxX % ofGroup;
        int position = Grid.IdxX * ofGroup + own, number = position < count ? numbers[position] : 0;
        int start = Grid.IdxX * ofGroup / run * run, endOfRun = start + run < count ? start + run : count;
        int before = 0;
        for (int first = start; first < endOfRun; first += Group.DimX)
        {
            int end = endOfRun - first < Group.DimX ? endOfRun - first : Group.DimX;
            if (Group.IdxX < end)
                others[Group.IdxX] = numbers[first + Group.IdxX];
            Group.Barrier();
            for (int k = slice; k < end; k += Slices)
            {
                int other = others[k];
                before += other < number || (other == number && first + k < position) ? 1 : 0;
            }
            Group.Barrier();
        }
        smaller[Group.IdxX] = before;
        Group.Barrier();
        if (slice != 0 || position >= count)
            return;
        for (int k = 1; k < Slices; k++)
            before += smaller[k * ofGroup + own];
        order[to + start + before] = position;
    }

    /// <summary>Makes one run of every two. A thread a position.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="order">The sorted positions of runs, and where those of the longer runs go.</param>
    /// <param name="from">Where the ones begin.</param>
    /// <param name="to">Where the others do.</param>
    /// <param name="run">How many positions a run has before.</param>
    public static void Merge(ArrayView<int> numbers, int count, ArrayView<int> order, int from, int to, int run)
    {
        int i = Grid.IdxX * Group.DimX + Group.IdxX;
        if (i >= count)
            return;
        int position = order[from + i], number = numbers[position], start = i / run * run;
        bool isSecond = (i / run & 1) != 0;
        int other = isSecond ? start - run : start + run, both = isSecond ? other : start;
        int first = other < count ? other : count, end = first + run < count ? first + run : count, begin = first;
        while (first < end)
        {
            // Of equal numbers those of the first run stand before those of the second.
            int middle = (first + end) / 2, value = numbers[order[from + middle]];
            bool isBefore = value < number || (isSecond && value == number);
            first = isBefore ? middle + 1 : first;
            end = isBefore ? end : middle;
        }
        order[to + both + (i - start) + (first - begin)] = position;
    }

    /// <summary>How many equal numbers begin at a place of the order; 0 where none does: steps that double find one that differs, then halves the last.</summary>
    public static int LengthAt(ArrayView<int> numbers, int count, ArrayView<int> order, int place)
    {
        int number = numbers[order[place]];
        if (place > 0 && numbers[order[place - 1]] == number)
            return 0;
        int reach = 1;
        while (place + reach < count && numbers[order[place + reach]] == number)
            reach *= 2;
        int same = reach / 2, other = place + reach < count ? reach : count - place;
        while (other - same > 1)
        {
            int middle = (same + other) / 2;
            bool isSame = numbers[order[place + middle]] == number;
            same = isSame ? middle : same;
            other = isSame ? other : middle;
        }
        return other;
    }
}
