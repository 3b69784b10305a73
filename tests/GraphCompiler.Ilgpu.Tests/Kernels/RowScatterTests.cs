using System.Runtime.InteropServices;
using GraphCompiler.Kernels.Ilgpu;
using ILGPU;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>Kernels that sort positions.</summary>
public static class RowScatterKernels
{
    public struct Arguments
    {
        public ArrayView<int> Numbers, Order, Lengths;
        public int Count, From, To, Run;
    }

    public static void Sort(Arguments a) => RowScatter.Sort(a.Numbers, a.Count, a.Order, a.To, a.Run);

    public static void Merge(Arguments a) => RowScatter.Merge(a.Numbers, a.Count, a.Order, a.From, a.To, a.Run);

    public static void Lengths(Arguments a)
    {
        int place = Grid.IdxX * Group.DimX + Group.IdxX;
        if (place < a.Count)
            a.Lengths[place] = RowScatter.LengthAt(a.Numbers, a.Count, a.Order, place);
    }
}

/// <summary>Positions in the order of their numbers, equal ones in their own order: of runs, and of runs that are joined.</summary>
public class RowScatterTests
{
    const int Run = GroupSizes.Largest, Threads = 64;

    /// <summary>The numbers, both halves of the order, and the lengths, after a launch.</summary>
    static int[] Launch(Action<RowScatterKernels.Arguments> kernel, int[] memory, int count, int from, int to, int run, int groups)
    {
        float[] floats = MemoryMarshal.Cast<int, float>(memory).ToArray();
        RowScatterKernels.Arguments Of(ArrayView<float> buffer) => new()
        {
            Numbers = buffer.Cast<int>().SubView(0, count),
            Order = buffer.Cast<int>().SubView(count, 2 * count),
            Lengths = buffer.Cast<int>().SubView(3 * count, count),
            Count = count,
            From = from,
            To = to,
            Run = run,
        };
        float[] result = KernelRun.Run(kernel, Of, groups, Threads, floats);
        Assert.Equal(MemoryMarshal.Cast<float, int>(result).ToArray(), MemoryMarshal.Cast<float, int>(KernelRun.RunBackwards(kernel, Of, groups, Threads, floats)).ToArray());
        return MemoryMarshal.Cast<float, int>(result).ToArray();
    }

    static int Groups(int threads) => (threads + Threads - 1) / Threads;

    [Theory]
    [InlineData(1, 3)]
    [InlineData(Run, 1)]
    [InlineData(3 * Run + 37, 29)]
    [InlineData(4 * Run + 1, 100_000)]
    public void Positions_are_sorted_and_equal_numbers_counted(int count, int most)
    {
        if (DeviceUnderTest.IsSlow && count > Run)
            count = Run / 2;
        var random = new Random(count);
        int[] numbers = [.. Enumerable.Range(0, count).Select(_ => random.Next(most))];
        int[] memory = [.. numbers, .. new int[3 * count]];
        int from = 0;
        memory = Launch(RowScatterKernels.Sort, memory, count, 0, from, Run, Groups(RowScatter.Slices * count));
        for (int run = Run; run < count; run *= 2, from = count - from)
            memory = Launch(RowScatterKernels.Merge, memory, count, from, count - from, run, Groups(count));
        int[] expected = [.. Enumerable.Range(0, count).OrderBy(i => numbers[i])];
        Assert.Equal(expected, memory[(count + from)..(2 * count + from)]);

        expected.CopyTo(memory, count);
        int[] lengths = Launch(RowScatterKernels.Lengths, memory, count, 0, 0, 0, Groups(count))[(3 * count)..];
        for (int place = 0; place < count; place++)
        {
            int number = numbers[expected[place]];
            bool begins = place == 0 || numbers[expected[place - 1]] != number;
            Assert.Equal(begins ? numbers.Count(n => n == number) : 0, lengths[place]);
        }
    }
}
