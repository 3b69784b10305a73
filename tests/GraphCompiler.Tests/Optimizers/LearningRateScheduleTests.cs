namespace GraphCompiler.Tests.Optimizers;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Constant_is_constant()
    {
        Assert.Equal(1, LearningRateSchedule.Constant().FactorAt(0));
        Assert.Equal(0.25, LearningRateSchedule.Constant(0.25).FactorAt(1_000_000_000_000));
        Assert.Equal(LearningRateSchedule.Endless, LearningRateSchedule.Constant().Length);
    }

    [Fact]
    public void Warm_up_rises_in_even_steps()
    {
        LearningRateSchedule schedule = LearningRateSchedule.WarmUp(4);
        Near([0.2, 0.4, 0.6, 0.8, 1, 1], schedule, 0, 1, 2, 3, 4, 5);
        Near([0, 0.25, 0.5, 0.75, 1, 1], LearningRateSchedule.WarmUp(4, start: 0), 0, 1, 2, 3, 4, 100);
        Near([0.5, 0.75, 1], LearningRateSchedule.WarmUp(2, start: 0.5), 0, 1, 2);
        Near([1, 1], LearningRateSchedule.WarmUp(0), 0, 1);
    }

    [Fact]
    public void Cosine_falls_to_the_floor_and_stays_there()
    {
        LearningRateSchedule schedule = LearningRateSchedule.Cosine(8, floor: 0.1);
        for (int update = 0; update <= 8; update++)
            Assert.Equal(0.1 + 0.9 * 0.5 * (1 + Math.Cos(Math.PI * update / 8)), schedule.FactorAt(update), 1e-15);
        Near([1, 0.55, 0.1, 0.1, 0.1], schedule, 0, 4, 8, 9, 1_000_000);
        Near([1, 0.5, 0], LearningRateSchedule.Cosine(2), 0, 1, 2);
    }

    [Fact]
    public void Linear_decay_falls_to_the_floor_and_stays_there()
    {
        Near([1, 0.75, 0.5, 0.25, 0, 0], LearningRateSchedule.LinearDecay(4), 0, 1, 2, 3, 4, 5);
        Near([1, 0.6, 0.2, 0.2], LearningRateSchedule.LinearDecay(2, floor: 0.2), 0, 1, 2, 3);
    }

    [Fact]
    public void Warm_up_stable_decay_has_three_parts()
    {
        LearningRateSchedule schedule = LearningRateSchedule.WarmUpStableDecay(warmUp: 3, stable: 2, decay: 4, floor: 0.2);
        Assert.Equal(9, schedule.Length);
        Near([0.25, 0.5, 0.75, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2], schedule, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    [Fact]
    public void Parts_follow_each_other_at_their_lengths()
    {
        LearningRateSchedule schedule = LearningRateSchedule.WarmUp(2, start: 0)
            .Then(LearningRateSchedule.Cosine(4, floor: 0.5))
            .Then(LearningRateSchedule.Constant(0.5, length: 3).Times(0.5))
            .Then(LearningRateSchedule.Constant(2));
        Near([0, 0.5, 1, 0.75, 0.25, 0.25, 2, 2], schedule, 0, 1, 2, 4, 6, 8, 9, 1_000_000);
        Assert.Equal(LearningRateSchedule.Endless, schedule.Length);

        // The order of putting them together does not matter.
        LearningRateSchedule a = LearningRateSchedule.WarmUp(3), b = LearningRateSchedule.Constant(1, 2), c = LearningRateSchedule.LinearDecay(5);
        for (int update = 0; update < 12; update++)
            Assert.Equal(a.Then(b).Then(c).FactorAt(update), a.Then(b.Then(c)).FactorAt(update));
    }

    [Fact]
    public void Refuses_what_makes_no_sense()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(1, floor: -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.WarmUp(1, start: double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(3).FactorAt(-1));
        Assert.Throws<InvalidOperationException>(() => LearningRateSchedule.Constant().Then(LearningRateSchedule.Cosine(3)));
        Assert.Throws<ArgumentNullException>(() => LearningRateSchedule.Cosine(3).Then(null!));
    }

    [Fact]
    public void A_schedule_that_gives_nonsense_refuses_the_step_before_it_runs()
    {
        using TestModel model = new(TestModel.LayoutOf(("a", [3])));
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd(), new TrainerOptions { Schedule = new Nonsense() });
        float[] before = model.Values();
        Assert.Throws<InvalidOperationException>(() => trainer.Step([1, 1, 1]));
        Assert.Equal(0, trainer.StepCount);
        Assert.Equal(before, model.Values());
    }

    static void Near(double[] expected, LearningRateSchedule schedule, params long[] updates)
    {
        double[] actual = [.. updates.Select(schedule.FactorAt)];
        Assert.Equal(expected.Length, actual.Length);
        for (int index = 0; index < expected.Length; index++)
            Assert.Equal(expected[index], actual[index], 1e-14);
    }

    sealed class Nonsense() : LearningRateSchedule(Endless)
    {
        public override double FactorAt(long update) => double.NaN;
    }
}
