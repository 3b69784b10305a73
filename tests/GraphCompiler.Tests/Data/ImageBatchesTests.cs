using GraphCompiler.Data;
using Xunit;

namespace GraphCompiler.Tests.Data;

public class ImageBatchesTests
{
    /// <summary>Example i has label i and every byte i + 1, so that images can be told from blank.</summary>
    internal static ImageSet Numbered(int count, int height = 2, int width = 3)
    {
        byte[] pixels = new byte[count * height * width];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i / (height * width) + 1);
        return new ImageSet(pixels, [.. Enumerable.Range(0, count)], new ImageShape(1, height, width));
    }

    internal static List<int> OwnLabels(ImageBatchEnumerator batches)
    {
        List<int> labels = [];
        using (batches)
        {
            while (batches.MoveNext())
                labels.AddRange(batches.Current.Labels[..batches.Current.Count]);
        }

        return labels;
    }

    [Theory]
    [InlineData(LastBatch.Wrap, 3, 4, 2, new[] { 8, 9, 0, 1 })]
    [InlineData(LastBatch.Pad, 3, 4, 2, new[] { 8, 9, ImageBatch.NoLabel, ImageBatch.NoLabel })]
    [InlineData(LastBatch.Keep, 3, 2, 2, new[] { 8, 9 })]
    [InlineData(LastBatch.Drop, 2, 4, 4, new[] { 4, 5, 6, 7 })]
    public void The_last_batch_is_what_was_asked_for(LastBatch last, int batches, int size, int count, int[] labels)
    {
        ImageBatches all = Numbered(10).Batches(4, last);
        Assert.Equal(batches, all.BatchesPerEpoch);
        int seen = 0;
        foreach (ImageBatch batch in all)
        {
            Assert.Equal(seen++, batch.Index);
            Assert.Equal(seen == batches, batch.IsLastOfEpoch);
            Assert.Equal(6 * batch.Size, batch.Images.Length);
            Assert.Equal(batch.Size, batch.Labels.Length);
            for (int i = 0; i < batch.Size; i++)
            {
                bool blank = last == LastBatch.Pad && i >= batch.Count;
                float expected = blank ? 0 : (batch.Labels[i] + 1) * (1 / 255f);
                foreach (float value in batch.Images.Slice(6 * i, 6))
                    Assert.Equal(expected, value);
            }

            if (seen == batches)
            {
                Assert.Equal((size, count), (batch.Size, batch.Count));
                Assert.Equal(labels, batch.Labels.ToArray());
                Assert.Equal(Enumerable.Range(0, size).Select(i => i < count ? 1f : 0), batch.Weights.ToArray());
            }
        }

        Assert.Equal(batches, seen);
    }

    [Fact]
    public void A_set_smaller_than_a_batch_fills_it_by_repetition()
    {
        foreach (ImageBatch batch in Numbered(3).Batches(8))
        {
            Assert.Equal(3, batch.Count);
            Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1], batch.Labels.ToArray());
        }
    }

    [Fact]
    public void Sets_that_give_no_batch_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => Numbered(3).Batches(4, LastBatch.Drop));
        Assert.Throws<InvalidOperationException>(() => Numbered(0).Batches(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(3).Batches(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(3).Batches(int.MaxValue));
    }

    [Fact]
    public void Every_epoch_shows_every_example_once_in_an_order_of_its_own()
    {
        ImageBatches batches = Numbered(57).Shuffle(seed: 3).Batches(8);
        List<int> first = OwnLabels(batches.GetEnumerator()), second = OwnLabels(batches.GetEnumerator());
        Assert.Equal(Enumerable.Range(0, 57), first.Order());
        Assert.Equal(Enumerable.Range(0, 57), second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, first.Order());
        Assert.Equal(2, batches.NextEpoch);
    }

    [Fact]
    public void The_same_seed_and_epoch_give_the_same_order()
    {
        List<int> order = OwnLabels(Numbered(57).Shuffle(seed: 3).Batches(8).Epochs(4, 1).GetEnumerator());
        Assert.Equal(order, OwnLabels(Numbered(57).Shuffle(seed: 3).Batches(5).Epochs(4, 1).GetEnumerator()));
        Assert.NotEqual(order, OwnLabels(Numbered(57).Shuffle(seed: 4).Batches(8).Epochs(4, 1).GetEnumerator()));
        Assert.NotEqual(order, OwnLabels(Numbered(57).Shuffle(seed: 3 + (1UL << 32)).Batches(8).Epochs(4, 1).GetEnumerator()));
    }

    [Fact]
    public void The_order_never_changes_between_releases()
    {
        // Computed from the published algorithms by other code; a change here changes every user's run.
        Assert.Equal(
            [6, 1, 3, 4, 2, 9, 7, 0, 5, 8],
            OwnLabels(Numbered(10).Shuffle(seed: 1).Batches(10).GetEnumerator()));
    }

    [Fact]
    public void Positions_are_uniform()
    {
        // 4 examples over 24,000 epochs: each of the 24 orders about 1,000 times (deviation 31).
        Dictionary<string, int> orders = [];
        ImageBatches batches = Numbered(4).Shuffle(seed: 11).Batches(4);
        foreach (ImageBatch batch in batches.Epochs(0, 24_000))
        {
            string order = string.Join("", batch.Labels.ToArray());
            orders[order] = orders.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(24, orders.Count);
        Assert.All(orders.Values, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Several_epochs_are_the_single_ones_in_a_row_and_can_be_entered_in_the_middle()
    {
        ImageSequence sequence = Numbered(10).Shuffle(seed: 2).RandomShift(1, seed: 7);
        List<float> whole = Values(sequence.Batches(4).Epochs(1, 3).GetEnumerator());
        List<float> parts =
        [
            .. Values(sequence.Batches(4).Epochs(1, 1).GetEnumerator()),
            .. Values(sequence.Batches(4).Epochs(2, 2).GetEnumerator()),
        ];
        Assert.Equal(whole, parts);
        Assert.Equal(whole[(2 * 4 * 6)..], Values(sequence.Batches(4).Epochs(1, 3, firstBatch: 2).GetEnumerator()));
        Assert.Equal(whole[(3 * 4 * 6)..], Values(sequence.Batches(4).Epochs(1, 3, firstBatch: 3).GetEnumerator()));
    }

    internal static List<float> Values(ImageBatchEnumerator batches)
    {
        List<float> values = [];
        using (batches)
        {
            while (batches.MoveNext())
                values.AddRange(batches.Current.Images);
        }

        return values;
    }

    [Fact]
    public void Two_enumerations_at_once_do_not_disturb_each_other()
    {
        ImageBatches batches = Numbered(10).Batches(4);
        using ImageBatchEnumerator one = batches.GetEnumerator(), other = batches.GetEnumerator();
        Assert.True(one.MoveNext() && other.MoveNext() && other.MoveNext());
        Assert.Equal([0, 1, 2, 3], one.Current.Labels.ToArray());
        Assert.Equal([4, 5, 6, 7], other.Current.Labels.ToArray());
    }

    [Fact]
    public void A_disposed_or_unstarted_enumerator_says_so()
    {
        ImageBatchEnumerator batches = Numbered(10).Batches(4).GetEnumerator();
        Assert.Throws<InvalidOperationException>(() => batches.Current.Size);
        batches.Dispose();
        batches.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
    }

    [Fact]
    public unsafe void Images_are_aligned_for_vectors()
    {
        foreach (ImageBatch batch in Numbered(10).Batches(3))
        {
            fixed (float* images = batch.Images)
                Assert.Equal(0, (nint)images % 64);
        }
    }
}
