using GraphCompiler.Kernels;

namespace GraphCompiler.Runtime;

/// <summary>
/// The programs of one entry point. A caller rents one, runs it and returns it; callers at the same time get different
/// ones, made on demand and kept while as many run at once, beyond that as <see cref="ModelOptions.KeptArenas"/> says. Renting also
/// keeps the model's memory alive until the return.
/// </summary>
/// <typeparam name="T">The program of the entry point.</typeparam>
public sealed class ProgramPool<T> : IDisposable
    where T : CompiledProgram
{
    readonly GraphModel model;
    readonly Func<GraphModel, T> create;
    readonly RentalPool<T> programs;

    /// <summary>Makes an empty pool, disposed together with the model.</summary>
    /// <param name="model">The model the programs belong to.</param>
    /// <param name="create">Makes a program; called when a caller finds none idle.</param>
    public ProgramPool(GraphModel model, Func<GraphModel, T> create)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(create);
        this.model = model;
        this.create = create;
        programs = new RentalPool<T>(model.Options.KeptArenas, static program => program.Dispose());
        model.Own(this);
    }

    /// <summary>Takes a program out; every rent is followed by a <see cref="Return"/>, in a <c>finally</c>.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public T Rent()
    {
        model.EnterCall();
        if (programs.Rent() is { } program)
            return program;
        try
        {
            return create(model);
        }
        catch
        {
            programs.Cancel();
            model.LeaveCall();
            throw;
        }
    }

    /// <summary>Puts a rented program back.</summary>
    public void Return(T program)
    {
        ArgumentNullException.ThrowIfNull(program);
        programs.Return(program);
        model.LeaveCall();
    }

    /// <summary>Frees the idle programs. The model does this when it is disposed and no call runs any more.</summary>
    public void Dispose() => programs.Close();
}
