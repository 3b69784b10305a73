using GraphCompiler.Checkpoints;
using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// The base of every compiled model: owns the parameters and the state, a contiguous block each outside the managed heap,
/// and the threads that run its programs. Any number of threads may call a model's methods at once; each call has its own working
/// memory.
/// </summary>
/// <remarks>
/// One at a time may change the parameters: a trainer's step, <see cref="Load"/> or <see cref="GraphTrainer.LoadCheckpoint(string)"/>; another
/// one meanwhile, or a save, is refused with <see cref="InvalidOperationException"/>. A method called meanwhile is not: it may compute with
/// some old values and some new ones, so a server that changes its weights loads them into a second model and lets the calls of the first end.
/// <para>
/// <see cref="Thread.Interrupt"/> does not end a call before it is done: the call throws <see cref="ThreadInterruptedException"/> at its end,
/// and its results are as they would have been.
/// </para>
/// </remarks>
public abstract unsafe partial class GraphModel : IDisposable
{
    readonly AlignedMemory parameterBlock;
    readonly AlignedMemory stateBlock;
    readonly List<IDisposable> owned = [];
    CallGate gate = new();
    WeightAccess weights;

    /// <summary>Allocates the parameters and the state and draws their first values.</summary>
    /// <param name="layout">The parameters of the compiled model.</param>
    /// <param name="seed">The seed of the first values: the same seed gives the same bits on every machine.</param>
    /// <param name="options">How the model runs; null for the defaults.</param>
    /// <param name="stateLayout">The state of the compiled model; null if it has none.</param>
    protected GraphModel(ModelLayout layout, ulong seed, ModelOptions? options, ModelLayout? stateLayout = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ModelLayout = layout;
        StateLayout = stateLayout ?? new ModelLayout([], 0);
        Seed = seed;
        Options = options ?? new ModelOptions();

        parameterBlock = new AlignedMemory(layout.TotalBytes);
        try
        {
            stateBlock = new AlignedMemory(StateLayout.TotalBytes);
            Team = new WorkerTeam(Options.Threads, Options.KeptArenas);
            ParameterInitializer.Fill(layout, ParameterInitializer.ParameterStream, Seed, ParameterPointer, Team);
            ParameterInitializer.Fill(StateLayout, ParameterInitializer.StateStream, Seed, StatePointer, Team);
            Interruption.Restore();
        }
        catch
        {
            Interruption.Restore();
            Team?.Dispose();
            stateBlock?.Dispose();
            parameterBlock.Dispose();
            throw;
        }

        Parameters = Array.AsReadOnly([.. layout.Parameters.Select(parameter => new ModelParameter(this, parameter))]);
        States = Array.AsReadOnly([.. StateLayout.Parameters.Select(state => new ModelState(this, state))]);
    }

    /// <summary>The parameters, in the order in which they are declared.</summary>
    public IReadOnlyList<ModelParameter> Parameters { get; }

    /// <summary>The state that training steps update, in the order in which it is declared.</summary>
    public IReadOnlyList<ModelState> States { get; }

    /// <summary>How many numbers the model has to learn: the sum of the parameters' sizes.</summary>
    public long ParameterCount => ModelLayout.ParameterCount;

    /// <summary>How much memory the model's methods and trainers need, here or on a device, before anything of it is allocated.</summary>
    public virtual MemoryReport MemoryReport => new(this, 0, []);

    /// <summary>The model's layers: the shapes, the numbers and the bytes of their parameters and state, and the memory of its methods; it prints as a table.</summary>
    /// <param name="depth">How many names of a path make a layer, so that 1 has one for each of the model's own fields; null for all but the last name.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="depth"/> is negative.</exception>
    public ModelSummary Summary(int? depth = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(depth ?? 0, nameof(depth));
        return new ModelSummary(this, depth);
    }

    /// <summary>
    /// Writes a page that shows what the compiler made of the class: its graph, its kernels and what was fused into each, the plan of its memory, its
    /// parameters, and what each pass did. It is one file that needs no other. <see cref="GraphTrainer.Profile"/> adds measured times.
    /// </summary>
    /// <param name="path">The file to write or to replace.</param>
    /// <exception cref="InvalidOperationException">The project was built without <c>&lt;GraphCompilerReport&gt;true&lt;/GraphCompilerReport&gt;</c>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WriteReport(string path) => ReportPage.Write(path, ReportData);

    /// <summary>How the model runs.</summary>
    public ModelOptions Options { get; }

    /// <summary>The flat parameter block: <see cref="ModelLayout.TotalBytes"/> bytes, 64-byte aligned.</summary>
    protected internal byte* ParameterPointer => parameterBlock.Pointer;

    /// <summary>The flat block of state.</summary>
    protected internal byte* StatePointer => stateBlock.Pointer;

    /// <summary>The threads that run this model's programs.</summary>
    protected internal WorkerTeam Team { get; }

    /// <summary>What the model's report is made of, as JSON; empty for a class of a project without <c>GraphCompilerReport</c>.</summary>
    protected virtual ReadOnlySpan<byte> ReportData => default;

    /// <summary><see cref="ReportData"/> for the library's own use.</summary>
    internal ReadOnlySpan<byte> Description => ReportData;

    internal ModelLayout ModelLayout { get; }

    internal ModelLayout StateLayout { get; }

    /// <summary>Where the parameters and the state live if not here; null on the CPU.</summary>
    internal IRemoteBlocks? Remote { get; set; }

    internal ulong Seed { get; }

