using GraphCompiler.Contracts;

namespace GraphCompiler.Kernels;

/// <summary>
/// How C is cut into one part for each worker: a grid of rows and columns, chosen so that the largest part is small and
/// little is read twice. It decides who computes what, never how.
/// </summary>
internal readonly struct WorkerGrid
{
    /// <summary>Rows stay together in eights, where a strip of register tiles is that high.</summary>
    const int RowGrain = ProductContract.RowGrain;

    readonly int rowParts, columnParts;

    WorkerGrid(int rowParts, int columnParts)
    {
        this.rowParts = rowParts;
        this.columnParts = columnParts;
    }

    /// <summary>How many parts there are, at most the number asked for.</summary>
    public int Parts => rowParts * columnParts;

    /// <summary>The grid of at most <paramref name="workers"/> parts.</summary>
    public static WorkerGrid For(int workers, int m, int n, int columnGrain)
    {
        if (workers == 1)
            return new WorkerGrid(1, 1);
        int rowGrains = Grains(m, RowGrain);
        int columnGrains = Grains(n, columnGrain);
        var best = new WorkerGrid(1, 1);
        double bestCost = double.MaxValue;
        for (int rowParts = 1; rowParts <= workers; rowParts++)
        {
            int columnParts = workers / rowParts;
            double rows = Grains(rowGrains, rowParts) * RowGrain;
            double columns = Grains(columnGrains, columnParts) * columnGrain;
            // A step of k costs rows * columns multiplications, and reading rows of A and, dearer for the packing,
            // columns of B.
            double cost = (rows * columns) + (8 * rows) + (16 * columns);
            if (cost < bestCost)
            {
                bestCost = cost;
                best = new WorkerGrid(rowParts, columnParts);
            }
        }
        return best;
    }

    /// <summary>The part with a number; false if it is empty or there is none.</summary>
    public bool Part(int index, int m, int n, int columnGrain, out TilePart part)
    {
        if (index >= Parts || m == 0 || n == 0)
        {
            part = default;
            return false;
        }
        int rowIndex = index / columnParts;
        int columnIndex = index - (rowIndex * columnParts);
        part = new TilePart(
            Border(rowIndex, rowParts, m, RowGrain), Border(rowIndex + 1, rowParts, m, RowGrain),
            Border(columnIndex, columnParts, n, columnGrain), Border(columnIndex + 1, columnParts, n, columnGrain));
        return part.RowStart < part.RowEnd && part.ColumnStart < part.ColumnEnd;
    }

    static int Border(int index, int parts, int items, int grain)
        => (int)long.Min(items, (long)Grains(items, grain) * index / parts * grain);

    static int Grains(int items, int grain) => (int)(((long)items + grain - 1) / grain);
}
