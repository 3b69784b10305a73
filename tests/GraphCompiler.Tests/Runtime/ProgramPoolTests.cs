using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Runtime;

public sealed unsafe class ProgramPoolTests
{
    /// <summary>Adds an input to every parameter, by way of its arena, slowly enough for callers to meet.</summary>
    sealed class AddProgram(GraphModel model) : CompiledProgram(model, 64 * sizeof(float))
    {
        public float Input;

        public float* Result;

        public override void Run(Worker worker)
        {
            worker.Share(64, 16, out int start, out int end);
            for (int index = start; index < end; index++)
                Arena[index] = Input;
            worker.Barrier();
            if (worker.Index == 0)
                Thread.SpinWait(200);
            worker.Barrier();
            for (int index = start; index < end; index++)
                Result[index] = Parameters[index] + Arena[63 - index];
        }
    }

    static float[] Call(ProgramPool<AddProgram> pool, float input)
    {
        float[] result = new float[64];
        AddProgram program = pool.Rent();
        try
        {
            fixed (float* pointer = result)
            {
                program.Input = input;
                program.Result = pointer;
                program.Execute();
            }
        }
        finally
        {
            pool.Return(program);
        }

        return result;
    }

    static TestModel Model(int threads) => new(
        TestModel.LayoutOf(new Initialization(InitializationKind.Constant, 100), ("a", [64])), 0, new ModelOptions { Threads = threads });

    [Fact]
    public void Concurrent_callers_have_arenas_of_their_own()
    {
        using TestModel model = Model(2);
        int created = 0;
        ProgramPool<AddProgram> pool = new(model, owner =>
        {
            Interlocked.Increment(ref created);
            return new AddProgram(owner);
        });
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, caller =>
        {
            for (int round = 0; round < 100; round++)
                Assert.All(Call(pool, caller * 1000 + round), value => Assert.Equal(100 + caller * 1000 + round, value));
        });
        Assert.InRange(created, 1, 8);
    }

    [Fact]
    public void A_program_is_reused()
    {
        using TestModel model = Model(1);
        int created = 0;
        ProgramPool<AddProgram> pool = new(model, owner =>
        {
            created++;
            return new AddProgram(owner);
        });
        for (int round = 0; round < 10; round++)
            Call(pool, round);
        Assert.Equal(1, created);
    }

    [Fact]
    public void A_running_call_finishes_on_its_memory_when_the_model_is_disposed()
    {
        TestModel model = Model(1);
        ProgramPool<AddProgram> pool = new(model, owner => new AddProgram(owner));
        AddProgram program = pool.Rent();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(pool.Rent);

        float[] result = new float[64];
        fixed (float* pointer = result)
        {
            program.Input = 5;
            program.Result = pointer;
            program.Execute();
        }

        Assert.All(result, value => Assert.Equal(105, value));
        pool.Return(program);
        Assert.Throws<ObjectDisposedException>(() => program.Execute());
    }

    [Fact]
    public void Disposing_in_the_midst_of_calls_is_safe()
    {
        for (int round = 0; round < 20; round++)
        {
            TestModel model = Model(2);
            ProgramPool<AddProgram> pool = new(model, owner => new AddProgram(owner));
            using Barrier start = new(4);
            Thread[] callers = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    while (true)
                        Assert.Equal(103, Call(pool, 3)[0]);
                }
                catch (ObjectDisposedException)
                {
                }
            }))];
            foreach (Thread caller in callers)
                caller.Start();
            start.SignalAndWait();
            Thread.Sleep(1);
            model.Dispose();
            foreach (Thread caller in callers)
                caller.Join();
        }
    }

    [Fact]
    public void A_failing_factory_leaves_the_pool_usable()
    {
        using TestModel model = Model(1);
        bool fails = true;
        ProgramPool<AddProgram> pool = new(model, owner => fails ? throw new InvalidOperationException("no") : new AddProgram(owner));
        Assert.Throws<InvalidOperationException>(pool.Rent);
        fails = false;
        Assert.Equal(101, Call(pool, 1)[0]);
    }
}
