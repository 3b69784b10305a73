using GraphCompiler.Data;
using Xunit;

namespace GraphCompiler.Tests.Data;

public class PrefetchTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static ImageSequence Sequence(int count = 100) => ImageBatchesTests.Numbered(count).Shuffle(seed: 1).RandomShift(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(64)]
    public void Gives_what_the_caller_would_have_filled(int depth)
    {
        ImageBatches plain = Sequence().Batches(7);
        Assert.Equal(
            ImageBatchesTests.Values(plain.Epochs(0, 5).GetEnumerator()),
            ImageBatchesTests.Values(plain.Prefetch(depth).Epochs(0, 5).GetEnumerator()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_slow_consumer_sees_unspoiled_batches(int depth)
    {
        int example = 0;
        foreach (ImageBatch batch in ImageBatchesTests.Numbered(60).Batches(2).Prefetch(depth))
        {
            Thread.Sleep(1);
            Assert.Equal([example++, example++], batch.Labels.ToArray());
            Assert.Equal(batch.Labels[0] + 1, batch.Images[0] * 255, 1e-3);
        }

        Assert.Equal(60, example);
    }

    [Fact]
    public void Leaving_early_ends_the_thread_at_every_moment()
    {
        ImageBatches batches = Sequence().Batches(7).Prefetch(3);
        for (int leaveAfter = 0; leaveAfter < 40; leaveAfter++)
        {
            int left = leaveAfter % 16;
            Within(() =>
            {
                foreach (ImageBatch batch in batches)
                {
                    if (left-- == 0)
                        break;
                }
            });
        }
    }

    /// <summary>An interrupted wait throws and loses no batch; leaving waits for the thread, which still writes.</summary>
    [Fact]
    public void An_interrupted_consumer_can_ask_again()
    {
        List<int> labels = [];
        int caught = 0;
        Exception? failure = null;
        Thread consumer = new(() =>
        {
            using ImageBatchEnumerator batches = new ImageSequence(ImageBatchesTests.Numbered(300)).Transform((_, _) => Thread.SpinWait(20_000))
                .Batches(2).Prefetch(2).GetEnumerator();
            while (true)
            {
                try
                {
                    if (!batches.MoveNext())
                        return;
                    labels.AddRange(batches.Current.Labels);
                }
                catch (ThreadInterruptedException)
                {
                    caught++;
                }
                catch (Exception exception)
                {
                    failure = exception;
                    return;
                }
            }
        });
        consumer.Start();
        while (!consumer.Join(0))
        {
            consumer.Interrupt();
            Thread.Yield();
        }
        Assert.Null(failure);
        Assert.Equal(Enumerable.Range(0, 300), labels);
        Assert.InRange(caught, 1, int.MaxValue);
    }

    [Fact]
    public void Disposing_before_the_first_batch_ends_the_thread()
    {
        ImageBatches batches = Sequence().Batches(7).Prefetch(1);
        for (int i = 0; i < 100; i++)
            Within(() => batches.GetEnumerator().Dispose());
    }

    [Fact]
    public void A_fault_travels_to_the_consumer_after_the_good_batches()
    {
        int images = 0;
        ImageBatches batches = new ImageSequence(ImageBatchesTests.Numbered(100))
            .Transform((image, random) =>
            {
                if (images++ == 23)
                    throw new ArithmeticException("the user's own");
            })
            .Batches(10).Prefetch(4);
        Within(() =>
        {
            using ImageBatchEnumerator enumerator = batches.GetEnumerator();
            Assert.True(enumerator.MoveNext());
            Assert.True(enumerator.MoveNext());
            ArithmeticException fault = Assert.Throws<ArithmeticException>(() => enumerator.MoveNext());
            Assert.Equal("the user's own", fault.Message);
            Assert.Throws<ArithmeticException>(() => enumerator.MoveNext());
        });

        // What failed once is whole again the next time.
        Assert.Equal(Enumerable.Range(0, 100), ImageBatchesTests.OwnLabels(batches.GetEnumerator()));
    }

    [Fact]
    public void Cancellation_wakes_a_waiting_consumer()
    {
        using CancellationTokenSource cancellation = new();
        using ManualResetEventSlim never = new();
        ImageBatches batches = new ImageSequence(ImageBatchesTests.Numbered(100))
            .Transform((image, random) => never.Wait(TimeSpan.FromMilliseconds(200)))
            .Batches(10).Prefetch(2, cancellation.Token);
        Within(() =>
        {
            using ImageBatchEnumerator enumerator = batches.GetEnumerator();
            cancellation.CancelAfter(20);
            Assert.Throws<OperationCanceledException>(() =>
            {
                while (enumerator.MoveNext())
                {
                }
            });
            never.Set();
        });
    }

    [Fact]
    public void A_token_cancelled_beforehand_gives_no_batch()
    {
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();
        Within(() =>
        {
            using ImageBatchEnumerator enumerator = Sequence().Batches(7).Prefetch(2, cancellation.Token).GetEnumerator();
            Assert.Throws<OperationCanceledException>(() => enumerator.MoveNext());
        });
    }

    [Fact]
    public void Many_short_epochs_run_through()
    {
        ImageBatches batches = Sequence(9).Batches(4).Prefetch(2);
        Within(() =>
        {
            int seen = 0;
            foreach (ImageBatch batch in batches.Epochs(0, 5000))
                seen += batch.Count;
            Assert.Equal(9 * 5000, seen);
        });
    }

    /// <summary>Fails instead of hanging the test run.</summary>
    static void Within(Action action)
    {
        Task task = Task.Run(action);
        Assert.True(task.Wait(Patience), "Still running: a deadlock.");
    }
}
