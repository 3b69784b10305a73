using GraphCompiler.Data;

namespace GraphCompiler.Tests.Data;

/// <summary>Batches of a table: each row once an epoch, in an order of seed and epoch alone.</summary>
public sealed class ArrayRowsTests
{
    /// <summary>Row r has the inputs r and -r, and the target 10 r.</summary>
    static ArrayRows<int> Table(int rows) => new(
        [.. Enumerable.Range(0, rows).SelectMany(row => new float[] { row, -row })], [.. Enumerable.Range(0, rows).Select(row => 10 * row)], rows);

    static List<(int[] Rows, int Count, float[] Weights)> Epoch(TrainingData<RowBatch<int>> data, int epoch)
    {
        List<(int[], int, float[])> batches = [];
        using IEnumerator<RowBatch<int>> enumerator = data.Epoch(epoch);
        while (enumerator.MoveNext())
        {
            RowBatch<int> batch = enumerator.Current;
            int[] rows = [.. batch.Targets.ToArray().Select(target => target / 10)];
            Assert.Equal(rows.SelectMany(row => new float[] { row, -row }), batch.Inputs.ToArray());
            batches.Add((rows, batch.Count, batch.Weights.ToArray()));
        }
        Assert.Equal(data.BatchesPerEpoch, batches.Count);
        return batches;
    }

    [Theory]
    [InlineData(LastBatch.Wrap, 3, "0 1 2|3 4 5|6 0 1")]
    [InlineData(LastBatch.Pad, 3, "0 1 2|3 4 5|6 0 0")]
    [InlineData(LastBatch.Keep, 3, "0 1 2|3 4 5|6")]
    [InlineData(LastBatch.Drop, 3, "0 1 2|3 4 5")]
    [InlineData(LastBatch.Wrap, 16, "0 1 2 3 4 5 6 0 1 2 3 4 5 6 0 1")]
    public void The_last_rows_are_as_asked_for(LastBatch last, int size, string expected)
    {
        var batches = Epoch(Table(7).Batches(size, last: last), epoch: 0);
        Assert.Equal(expected, string.Join("|", batches.Select(batch => string.Join(" ", batch.Rows))));
        Assert.All(batches, batch => Assert.Equal(batch.Rows.Select((_, i) => i < batch.Count ? 1f : 0), batch.Weights));
    }

    [Fact]
    public void The_order_depends_on_seed_and_epoch()
    {
        int[] Order(ulong seed, int epoch) => [.. Epoch(Table(100).Batches(10, shuffle: seed), epoch).SelectMany(batch => batch.Rows)];
        Assert.Equal(Order(1, 0), Order(1, 0));
        Assert.NotEqual(Order(1, 0), Order(1, 1));
        Assert.NotEqual(Order(1, 0), Order(2, 0));
        Assert.Equal(Enumerable.Range(0, 100), Order(3, 7).Order());
    }

    [Fact]
    public void A_split_has_each_row_once()
    {
        (ArrayRows<int> training, ArrayRows<int> validation) = Table(50).Split(0.2, seed: 4);
        Assert.Equal((40, 10), (training.Count, validation.Count));
        IEnumerable<int> RowsOf(ArrayRows<int> table) => Epoch(table.Batches(10), 0).SelectMany(batch => batch.Rows);
        Assert.Equal(Enumerable.Range(0, 50), RowsOf(training).Concat(RowsOf(validation)).Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => Table(3).Split(0.01, seed: 1));
        Assert.Throws<ArgumentException>(() => new ArrayRows<int>(new float[7], new int[3], 3));
        Assert.Throws<InvalidOperationException>(() => Table(3).Batches(4, last: LastBatch.Drop));
    }
}
