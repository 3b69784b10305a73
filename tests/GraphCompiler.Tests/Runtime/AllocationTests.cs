namespace GraphCompiler.Tests.Runtime;

/// <summary>
/// Counts what each worker's own thread allocates, as the runtime counts it: exact, whatever else the process is doing.
/// </summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_step_allocates_nothing(int threads)
    {
        float[] targets = [1, 2, 3, 4, 5, 6, 7, 8];
        foreach (Optimizer optimizer in (Optimizer[])[new Sgd(), new Sgd { Momentum = 0.9 }, new Adam(), new AdamW()])
        {
            using TestModel model = new(TestModel.LayoutOf(("a", [300, 200]), ("b", [7])), 0, new ModelOptions { Threads = threads });
            using NoisyRegression.Trainer trainer = model.TrainRegression(optimizer, new TrainerOptions
            {
                ClipNorm = 1,
                AccumulationSteps = 2,
                Schedule = LearningRateSchedule.WarmUp(3).Then(LearningRateSchedule.Cosine(100)),
            });

            // Each worker notes its count when it enters a program. The first steps start the threads.
            long[] before = new long[64];
            for (int step = 0; step < 50; step++)
            {
                trainer.Step(targets);
                if (step == 4)
                    trainer.Program.AllocatedByWorker.CopyTo(before, 0);
            }

            Assert.Equal(before, trainer.Program.AllocatedByWorker);
            Assert.True(before[0] > 0);
        }
    }
}
