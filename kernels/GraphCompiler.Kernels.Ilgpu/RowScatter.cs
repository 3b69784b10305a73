using ILGPU;

namespace GraphCompiler.Kernels.Ilgpu;

/// <summary>
/// Which rows go to which row of a table: the positions of numbers, sorted by number and then by position, so that those
/// of equal numbers are neighbours and their rows can be added in their order, without atomics. The place of a position is
/// how many numbers are smaller, and how many equal ones stand before it: each is compared with all others, which for some ten
/// thousand costs less than the passes of a sort.
/// </summary>
public static class RowScatter
{
    /// <summary>So many threads compare one number, each with another part of the numbers.</summary>
    public const int Slices = 8;

    /// <summary>Sorts. A group of <see cref="Slices"/> threads for each of its numbers; it has at most <see cref="GroupSizes.Largest"/>.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="order">2 · count integers: the sorted positions; then how many numbers are equal to that of each.</param>
    public static void Sort(ArrayView<int> numbers, int count, ArrayView<int> order)
    {
        var others = SharedMemory.Allocate<int>(GroupSizes.Largest);
        var smaller = SharedMemory.Allocate<int>(GroupSizes.Largest);
        var equal = SharedMemory.Allocate<int>(GroupSizes.Largest);
        int ofGroup = Group.DimX / Slices, slice = Group.IdxX / ofGroup, own = Group.IdxX % ofGroup;
        int position = Grid.IdxX * ofGroup + own, number = position < count ? numbers[position] : 0;
        int before = 0, same = 0;
        for (int first = 0; first < count; first += Group.DimX)
        {
            int end = count - first < Group.DimX ? count - first : Group.DimX;
            if (Group.IdxX < end)
                others[Group.IdxX] = numbers[first + Group.IdxX];
            Group.Barrier();
            for (int k = slice; k < end; k += Slices)
            {
                int other = others[k];
                before += other < number || (other == number && first + k < position) ? 1 : 0;
                same += other == number ? 1 : 0;
            }
            Group.Barrier();
        }
        smaller[Group.IdxX] = before;
        equal[Group.IdxX] = same;
        Group.Barrier();
        if (slice != 0 || position >= count)
            return;
        for (int k = 1; k < Slices; k++)
        {
            before += smaller[k * ofGroup + own];
            same += equal[k * ofGroup + own];
        }
        order[before] = position;
        order[count + before] = same;
    }

    /// <summary>How many equal numbers begin at a place of the order; 0 where it does not begin.</summary>
    public static int LengthAt(ArrayView<int> numbers, int count, ArrayView<int> order, int place)
        => place > 0 && numbers[order[place - 1]] == numbers[order[place]] ? 0 : order[count + place];
}
