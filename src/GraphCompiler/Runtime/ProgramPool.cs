namespace GraphCompiler.Runtime;

/// <summary>
/// The programs of one entry point. A caller rents one, runs it and returns it; callers at the same time get different
/// ones, made on demand and kept. Renting also keeps the model's memory alive until the return.
/// </summary>
/// <typeparam name="T">The program of the entry point.</typeparam>
public sealed class ProgramPool<T> : IDisposable
    where T : CompiledProgram
{
    readonly GraphModel model;
    readonly Func<GraphModel, T> create;
    readonly Stack<T> idle = new(capacity: Environment.ProcessorCount);

    /// <summary>Makes an empty pool, disposed together with the model.</summary>
    /// <param name="model">The model the programs belong to.</param>
    /// <param name="create">Makes a program; called when a caller finds none idle.</param>
    public ProgramPool(GraphModel model, Func<GraphModel, T> create)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(create);
        this.model = model;
        this.create = create;
        model.Own(this);
    }

    /// <summary>Takes a program out; every rent is followed by a <see cref="Return"/>, in a <c>finally</c>.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public T Rent()
    {
        model.EnterCall();
        try
        {
            lock (idle)
            {
                if (idle.TryPop(out T? program))
                    return program;
            }

            return create(model);
        }
        catch
        {
            model.LeaveCall();
            throw;
        }
    }

    /// <summary>Puts a rented program back.</summary>
    public void Return(T program)
    {
        ArgumentNullException.ThrowIfNull(program);
        lock (idle)
            idle.Push(program);
        model.LeaveCall();
    }

    /// <summary>Frees the idle programs. The model does this when it is disposed and no call runs any more.</summary>
    public void Dispose()
    {
        lock (idle)
        {
            while (idle.TryPop(out T? program))
                program.Dispose();
        }
    }
}
