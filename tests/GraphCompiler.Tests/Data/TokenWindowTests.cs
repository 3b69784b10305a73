using GraphCompiler.Data;

namespace GraphCompiler.Tests.Data;

public sealed class TokenWindowTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Targets_are_the_tokens_that_follow()
    {
        RandomWindows windows = Counting(1000).RandomWindows(batch: 5, length: 7, seed: 1);
        for (int step = 0; step < 50; step++)
        {
            TokenBatch batch = windows.Batch(step);
            Assert.Equal(35, batch.Inputs.Length);
            for (int row = 0; row < 5; row++)
            {
                int first = batch.Inputs[row * 7];
                for (int i = 0; i < 7; i++)
                {
                    Assert.Equal(first + i, batch.Inputs[row * 7 + i]);
                    Assert.Equal(first + i + 1, batch.Targets[row * 7 + i]);
                }
            }
        }
    }

    [Fact]
    public void Windows_begin_everywhere_about_equally_often()
    {
        // 10 places in 14 tokens for windows of 4 and what follows; 20,000 windows, so 2,000 a place, deviation 42.
        RandomWindows windows = Counting(14).RandomWindows(batch: 20, length: 4, seed: 3);
        int[] begun = new int[10];
        for (int step = 0; step < 1000; step++)
        {
            TokenBatch batch = windows.Batch(step);
            for (int row = 0; row < 20; row++)
                begun[batch.Inputs[row * 4]]++;
        }

        Assert.All(begun, count => Assert.InRange(count, 1800, 2200));
    }

    [Fact]
    public void A_batch_depends_on_seed_and_step_alone()
    {
        TokenSequence tokens = Counting(100_000);
        RandomWindows windows = tokens.RandomWindows(4, 8, seed: 5), again = tokens.RandomWindows(4, 8, seed: 5);
        int[] seventh = windows.Batch(7).Inputs.ToArray();
        int[] huge = windows.Batch(7 + (1L << 32)).Inputs.ToArray();
        Assert.Equal(seventh, again.Batch(7).Inputs.ToArray());
        Assert.NotEqual(seventh, huge);
        Assert.NotEqual(seventh, windows.Batch(8).Inputs.ToArray());
        Assert.NotEqual(seventh, tokens.RandomWindows(4, 8, seed: 6).Batch(7).Inputs.ToArray());

        // The same on every machine: computed apart from this code, from Philox's definition.
        Assert.Equal([45584, 808, 6600, 67492], Enumerable.Range(0, 4).Select(row => seventh[8 * row]));
    }

    [Theory]
    [InlineData(LastBatch.Drop, 2)]
    [InlineData(LastBatch.Keep, 3)]
    [InlineData(LastBatch.Wrap, 3)]
    [InlineData(LastBatch.Pad, 3)]
    public void Sequential_windows_cover_the_tokens_once(LastBatch last, int batches)
    {
        // 41 tokens are 8 windows of 5 and one more; 3 to a batch.
        SequentialWindows windows = Counting(41).SequentialWindows(batch: 3, length: 5, last);
        Assert.Equal(8, windows.WindowCount);
        Assert.Equal(batches, windows.BatchCount);
        List<int> seen = [];
        foreach (TokenBatch batch in windows)
        {
            seen.AddRange(batch.Inputs[..(5 * batch.Count)]);
            Assert.Equal(batch.Inputs[..(5 * batch.Count)].ToArray().Select(token => token + 1), batch.Targets[..(5 * batch.Count)].ToArray());
        }

        Assert.Equal(Enumerable.Range(0, last == LastBatch.Drop ? 30 : 40), seen);
        if (last == LastBatch.Drop)
            return;
        TokenBatch end = windows.Batch(2);
        Assert.Equal(2, end.Count);
        Assert.Equal(last == LastBatch.Keep ? 2 : 3, end.Size);
        if (last != LastBatch.Keep)
            Assert.Equal(last == LastBatch.Pad ? [0, 0, 0, 0, 0] : [0, 1, 2, 3, 4], end.Inputs[10..].ToArray());
        if (last != LastBatch.Keep)
            Assert.Equal(last == LastBatch.Pad ? Enumerable.Repeat(TokenBatch.NoTarget, 5) : [1, 2, 3, 4, 5], end.Targets[10..].ToArray());
    }

    [Fact]
    public void A_split_cuts_the_end_off()
    {
        (TokenSequence training, TokenSequence validation) = Counting(1_115_394).Split(validationFraction: 0.1);
        Assert.Equal(1_003_854, training.Count);
        int[] first = new int[1];
        validation.Read(0, first);
        Assert.Equal([1_003_854], first);
        Assert.Equal(1_115_394, training.Count + validation.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => training.Read(1_003_854, first));
        Assert.Throws<ArgumentOutOfRangeException>(() => training.Split(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => training.Slice(1, 1_003_854));
        Assert.Throws<ArgumentOutOfRangeException>(() => training.Slice(long.MaxValue, 1));
    }

    [Fact]
    public void Too_few_tokens_are_refused()
    {
        Assert.Equal(7, Counting(8).RandomWindows(1, 7, 0).Batch(0).Inputs.Length);
        Assert.Throws<InvalidOperationException>(() => Counting(7).RandomWindows(1, 7, 0));
        Assert.Throws<InvalidOperationException>(() => Counting(15).SequentialWindows(3, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => Counting(15).RandomWindows(0, 7, 0));
        Assert.Throws<ArgumentException>(() => new TokenSequence([3], 3));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(70_000)]
    public void A_batch_allocates_nothing(int vocabularySize)
    {
        TokenFile.Write(folder.File("tokens.bin"), vocabularySize, Enumerable.Range(0, 5000).Select(i => i % vocabularySize));
        using TokenFile file = TokenFile.Open(folder.File("tokens.bin"));
        RandomWindows random = file.Tokens.RandomWindows(12, 64, seed: 1);
        SequentialWindows sequential = file.Tokens.SequentialWindows(12, 64);
        long sum = 0;
        int step = 0;
        Assert.Equal(0, Allocation.Of(() =>
        {
            sum += random.Batch(step++).Inputs[0];
            foreach (TokenBatch batch in sequential)
                sum += batch.Targets[^1];
        }));
        Assert.NotEqual(0, sum);
    }

    static TokenSequence Counting(int count) => new(Enumerable.Range(0, count), Math.Max(1, count));
}
