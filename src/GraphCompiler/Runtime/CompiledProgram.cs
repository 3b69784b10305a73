using GraphCompiler.Kernels;

namespace GraphCompiler.Runtime;

/// <summary>
/// One entry point of a compiled model, bound to one working arena. A program runs one call at a time; concurrent
/// callers each rent their own from a <see cref="ProgramPool{T}"/> and share the parameters.
/// </summary>
public abstract unsafe class CompiledProgram : TeamProgram, IDisposable
{
    readonly AlignedMemory arena;

    /// <summary>Allocates the arena.</summary>
    /// <param name="model">The model whose parameters the program reads.</param>
    /// <param name="arenaBytes">The size of the arena as planned, in bytes.</param>
    protected CompiledProgram(GraphModel model, long arenaBytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(arenaBytes);
        Model = model;
        arena = new AlignedMemory(arenaBytes);
    }

    /// <summary>The seed of this call's random numbers (dropout).</summary>
    public ulong RandomSeed { get; set; }

    /// <summary>The counter of this call's random numbers: the number of the training step.</summary>
    public ulong RandomStep { get; set; }

    /// <summary>Whether the program is too small for a team to be worth waking: it then runs on the calling thread.</summary>
    public bool RunsAlone { get; protected init; }

    /// <summary>The working memory, 64-byte aligned. It is zero at first and keeps what a call leaves in it.</summary>
    protected float* Arena => (float*)arena.Pointer;

    /// <summary>The model's flat parameter block.</summary>
    protected float* Parameters => (float*)Model.ParameterPointer;

    /// <summary>The model's flat block of state.</summary>
    protected float* State => (float*)Model.StatePointer;

    /// <summary>The flat block of the state of the session that owns the program; null for a program of no session.</summary>
    protected internal float* SessionState { get; internal set; }

    internal GraphModel Model { get; }

    /// <summary>What notes how long the kernels take; null while nobody asks. A program of a class without a report notes nothing.</summary>
    internal KernelTimes? Times { get; set; }

    /// <summary>Notes, on worker 0, that a kernel has ended; code that was emitted with a report calls it.</summary>
    /// <param name="worker">Who calls.</param>
    protected void NoteTime(Worker worker)
    {
        if (Times is { } times && worker.Index == 0)
            times.EndKernel();
    }

    /// <summary>Waits for all workers, and notes, on worker 0, how long; code that was emitted with a report calls it.</summary>
    /// <param name="worker">Who calls.</param>
    protected void AwaitOthers(Worker worker)
    {
        worker.Barrier();
        if (Times is { } times && worker.Index == 0)
            times.EndWait();
    }

    /// <summary>Runs the program, by the model's team or alone, and returns when all of it is done.</summary>
    /// <exception cref="ThreadInterruptedException">The calling thread was interrupted; the program has run to its end.</exception>
    public void Execute()
    {
        try
        {
            ExecuteToEnd();
        }
        catch
        {
            Interruption.Restore();
            throw;
        }
        Interruption.Throw();
    }

    /// <summary>As <see cref="Execute"/>, as a part of a call: whoever opened it throws where its thread was interrupted meanwhile.</summary>
    internal virtual void ExecuteToEnd()
    {
        if (RunsAlone)
            Model.Team.RunAloneToEnd(this);
        else
            Model.Team.RunToEnd(this);
    }

    /// <summary>Frees the arena.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the arena and what a derived program allocated.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected virtual void Dispose(bool disposing) => arena.Dispose();
}
