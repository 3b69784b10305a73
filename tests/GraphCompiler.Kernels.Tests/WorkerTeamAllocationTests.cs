using Xunit;

namespace GraphCompiler.Kernels.Tests;

/// <summary>Tests that count what the whole process allocates, and so run when no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietProcess
{
    public const string Name = "Quiet process";
}

[Collection(QuietProcess.Name)]
public class WorkerTeamAllocationTests
{
    sealed class Program : TeamProgram
    {
        public override void Run(Worker worker)
        {
            worker.Barrier();
            worker.Share(100, 3, out _, out _);
            worker.Barrier();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Run_allocates_nothing(int threads)
    {
        using var team = new WorkerTeam(threads);
        team.ReserveScratch(1000);
        var program = new Program();
        long fewest = long.MaxValue;
        // The runtime and the test runner have threads of their own; a team that allocated would do so every time.
        for (int attempt = 0; attempt < 20 && fewest > 0; attempt++)
        {
            RunBoth();
            long ownBefore = GC.GetAllocatedBytesForCurrentThread(), before = GC.GetTotalAllocatedBytes(precise: true);
            for (int run = 0; run < 50; run++)
                RunBoth();
            long after = GC.GetTotalAllocatedBytes(precise: true);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - ownBefore);
            fewest = Math.Min(fewest, after - before);
        }
        Assert.Equal(0, fewest);

        void RunBoth()
        {
            team.Run(program);
            team.RunAlone(program);
        }
    }
}
