using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// The base of every compiled session: owns its state, one contiguous block outside the managed heap, and the programs
/// that work on it. Any number of sessions share the weights of one model and may run at once; one session runs one call
/// at a time. A call allocates nothing.
/// </summary>
public abstract unsafe class GraphSession : IDisposable
{
    readonly GraphModel model;
    readonly AlignedMemory block;
    readonly ParameterInitializer firstValues;
    readonly List<IDisposable> owned = [];
    readonly ExclusiveCall call;

    /// <summary>Allocates the state and gives it its first values.</summary>
    /// <param name="model">The model whose weights the session computes with.</param>
    /// <param name="layout">The state of a session.</param>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    protected GraphSession(GraphModel model, ModelLayout layout)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(layout);
        this.model = model;
        call = new(model, this, "Another call of this session is running; a session runs one at a time, so give each caller its own.", Free);
        block = new AlignedMemory(layout.TotalBytes);
        StateBytes = layout.TotalBytes;
        firstValues = new(layout, ParameterInitializer.SessionStateStream, model.Seed, block.Pointer);
        try
        {
            Reset(isZero: true);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <summary>The flat block of the session's state.</summary>
    internal byte* StatePointer => block.Pointer;

    /// <summary>The size of the state in bytes.</summary>
    internal long StateBytes { get; }

    /// <summary>Where the state lives if not here; null on the CPU.</summary>
    internal IRemoteBlocks? Remote { get; set; }

    /// <summary>Hands over something to dispose together with the session.</summary>
    internal void Own(IDisposable item) => owned.Add(item);

    /// <summary>Gives the state its first values again, those of a new session: nothing of earlier calls is left.</summary>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    /// <exception cref="InvalidOperationException">Another call of this session is running.</exception>
    public void Reset() => Reset(isZero: false);

    /// <summary>State is planned for the longest use; what begins as zero in memory that is zero takes up none until it is written.</summary>
    void Reset(bool isZero)
    {
        BeginCall();
        try
        {
            firstValues.Fill(model.Team, isZero);
            Remote?.HostChanged();
        }
        finally
        {
            EndCall();
            Interruption.Restore();
        }
    }

    /// <summary>Frees the session's state and working memory; the model stays.</summary>
    public void Dispose()
    {
        call.Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes a program of this session; if that fails, the session is disposed.</summary>
    /// <typeparam name="T">The program of one method.</typeparam>
    /// <param name="create">Makes the program.</param>
    protected T Add<T>(Func<GraphModel, T> create)
        where T : CompiledProgram
    {
        ArgumentNullException.ThrowIfNull(create);
        try
        {
            T program = create(model);
            owned.Add(program);
            program.SessionState = (float*)block.Pointer;
            return program;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens a call: until <see cref="EndCall"/> nobody else runs this session's programs.</summary>
    /// <exception cref="ObjectDisposedException">The session or its model is disposed.</exception>
    /// <exception cref="InvalidOperationException">Another call of this session is running.</exception>
    protected void BeginCall() => call.Enter();

    /// <summary>Closes a call that <see cref="BeginCall"/> opened; call it in a <c>finally</c>.</summary>
    protected void EndCall() => call.Leave();

    void Free()
    {
        foreach (IDisposable item in owned)
            item.Dispose();
        block.Dispose();
    }
}
