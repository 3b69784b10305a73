namespace GraphCompiler.Tests.Runtime;

/// <summary>Runs beside no other test, so that what the whole process allocates is what the steps allocate.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection;

[Collection("alone")]
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void AStepAllocatesNothing(int threads)
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

            // The first steps start threads and compile; the test host may allocate in between, so one quiet round will do.
            long least = long.MaxValue;
            for (int round = 0; round < 10 && least > 0; round++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                for (int step = 0; step < 8; step++)
                    trainer.Step(targets);
                least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            }

            Assert.Equal(0, least);
        }
    }
}
