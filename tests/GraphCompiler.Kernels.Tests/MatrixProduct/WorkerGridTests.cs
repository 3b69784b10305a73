using Xunit;

namespace GraphCompiler.Kernels.Tests;

public sealed class WorkerGridTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 300)]
    [InlineData(129, 65)]
    [InlineData(33, 1)]
    public void Every_element_belongs_to_exactly_one_worker(int m, int n)
    {
        for (int workers = 1; workers <= 70; workers++)
        {
            var owners = new int[m, n];
            WorkerGrid grid = WorkerGrid.For(workers, m, n, columnGrain: 16);
            Assert.InRange(grid.Parts, 1, workers);
            for (int worker = 0; worker < workers; worker++)
            {
                if (!grid.Part(worker, m, n, columnGrain: 16, out TilePart part))
                    continue;
                for (int row = part.RowStart; row < part.RowEnd; row++)
                {
                    for (int column = part.ColumnStart; column < part.ColumnEnd; column++)
                        owners[row, column]++;
                }
            }
            Assert.All(owners.Cast<int>(), owner => Assert.Equal(1, owner));
        }
    }

    [Fact]
    public void Large_products_are_shared_evenly()
    {
        for (int workers = 1; workers <= 16; workers++)
        {
            WorkerGrid grid = WorkerGrid.For(workers, 1024, 1024, columnGrain: 16);
            long largest = 0;
            for (int worker = 0; worker < workers; worker++)
            {
                if (!grid.Part(worker, 1024, 1024, columnGrain: 16, out TilePart part))
                    continue;
                int rows = part.RowEnd - part.RowStart, columns = part.ColumnEnd - part.ColumnStart;
                largest = long.Max(largest, (long)rows * columns);
            }
            Assert.True(largest <= 1.1 * 1024 * 1024 / workers, $"{workers} workers: the largest has {largest}");
        }
    }
}
