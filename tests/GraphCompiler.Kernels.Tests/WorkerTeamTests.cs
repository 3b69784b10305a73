using Xunit;

namespace GraphCompiler.Kernels.Tests;

public class WorkerTeamTests
{
    sealed class Lambda(Action<Worker> body) : TeamProgram
    {
        public override void Run(Worker worker) => body(worker);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Barrier_KeepsWorkersInStep(int threads)
    {
        using var team = new WorkerTeam(threads);
        int[] round = new int[threads];
        int late = 0;
        var program = new Lambda(worker =>
        {
            for (int i = 1; i <= 200; i++)
            {
                Volatile.Write(ref round[worker.Index], i);
                worker.Barrier();
                for (int other = 0; other < worker.Count; other++)
                {
                    if (Volatile.Read(ref round[other]) != i)
                        Interlocked.Increment(ref late);
                }
                worker.Barrier();
            }
        });
        for (int run = 0; run < 50; run++)
            team.Run(program);
        Assert.Equal(0, late);
    }

    [Fact]
    public void Exception_OfOneWorker_ReachesTheCaller()
    {
        using var team = new WorkerTeam(3);
        var failing = new Lambda(worker =>
        {
            worker.Barrier();
            if (worker.Index == 2)
                throw new InvalidOperationException("worker two");
            worker.Barrier();
        });
        for (int run = 0; run < 20; run++)
            Assert.Equal("worker two", Assert.Throws<InvalidOperationException>(() => team.Run(failing)).Message);
    }
}
