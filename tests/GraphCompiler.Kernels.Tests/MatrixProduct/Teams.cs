using Xunit;

namespace GraphCompiler.Kernels.Tests;

/// <summary>Teams of every size that the tests use, kept, with scratch memory that holds NaN before each run.</summary>
internal static unsafe class Teams
{
    static readonly WorkerTeam[] teams = [.. Enumerable.Range(1, 5).Select(threads => new WorkerTeam(threads))];

    public static void Run(int workers, Action<Worker> action) => Run(workers, Gemm.ScratchFloats, action);

    /// <summary>As the other, with so much scratch memory.</summary>
    public static void Run(int workers, int scratchFloats, Action<Worker> action)
    {
        WorkerTeam team = teams[workers - 1];
        lock (team)
        {
            team.ReserveScratch(scratchFloats);
            var program = new Program(scratchFloats, action);
            team.Run(program);
            Assert.Equal(workers, program.Entered);
        }
    }

    sealed class Program(int scratchFloats, Action<Worker> action) : TeamProgram
    {
        int entered;

        public int Entered => entered;

        public override void Run(Worker worker)
        {
            Interlocked.Increment(ref entered);
            new Span<float>(worker.Scratch(scratchFloats), scratchFloats).Fill(float.NaN);
            action(worker);
        }
    }
}
