using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>Integers that memory is addressed by: computed exactly, checked against every use, refused before anything has changed.</summary>
public class IndexTests
{
    static ArgumentOutOfRangeException Refused(string argument, string message, Action call)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(call);
        Assert.Equal(argument, refused.ParamName);
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        return refused;
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(1, 100)]
    [InlineData(7, 40)]
    public void Every_table_bounds_the_integers_at_its_own_size(int n, int m)
    {
        using SeveralTables model = new();
        float[] a = Numbers.Floats(4 * n, 1), b = Numbers.Floats(4 * m, 2), sum = new float[12];
        int least = Math.Min(n, m);
        int[] ids = [0, least - 1, 0];
        model.Sum(a, b, ids, sum);
        for (int i = 0; i < 12; i++)
            Assert.Equal(a[4 * ids[i / 4] + i % 4] + b[4 * ids[i / 4] + i % 4], sum[i]);
        foreach (int wrong in new[] { least, Math.Max(n, m) - 1, Math.Max(n, m), -1, int.MinValue })
            Refused("ids", $"'ids' holds {wrong} at index 1; values go from 0 to {least - 1}.", () => model.Sum(a, b, [0, wrong, 0], sum));
    }

    [Fact]
    public void Neighbours_beyond_the_floats_are_not_equal()
    {
        using LargeIntegers model = new();
        float[] result = new float[4];
        model.Same([16777216, 16777217, int.MinValue, -16777217], [16777217, 16777217, int.MaxValue, -16777216], result);
        Assert.Equal([0, 1, 0, 0], result);
        model.SameAsComputed([20001, 20001, 429497, -3], [100005002, 100005003, Wrapped(429497) + 2, -14998], result);
        Assert.Equal([0, 1, 0, 0], result);

        static int Wrapped(int a) => unchecked(a * 5000);
    }

    [Fact]
    public void Integers_are_results_too()
    {
        using LargeIntegers model = new();
        int[] sum = new int[3], shifted = new int[4];
        model.Sum([16777217, int.MaxValue, -5], [1, 1, 16777217], sum);
        Assert.Equal([16777220, unchecked(int.MaxValue + 3), 50331646], sum);
        float[] half = new float[4];
        model.Both([1, 2, 3, 4], [1, 2, 3, 4], shifted, half);
        Assert.Equal([-16777216, -16777214, -16777215, -16777213], shifted);
        Assert.Equal([0.5f, 1, 1.5f, 2], half);
        Assert.Equal(16777219, model.First([3, 0, 0]));
        Assert.Throws<ArgumentException>(() => model.Sum([1, 2], [3, 4], new int[3]));
        int[] shared = [1, 2];
        Assert.Throws<ArgumentException>(() => model.Sum(shared, [3, 4], shared));
    }

    [Fact]
    public void A_part_is_checked_for_its_own_elements()
    {
        using SeveralTables model = new(4);
        float[] rows = new float[4];
        model.Columns([2, 90, 0, 99], rows);
        Span<float> small = model.Values("small.weight"), big = model.Values("big.weight");
        Assert.Equal([small[4] + big[180], small[5] + big[181], small[0] + big[198], small[1] + big[199]], rows);
        Refused("ids", "'ids[.., 0]' holds 3 at index 0; values go from 0 to 2.", () => model.Columns([3, 0, 0, 0], rows));
        Refused("ids", "'ids[.., 1]' holds 100 at index 1; values go from 0 to 99.", () => model.Columns([0, 0, 0, 100], rows));
    }

    [Fact]
    public void A_count_is_bounded_by_the_table()
    {
        using SeveralTables model = new();
        float[] a = Numbers.Floats(4 * 5, 1), b = Numbers.Floats(4 * 9, 2), sum = new float[20];
        model.Counted(a, b, sum);
        Numbers.AssertSameBits([.. a.Zip(b, (x, y) => x + y)], sum, "the sums");
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => model.Counted(a, b.AsSpan(0, 16), sum));
        Assert.StartsWith("'Arange(a.Shape[0])' holds 4 at index 4; values go from 0 to 3.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Computed_labels_train_as_others_do()
    {
        using ClassesFromOne model = new(3);
        using ClassesFromZero plain = new(3);
        using var trainer = model.CreateTrainer(new AdamW());
        using var plainTrainer = plain.CreateTrainer(new AdamW());
        for (int step = 0; step < 4; step++)
        {
            int batch = 8 - step;
            float[] x = Numbers.Floats(batch * ClassesFromOne.Inputs, step);
            int[] labels = Numbers.Labels(batch, ClassesFromOne.Classes, step);
            Assert.Equal(plain.Loss(x, labels), model.Loss(x, [.. labels.Select(l => l + 1)]));
            Assert.Equal(plainTrainer.Step(x, labels), trainer.Step(x, [.. labels.Select(l => l + 1)]));
            Numbers.AssertSameBits(plain.AllValues(), model.AllValues(), $"step {step}");
        }
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(6, 5)]
    [InlineData(int.MinValue, -2147483649L)]
    [InlineData(int.MaxValue, 2147483646L)]
    public void A_computed_label_out_of_range_changes_nothing(int label, long value)
    {
        using ClassesFromOne model = new(3), undisturbed = new(3);
        using var trainer = model.CreateTrainer(new AdamW(), new TrainerOptions { AccumulationSteps = 2 });
        using var undisturbedTrainer = undisturbed.CreateTrainer(new AdamW(), new TrainerOptions { AccumulationSteps = 2 });
        float[] x = Numbers.Floats(4 * ClassesFromOne.Inputs, 1);
        for (int step = 0; step < 5; step++)
        {
            int[] labels = [.. Numbers.Labels(4, ClassesFromOne.Classes, step).Select(l => l + 1)], wrong = [.. labels];
            wrong[step % 4] = label;
            string message = $"'labels - 1' holds {value} at index {step % 4}; values go from 0 to 4.";
            Refused("labels", message, () => trainer.Step(x, wrong));
            Refused("labels", message, () => model.Loss(x, wrong));
            Assert.Equal(undisturbedTrainer.StepCount, trainer.StepCount);
            Assert.Equal(undisturbedTrainer.Step(x, labels), trainer.Step(x, labels));
            Numbers.AssertSameBits(undisturbed.AllValues(), model.AllValues(), "parameters");
            for (int i = 0; i < model.States.Count; i++)
                Numbers.AssertSameBits(undisturbed.States[i].Values, model.States[i].Values, model.States[i].Name);
        }
    }

    [Fact]
    public void A_large_vocabulary_takes_computed_words()
    {
        using TwoDigitVocabulary model = new(5);
        using PlainVocabulary plain = new(5);
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0.5 });
        using var plainTrainer = plain.CreateTrainer(new Sgd { LearningRate = 0.5 });
        for (int step = 0; step < 2; step++)
        {
            int[] text = Numbers.Labels(2 * TwoDigitVocabulary.Rows, TwoDigitVocabulary.Base, step), next = Numbers.Labels(text.Length, TwoDigitVocabulary.Base, step + 9);
            Assert.Equal(plainTrainer.Step(Words(text), Words(next)), trainer.Step(text, next));
            next[2] = -1;
            Refused("next", $"'next[.., 0] * Base + next[.., 1]' (next[.., 0] * 150 + next[.., 1]) holds {next[3] - TwoDigitVocabulary.Base} at index 1; values go from 0 to {TwoDigitVocabulary.Words - 1}.", () => trainer.Step(text, next));
            text[0] = TwoDigitVocabulary.Base;
            Refused("text", $"'text[.., 0] * Base + text[.., 1]' (text[.., 0] * 150 + text[.., 1]) holds {text[1] + TwoDigitVocabulary.Words} at index 0; values go from 0 to {TwoDigitVocabulary.Words - 1}.", () => model.Loss(text, text));
        }
        Numbers.AssertSameBits(plain.AllValues(), model.AllValues(), "the parameters");

        static int[] Words(int[] digits) => [.. digits.Chunk(2).Select(pair => pair[0] * TwoDigitVocabulary.Base + pair[1])];
    }

    [Fact]
    public void Positions_may_be_computed()
    {
        using ShiftedLog model = new();
        using var session = model.CreateSession();
        float[] expected = new float[ShiftedLog.Places * ShiftedLog.Width], log = new float[expected.Length];
        void Expect(float[] rows, int position)
        {
            rows.CopyTo(expected, position * ShiftedLog.Width);
            Numbers.AssertSameBits(expected, log, $"after rows at {position}");
        }
        float[] two = Numbers.Floats(2 * ShiftedLog.Width, 1), one = Numbers.Floats(ShiftedLog.Width, 2);
        session.After(two, 3, log);
        Expect(two, 4);
        session.Nth(one, [9, 9, 3, 3], log);
        Expect(one, 9);
        session.AtCount(two, log);
        Expect(two, 2);
        Refused("position", "'position + 1' is 9, and 2 places are written from there on; 'log' has 10.", () => session.After(two, 8, log));
        Refused("position", "'position + 1' is 2147483648, and 1 place is written from there on; 'log' has 10.", () => session.After(one, int.MaxValue, log));
        Refused("places", "'places[2] * places[3]' is -3, and 1 place is written from there on; 'log' has 10.", () => session.Nth(one, [0, 0, 3, -1], log));
        session.AtCount(two, log);
        Expect(two, 2);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void A_number_of_keys_is_from_0_to_all(int keys, bool isAccepted)
    {
        using ShiftedLog model = new();
        using var session = model.CreateSession();
        float[] row = [1, 2, 3], log = new float[30], attended = new float[3];
        for (int place = 0; place < 9; place++)
            session.After(row, place, log);
        if (!isAccepted)
        {
            Refused("count", $"'count - 1' is {keys}; values go from 0 to 10.", () => session.Attend(row, keys + 1, attended));
            return;
        }
        session.Attend(row, keys + 1, attended);
        Assert.All(attended, value => Assert.InRange(value, 0, 3));
    }

    /// <summary>Whatever another thread writes into the caller's integers meanwhile, a call gives a result or refuses.</summary>
    [Fact]
    public async Task Integers_may_change_while_calls_run()
    {
        using SeveralTables model = new();
        using ClassesFromOne classifier = new(3);
        using var trainer = classifier.CreateTrainer(new Sgd { LearningRate = 0.01 });
        int[] ids = new int[4], labels = new int[8];
        bool isDone = false;
        var writer = Task.Run(() =>
        {
            Random random = new(1);
            while (!Volatile.Read(ref isDone))
            {
                // In range most of the time, so that many calls pass the check just before a change.
                ids[random.Next(4)] = random.Next(8) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(3);
                labels[random.Next(8)] = random.Next(8) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(1, 6);
            }
        });
        float[] rows = new float[4], x = Numbers.Floats(8 * ClassesFromOne.Inputs, 1);
        int accepted = 0, refused = 0;
        for (int call = 0; call < 20_000; call++)
        {
            try
            {
                model.Columns(ids, rows);
                accepted++;
                trainer.Step(x, labels);
            }
            catch (ArgumentOutOfRangeException)
            {
                refused++;
                Array.Clear(ids);
                Array.Fill(labels, 1);
            }
        }
        Volatile.Write(ref isDone, true);
        await writer;
        Assert.True(accepted > 0 && refused > 0, $"{accepted} accepted, {refused} refused");
        Assert.All(classifier.AllValues(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Calls_on_several_threads_have_integers_of_their_own()
    {
        using SeveralTables model = new(7);
        float[] small = [.. model.Values("small.weight")], big = [.. model.Values("big.weight")];
        Parallel.For(0, 4, thread =>
        {
            float[] rows = new float[4];
            for (int call = 0; call < 500; call++)
            {
                int[] ids = [call % 3, (call * 7 + thread) % 100, thread % 3, call % 100];
                if (call % 50 == 49)
                {
                    Assert.Throws<ArgumentOutOfRangeException>(() => model.Columns([0, 0, 3 + thread, 0], rows));
                    continue;
                }
                model.Columns(ids, rows);
                for (int i = 0; i < 4; i++)
                    Assert.Equal(small[2 * ids[i / 2 * 2] + i % 2] + big[2 * ids[i / 2 * 2 + 1] + i % 2], rows[i]);
            }
        });
    }
}
