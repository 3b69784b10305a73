using Xunit;

namespace GraphCompiler.Kernels.Tests;

public class WorkerTeamTests
{
    sealed class Program(Action<Worker> body) : TeamProgram
    {
        public override void Run(Worker worker) => body(worker);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void Run_enters_every_worker_once(int threads)
    {
        using var team = new WorkerTeam(threads);
        Assert.Equal(threads, team.Threads);
        int[] entries = new int[threads];
        int caller = Environment.CurrentManagedThreadId;
        bool callerIsFirst = true;
        var program = new Program(worker =>
        {
            Assert.Equal(threads, worker.Count);
            entries[worker.Index]++;
            if ((worker.Index == 0) != (Environment.CurrentManagedThreadId == caller))
                callerIsFirst = false;
        });
        for (int run = 0; run < 300; run++)
            team.Run(program);
        Assert.All(entries, count => Assert.Equal(300, count));
        Assert.True(callerIsFirst);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Barrier_keeps_workers_in_step(int threads)
    {
        using var team = new WorkerTeam(threads);
        int[] round = new int[threads];
        int late = 0;
        var program = new Program(worker =>
        {
            for (int i = 1; i <= 100; i++)
            {
                round[worker.Index] = i;
                worker.Barrier();
                for (int other = 0; other < worker.Count; other++)
                {
                    if (round[other] != i)
                        Interlocked.Increment(ref late);
                }
                worker.Barrier();
            }
        });
        for (int run = 0; run < 20; run++)
            team.Run(program);
        Assert.Equal(0, late);
    }

    /// <summary>Workers that dawdle drive the others into the sleeping half of the wait.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Barrier_wakes_sleepers(int threads)
    {
        using var team = new WorkerTeam(threads);
        int sum = 0;
        var program = new Program(worker =>
        {
            for (int i = 0; i < 2 * threads; i++)
            {
                if (i % threads == worker.Index)
                    Thread.Sleep(3);
                Interlocked.Increment(ref sum);
                worker.Barrier();
            }
        });
        for (int run = 0; run < 3; run++)
        {
            team.Run(program);
            Thread.Sleep(3);
        }
        Assert.Equal(3 * threads * 2 * threads, sum);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(8, 5)]
    public void Exception_of_one_worker_reaches_the_caller(int threads, int failing)
    {
        using var team = new WorkerTeam(threads);
        int passed = 0;
        var program = new Program(worker =>
        {
            worker.Barrier();
            if (worker.Index == failing)
                throw new InvalidOperationException($"worker {failing}");
            worker.Barrier();
            Interlocked.Increment(ref passed);
        });
        int done = 0;
        var healthy = new Program(worker =>
        {
            worker.Barrier();
            Interlocked.Increment(ref done);
            worker.Barrier();
        });
        for (int run = 0; run < 10; run++)
        {
            var thrown = Assert.Throws<InvalidOperationException>(() => team.Run(program));
            Assert.Equal($"worker {failing}", thrown.Message);
            team.Run(healthy);
        }
        Assert.Equal(0, passed);
        Assert.Equal(10 * threads, done);
    }

    [Fact]
    public void Exception_of_all_workers_is_one_of_theirs()
    {
        using var team = new WorkerTeam(4);
        var program = new Program(worker => throw new InvalidOperationException($"worker {worker.Index}"));
        for (int run = 0; run < 10; run++)
            Assert.StartsWith("worker ", Assert.Throws<InvalidOperationException>(() => team.Run(program)).Message);
    }

    [Fact]
    public void Exception_of_a_worker_alone_reaches_the_caller()
    {
        using var team = new WorkerTeam(2);
        var program = new Program(_ => throw new InvalidOperationException("alone"));
        Assert.Equal("alone", Assert.Throws<InvalidOperationException>(() => team.RunAlone(program)).Message);
    }

    [Fact]
    public void Run_alone_has_one_worker()
    {
        using var team = new WorkerTeam(3);
        int runs = 0;
        team.RunAlone(new Program(worker =>
        {
            Assert.Equal((0, 1), (worker.Index, worker.Count));
            worker.Barrier();
            runs++;
        }));
        Assert.Equal(1, runs);
    }

    [Fact]
    public void Run_from_within_a_program_runs_alone()
    {
        using var team = new WorkerTeam(2);
        int inner = 0;
        var nested = new Program(worker =>
        {
            Assert.Equal(1, worker.Count);
            worker.Barrier();
            Interlocked.Increment(ref inner);
        });
        team.Run(new Program(worker =>
        {
            team.Run(nested);
            worker.Barrier();
        }));
        Assert.Equal(2, inner);
    }

    /// <summary>
    /// Callers that come while the team is taken run alone, each with a worker and scratch memory of its own.
    /// </summary>
    [Fact]
    public unsafe void ConcurrentCallers_DoNotMeet()
    {
        const int Floats = 100;
        using var team = new WorkerTeam(2);
        team.ReserveScratch(Floats);
        int wrong = 0, alone = 0, together = 0;
        var callers = new Thread[6];
        for (int caller = 0; caller < callers.Length; caller++)
        {
            int mark = caller + 1;
            callers[caller] = new Thread(() =>
            {
                var program = new Program(worker =>
                {
                    Interlocked.Increment(ref worker.Count == 1 ? ref alone : ref together);
                    var scratch = new Span<float>(worker.Scratch(Floats), Floats);
                    scratch.Fill(mark);
                    worker.Barrier();
                    Thread.Yield();
                    if (scratch.IndexOfAnyExcept(mark) >= 0)
                        Interlocked.Increment(ref wrong);
                });
                for (int run = 0; run < 200; run++)
                    team.Run(program);
            });
        }
        foreach (Thread caller in callers)
            caller.Start();
        foreach (Thread caller in callers)
            caller.Join();
        Assert.Equal(0, wrong);
        Assert.Equal(callers.Length * 200, alone + together / 2);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(100, 8)]
    [InlineData(64, 64)]
    [InlineData(65, 64)]
    [InlineData(3, 16)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(int.MaxValue, 4096)]
    public void Share_covers_everything_once_in_whole_grains(int items, int grain)
    {
        for (int count = 1; count <= 9; count++)
        {
            long next = 0, most = 0, least = long.MaxValue;
            for (int index = 0; index < count; index++)
            {
                new Worker(index, count, barrier: null).Share(items, grain, out int start, out int end);
                Assert.True(start <= end);
                if (start < end)
                {
                    Assert.Equal(next, start);
                    Assert.Equal(0, start % grain);
                    next = end;
                }
                long grains = ((long)end - start + grain - 1) / grain;
                most = Math.Max(most, grains);
                least = Math.Min(least, grains);
            }
            Assert.Equal(items, next);
            Assert.InRange(most - least, 0, 1);
        }
    }

    [Fact]
    public unsafe void Scratch_IsAlignedOwnAndKept()
    {
        using var team = new WorkerTeam(3);
        nint[] first = new nint[3], second = new nint[3];
        team.ReserveScratch(100);
        team.ReserveScratch(50);
        team.Run(new Program(worker => first[worker.Index] = (nint)worker.Scratch(100)));
        team.Run(new Program(worker => second[worker.Index] = (nint)worker.Scratch(1)));
        Assert.Equal(first, second);
        Assert.Equal(3, first.Distinct().Count());
        Assert.All(first, pointer => Assert.Equal(0, pointer % AlignedMemory.Alignment));
        team.ReserveScratch(10_000);
        team.Run(new Program(worker => new Span<float>(worker.Scratch(10_000), 10_000).Fill(worker.Index)));
        team.RunAlone(new Program(worker => new Span<float>(worker.Scratch(10_000), 10_000).Fill(1)));
    }

    [Fact]
    public unsafe void Scratch_BeyondWhatWasReserved_IsRefused()
    {
        using var team = new WorkerTeam(2);
        team.ReserveScratch(10);
        var program = new Program(worker => worker.Scratch(11));
        Assert.Throws<InvalidOperationException>(() => team.Run(program));
        Assert.Throws<InvalidOperationException>(() => team.RunAlone(program));
    }

    [Fact]
    public void Dispose_ends_the_threads_and_the_use()
    {
        var team = new WorkerTeam(4);
        var threads = new Thread?[4];
        var program = new Program(worker => threads[worker.Index] = Thread.CurrentThread);
        team.Run(program);
        team.Dispose();
        team.Dispose();
        Assert.All(threads.Skip(1), thread => Assert.False(thread!.IsAlive));
        Assert.Throws<ObjectDisposedException>(() => team.Run(program));
        Assert.Throws<ObjectDisposedException>(() => team.RunAlone(program));
    }

    [Fact]
    public void Dispose_before_the_first_run_is_enough()
    {
        var team = new WorkerTeam(4);
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(new Program(_ => { })));
    }

    [Fact]
    public void Dispose_waits_for_the_program()
    {
        var team = new WorkerTeam(2);
        using var entered = new ManualResetEventSlim();
        bool finished = false;
        var caller = new Thread(() => team.Run(new Program(worker =>
        {
            entered.Set();
            Thread.Sleep(30);
            worker.Barrier();
            finished = true;
        })));
        caller.Start();
        entered.Wait();
        team.Dispose();
        Assert.True(finished);
        caller.Join();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5000)]
    public void Impossible_thread_counts_are_refused(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerTeam(threads));

    [Fact]
    public void No_thread_count_means_every_core()
    {
        using var team = new WorkerTeam();
        Assert.Equal(Environment.ProcessorCount, team.Threads);
    }
}
