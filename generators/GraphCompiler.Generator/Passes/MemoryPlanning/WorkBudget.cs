namespace GraphCompiler.Generator.Passes;

/// <summary>
/// How much work the planner may still do. Work is counted in elementary steps, never in time, so that the plan is the
/// same on every machine.
/// </summary>
sealed class WorkBudget(long limit, CancellationToken cancellationToken)
{
    const long CancellationInterval = 1 << 16;

    long nextCancellationCheck;

    /// <summary>The steps done so far.</summary>
    public long Spent { get; private set; }

    /// <summary>Whether nothing is left. What cannot be left out may still go on.</summary>
    public bool IsSpent => Spent >= limit;

    public long Left => Math.Max(0, limit - Spent);

    /// <exception cref="OperationCanceledException">The plan is no longer wanted.</exception>
    public void Spend(long steps)
    {
        Spent += steps;
        if (Spent >= nextCancellationCheck)
        {
            cancellationToken.ThrowIfCancellationRequested();
            nextCancellationCheck = Spent + CancellationInterval;
        }
    }
}
