namespace GraphCompiler.Kernels;

/// <summary>Work that all workers of a <see cref="WorkerTeam"/> enter together and leave when each is done.</summary>
public abstract class TeamProgram
{
    /// <summary>
    /// Does one worker's part. Every worker must call <see cref="Worker.Barrier"/> equally often, and the result must
    /// not depend on <see cref="Worker.Count"/>: a busy team runs the program on one worker alone.
    /// </summary>
    /// <param name="worker">The worker that is executing this call.</param>
    public abstract void Run(Worker worker);
}
