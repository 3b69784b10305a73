using Xunit;

namespace GraphCompiler.Kernels.Tests;

/// <summary>Thread.Interrupt on a caller of a team: the program runs to its end, then the call throws.</summary>
public class InterruptionTests
{
    sealed class Program(Action<Worker> body) : TeamProgram
    {
        public override void Run(Worker worker) => body(worker);
    }

    /// <summary>Every worker is the last at some barriers, so that the caller waits there and at the end.</summary>
    static Program Dawdling(int[] rounds, int count) => new(worker =>
    {
        for (int round = 0; round < count; round++)
        {
            if (round % worker.Count == worker.Index && worker.Index > 0)
                Thread.Sleep(1);
            rounds[worker.Index]++;
            worker.Barrier();
        }
        if (worker.Index > 0)
            Thread.Sleep(1);
        rounds[worker.Index]++;
    });

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_run_ends_before_it_throws(int threads)
    {
        using var team = new WorkerTeam(threads);
        int[] rounds = new int[threads];
        Program program = Dawdling(rounds, 3 * threads);
        bool threw = false;
        Exception? other = null;
        var caller = new Thread(() =>
        {
            try
            {
                for (int run = 0; run < 30; run++)
                {
                    Array.Clear(rounds);
                    try
                    {
                        team.Run(program);
                    }
                    catch (ThreadInterruptedException)
                    {
                        threw = true;
                    }
                    Assert.All(rounds, count => Assert.Equal(3 * threads + 1, count));
                }
            }
            catch (Exception exception)
            {
                other = exception;
            }
        });
        caller.Start();
        while (!caller.Join(0))
        {
            caller.Interrupt();
            Thread.Yield();
        }
        Assert.Null(other);
        Assert.True(threw);
    }

    [Fact]
    public void An_exception_comes_first_and_the_interruption_is_not_lost()
    {
        using var team = new WorkerTeam(2);
        using var entered = new ManualResetEventSlim();
        var failing = new Program(worker =>
        {
            if (worker.Index == 0)
                return;
            entered.Set();
            Thread.Sleep(50);
            throw new InvalidOperationException("worker");
        });
        Exception? first = null, second = null;
        var caller = new Thread(() =>
        {
            first = Record.Exception(() => team.Run(failing));
            second = Record.Exception(() => Thread.Sleep(Timeout.Infinite));
        });
        caller.Start();
        entered.Wait();
        caller.Interrupt();
        caller.Join();
        Assert.Equal("worker", Assert.IsType<InvalidOperationException>(first).Message);
        Assert.IsType<ThreadInterruptedException>(second);
    }

    [Fact]
    public void Workers_that_are_interrupted_go_on()
    {
        using var team = new WorkerTeam(2);
        Thread? thread = null;
        team.Run(new Program(worker =>
        {
            if (worker.Index == 1)
                thread = Thread.CurrentThread;
        }));
        int done = 0;
        var program = new Program(worker =>
        {
            if (worker.Index == 0)
                Thread.Sleep(1);
            worker.Barrier();
            Interlocked.Increment(ref done);
        });
        for (int run = 0; run < 20; run++)
        {
            thread!.Interrupt();
            if (run % 2 == 0)
                Thread.Sleep(1);
            team.Run(program);
        }
        Assert.Equal(40, done);
        Assert.True(thread!.IsAlive);
    }

    [Fact]
    public void Dispose_waits_for_the_program_and_the_threads()
    {
        var team = new WorkerTeam(2);
        using var entered = new ManualResetEventSlim();
        bool ended = false;
        var runner = new Thread(() => team.Run(new Program(worker =>
        {
            if (worker.Index == 0)
                entered.Set();
            Thread.Sleep(50);
            if (worker.Index == 0)
                ended = true;
        })));
        runner.Start();
        entered.Wait();
        bool endedAtDispose = false;
        Exception? after = null;
        var disposer = new Thread(() =>
        {
            team.Dispose();
            endedAtDispose = ended;
            after = Record.Exception(() => Thread.Sleep(Timeout.Infinite));
        });
        disposer.Start();
        while (!disposer.Join(1))
            disposer.Interrupt();
        runner.Join();
        Assert.True(endedAtDispose);
        Assert.IsType<ThreadInterruptedException>(after);
    }
}