    /// <summary>
    /// Writes every parameter and state to a safetensors file, under its path and in PyTorch's layout. Adapters of LoRA are not among them:
    /// <see cref="SaveLora"/> writes these, <see cref="MergeLora"/> makes them part of the weights.
    /// </summary>
    /// <remarks>
    /// The file is written under another name in the same folder, flushed to disk and renamed, so that at every moment
    /// <paramref name="path"/> is either the old file or the whole new one.
    /// </remarks>
    /// <param name="path">The file to write or to replace.</param>
    /// <param name="options">The element type in the file and what its names begin with; null for F32 and nothing.</param>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InvalidOperationException">The parameters are being trained or loaded on another thread.</exception>
    /// <exception cref="OverflowException">A number is beyond the range of the file's type; nothing is written.</exception>
    /// <exception cref="IOException">The file cannot be written, or the path is that of a directory or of a pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder may not be written.</exception>
    public void Save(string path, SaveOptions? options = null) => SaveBy(ModelFile.Save, path, options ?? new SaveOptions());

    /// <summary>
    /// Reads every parameter and state from a safetensors file, which must hold exactly this model's names, with their
    /// shapes, as F32, F16, BF16 or F64, which become the nearest floats; state also as I32 or I64, as which PyTorch stores counts. What is
    /// declared of another type is read from that type, and of 16 and 8 bits from these too, rounded. Adapters of LoRA
    /// are excepted: <see cref="LoadLora"/> reads these.
    /// <paramref name="options"/> can allow more. The model changes only if the whole file is in order.
    /// </summary>
    /// <param name="path">
    /// The file to read; or an index (<c>model.safetensors.index.json</c>) of several files in its folder; or a folder that holds an index or a file.
    /// </param>
    /// <param name="options">What the file's names are, and what else it may or need not hold; null for the model's names and nothing else.</param>
    /// <returns>What was loaded, and with <see cref="LoadOptions.Strict"/> false what was not.</returns>
    /// <exception cref="ArgumentException">The options' patterns do not go together; the model is as it was.</exception>
    /// <exception cref="SafetensorsException">The file is malformed or is not of this model; the model is as it was.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InvalidOperationException">The parameters are being trained, loaded or saved on another thread.</exception>
    /// <exception cref="IOException">The file cannot be read; the model is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read; the model is as it was.</exception>
    public LoadReport Load(string path, LoadOptions? options = null) => LoadBy(ModelFile.Load, path, options ?? new LoadOptions());

    void SaveBy(Action<string, GraphModel, SaveOptions> save, string path, SaveOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Read(() =>
        {
            Remote?.Fetch();
            save(path, this, options);
        });
    }

    /// <summary>Reads parameters or state, while nobody changes them.</summary>
    internal void Read(Action read)
    {
        EnterCall();
        try
        {
            BeginRead();
            try
            {
                read();
            }
            finally
            {
                EndRead();
            }
        }
        finally
        {
            LeaveCall();
        }
    }

    LoadReport LoadBy(Func<string, GraphModel, LoadOptions, LoadReport> load, string path, LoadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        LoadReport? report = null;
        Change(() =>
        {
            // What is not loaded stays as it is, which only the device may know.
            if (!options.Strict || ModelLayout.Lora.Parameters.Count > 0)
                Remote?.Fetch();
            report = load(path, this, options);
            Remote?.HostChanged();
        });
        return report!;
    }

    /// <summary>Changes parameters or state, while nobody else does.</summary>
    internal void Change(Action change)
    {
        EnterCall();
        try
        {
            BeginChange();
            try
            {
                change();
            }
            finally
            {
                EndChange();
            }
        }
        finally
        {
            LeaveCall();
        }
    }

    /// <summary>Refuses further calls, and frees all memory and threads as soon as no call is running any more.</summary>
    public void Dispose()
    {
        if (gate.Close())
            Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Counts a call in, so that nothing it uses is freed before <see cref="LeaveCall"/>.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    internal void EnterCall()
    {
        if (gate.TryEnter(out bool free))
            return;
        if (free)
            Free();
        ThrowIfDisposed();
    }

    /// <summary>Counts a call out.</summary>
    internal void LeaveCall()
    {
        if (gate.Leave())
            Free();
    }

    /// <summary>Opens a change of the parameters or the state; <see cref="EndChange"/> follows.</summary>
    /// <exception cref="InvalidOperationException">Somebody else changes or saves them.</exception>
    internal void BeginChange()
    {
        if (!weights.TryChange())
            throw new InvalidOperationException($"The parameters of this {GetType().Name} are being trained, loaded or saved on another thread; one of these runs at a time.");
    }

    internal void EndChange() => weights.EndChange();

    /// <summary>Opens a save of the parameters and the state; <see cref="EndRead"/> follows.</summary>
    /// <exception cref="InvalidOperationException">Somebody changes them.</exception>
    internal void BeginRead()
    {
        if (!weights.TryRead())
            throw new InvalidOperationException($"The parameters of this {GetType().Name} are being trained or loaded on another thread; save them before or after.");
    }

    internal void EndRead() => weights.EndRead();

    /// <summary>Throws if <see cref="Dispose"/> was called.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    protected internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(gate.IsClosed, this);

    /// <summary>Hands over something to dispose together with the model.</summary>
    internal void Own(IDisposable item)
    {
        using (Interruption.Hold(owned))
            owned.Add(item);
    }

    void Free()
    {
        foreach (IDisposable item in owned)
            item.Dispose();
        Team.Dispose();
        stateBlock.Dispose();
        parameterBlock.Dispose();
    }
}
