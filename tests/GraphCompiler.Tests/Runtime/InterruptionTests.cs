using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Runtime;

/// <summary>Thread.Interrupt on a caller: the call ends, as it would have ended, and then throws.</summary>
public sealed unsafe class InterruptionTests
{
    const int Steps = 60;

    static readonly float[] Targets = [1, -2, 3, -4, 5, -6, 7, -8];

    static TestModel Model(int threads) => new(TestModel.LayoutOf(("weight", [300, 200]), ("bias", [200])), 1, new ModelOptions { Threads = threads });

    /// <summary>Runs a caller on a thread of its own and interrupts it until it is done; how often it was caught, and what else it threw.</summary>
    static (int Caught, Exception? Failure) Interrupted(Func<bool> call)
    {
        int caught = 0;
        Exception? failure = null;
        Thread caller = new(() =>
        {
            for (bool more = true; more;)
            {
                try
                {
                    more = call();
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
        caller.Start();
        Random random = new(1);
        while (!caller.Join(0))
        {
            caller.Interrupt();
            Thread.SpinWait(random.Next(2000));
            Thread.Yield();
        }
        return (caught, failure);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Steps_have_the_bits_of_undisturbed_ones(int threads)
    {
        TrainerOptions options = new() { ClipNorm = 5, AccumulationSteps = 2 };
        using TestModel undisturbed = Model(threads: 1);
        using NoisyRegression.Trainer reference = undisturbed.TrainRegression(new AdamW { LearningRate = 0.01 }, options);
        for (int step = 0; step < Steps; step++)
            reference.Step(Targets);

        TestModel model = Model(threads);
        NoisyRegression.Trainer trainer = model.TrainRegression(new AdamW { LearningRate = 0.01 }, options);
        (_, Exception? failure) = Interrupted(() =>
        {
            if (trainer.StepCount < Steps)
                trainer.Step(Targets);
            return trainer.StepCount < Steps;
        });
        Assert.Null(failure);
        Assert.Equal((Steps, Steps / 2), (trainer.StepCount, trainer.UpdateCount));
        Assert.Equal(reference.LastLoss, trainer.LastLoss);
        Assert.Equal(undisturbed.Values(), model.Values());
        trainer.Dispose();
        model.Dispose();
    }

    /// <summary>Workers that write for a while after the caller has come to the end.</summary>
    sealed class SlowProgram(GraphModel model) : CompiledProgram(model, 64 * sizeof(float))
    {
        public float Input;

        public override void Run(Worker worker)
        {
            for (int round = 0; round < 4; round++)
            {
                worker.Share(64, 16, out int start, out int end);
                if (worker.Index > 0)
                    Thread.Sleep(1);
                for (int index = start; index < end; index++)
                    Arena[index] = Input + round;
                worker.Barrier();
            }
        }

        public float[] Result => new Span<float>(Arena, 64).ToArray();
    }

    [Fact]
    public void Calls_are_whole_before_their_memory_is_handed_on()
    {
        TestModel model = Model(2);
        ProgramPool<SlowProgram> pool = new(model, owner => new SlowProgram(owner));
        float round = 0;
        (int caught, Exception? failure) = Interrupted(() =>
        {
            if (round == 60)
                return false;
            SlowProgram program = pool.Rent();
            try
            {
                program.Input = ++round;
                try
                {
                    program.Execute();
                }
                finally
                {
                    Assert.All(program.Result, value => Assert.Equal(round + 3, value));
                }
            }
            finally
            {
                pool.Return(program);
            }
            return true;
        });
        Assert.Null(failure);
        Assert.InRange(caught, 1, 60);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(pool.Rent);
    }

    [Fact]
    public void Callers_that_meet_are_interrupted_without_harm()
    {
        TestModel model = Model(2);
        ProgramPool<SlowProgram> pool = new(model, owner => new SlowProgram(owner));
        Exception? failure = null;
        int running = 4;
        Thread[] callers = [.. Enumerable.Range(0, 4).Select(caller => new Thread(() =>
        {
            for (int round = 0; round < 40; round++)
            {
                SlowProgram program = pool.Rent();
                try
                {
                    program.Input = caller * 1000 + round;
                    program.Execute();
                }
                catch (ThreadInterruptedException)
                {
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
                if (program.Result.Any(value => value != caller * 1000 + round + 3))
                    failure = new InvalidOperationException($"caller {caller}, round {round}: another's numbers");
                pool.Return(program);
            }
            Interlocked.Decrement(ref running);
        }))];
        foreach (Thread caller in callers)
            caller.Start();
        Random random = new(2);
        while (Volatile.Read(ref running) > 0)
        {
            callers[random.Next(callers.Length)].Interrupt();
            Thread.SpinWait(500);
            Thread.Yield();
        }
        foreach (Thread caller in callers)
            caller.Join();
        Assert.Null(failure);
        model.Dispose();
    }

    /// <summary>A model is made, and what interrupted its making is thrown by the next wait.</summary>
    [Fact]
    public void Models_are_made_and_disposed_all_the_same()
    {
        int made = 0;
        (_, Exception? failure) = Interrupted(() =>
        {
            TestModel model = new(TestModel.LayoutOf(("large", [1200, 1000])), 1, new ModelOptions { Threads = 2 });
            made++;
            model.Dispose();
            return made < 10;
        });
        Assert.Null(failure);
        Assert.Equal(10, made);
    }
}
