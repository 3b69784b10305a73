using System.Runtime.InteropServices;
using GraphCompiler.Ilgpu.Launching;
using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Runtime;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// One entry point of a compiled model on a device: one block of device memory, allocated once as planned, and the
/// launches of its kernels. A run only queues; what reads a result waits. What changes from run to run lies in the device's
/// memory, first the numbers of the step, then the caller's tensors, so that the launches are the same whenever the sizes are.
/// </summary>
public abstract class DeviceProgram : IDisposable
{
    readonly DeviceModel device;
    readonly DeviceBlock memory;
    readonly ProgramInputs inputs;
    readonly ProgramResults results;
    readonly LaunchSequence launches;
    readonly long inputsAt, gradientsAt, numberAt;
    readonly bool writesState;
    readonly DeviceSession? session;
    AcceleratorStream stream;
    int[] sizes = [];
    bool isLoaded;

    /// <summary>Allocates the memory.</summary>
    /// <param name="device">The model on its device.</param>
    /// <param name="memoryBytes">The planned arena, the caller's tensors and the gradients together. It and all places are in bytes.</param>
    /// <param name="inputsAt">Where the numbers of the step lie, and after them the caller's tensors.</param>
    /// <param name="resultsAt">Where the inputs end and the results begin.</param>
    /// <param name="gradientsAt">Where the results end and the gradients begin, if there are any.</param>
    /// <param name="numberAt">Where the only result, a number, lies; -1 if the results are others.</param>
    /// <param name="isTraining">Whether there are gradients, and the next run's inputs may come while a run is under way.</param>
    /// <param name="scalesLoss">Whether the gradients are those of a multiple of the loss.</param>
    /// <param name="writesState">Whether a run changes the model's own state.</param>
    /// <param name="session">The session whose state a run uses; null if it uses none.</param>
    /// <param name="constants">The arrays of constants that kernels read; null if they read none.</param>
    /// <param name="constantsAt">Where they lie.</param>
    /// <exception cref="DeviceException">The device has too little memory.</exception>
    protected DeviceProgram(
        DeviceModel device, long memoryBytes, long inputsAt, long resultsAt, long gradientsAt, long numberAt,
        bool isTraining = false, bool scalesLoss = false, bool writesState = false, DeviceSession? session = null,
        ConstantBlock? constants = null, long constantsAt = 0)
    {
        ArgumentNullException.ThrowIfNull(device);
        this.device = device;
        this.inputsAt = inputsAt;
        this.gradientsAt = gradientsAt;
        this.numberAt = numberAt;
        ScalesLoss = scalesLoss;
        this.writesState = writesState;
        this.session = session;
        stream = device.Device.Stream;
        long inputBytes = resultsAt - inputsAt;
        memory = device.Device.Allocate(memoryBytes + (isTraining ? inputBytes : 0), "The arena of " + GetType().Name);
        inputs = new ProgramInputs(device.Device, memory.At(inputsAt, inputBytes), isTraining ? memory.At(memoryBytes, inputBytes) : null);
        results = new ProgramResults(device.Device, memory, resultsAt / sizeof(float), gradientsAt / sizeof(float));
        launches = new LaunchSequence(device.Device, Enqueue);
        Fill(isTraining, constants, constantsAt);
        if (session is null)
            device.Model.Own(this);
        else
            session.Own(this);
    }

    /// <summary>Gives the memory what no run writes: the arrays of constants, and zeros for gradients of parameters that the objective does not depend on.</summary>
    unsafe void Fill(bool isTraining, ConstantBlock? constants, long constantsAt)
    {
        try
        {
            if (isTraining)
                memory.Clear(gradientsAt / sizeof(float), device.Model.ModelLayout.Trainable.TotalFloats);
            if (constants is not null)
                memory.Write(constantsAt / sizeof(float), new ReadOnlySpan<float>(constants.Pointer, constants.Length / sizeof(float)));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>The seed of this call's random numbers.</summary>
    public ulong RandomSeed { get; set; }

    /// <summary>The counter of this call's random numbers.</summary>
    public ulong RandomStep { get; set; }

    /// <summary>Whether threads of a warp exchange values.</summary>
    protected bool UsesWarps => device.Device.UsesWarps;

    /// <summary>Whether products of 16-bit numbers are computed on tensor cores.</summary>
    protected bool UsesTensorCores => device.Device.UsesTensorCores;

    /// <summary>Whether products in single precision may round their operands to TF32, and are computed on tensor cores.</summary>
    protected bool UsesTensorFloat32 => UsesTensorCores && device.Device.Options.AllowTf32;

    internal DeviceModel Model => device;

    /// <summary>Whether the gradients are those of <see cref="ScaleOfLoss"/> times the loss.</summary>
    internal bool ScalesLoss { get; }

    /// <summary>Where the device has the number that the gradient of the loss begins with; set once, before the first run.</summary>
    internal ArrayView<float> ScaleOfLoss { get; set; }

    /// <summary>The gradients of the last run, a block like that of the trainable parameters.</summary>
    internal ArrayView<float> Gradients => memory.At(gradientsAt, device.Model.ModelLayout.Trainable.TotalBytes);

    /// <summary>Queues a run.</summary>
    public void Run()
    {
        Load();
        device.Send();
        session?.Send();
        SendInputs();
        launches.Run(sizes);
        if (writesState)
            device.DeviceChanged();
    }

    void Load()
    {
        if (isLoaded)
            return;
        LoadKernels();
        device.Device.FinishLoading();
        isLoaded = true;
    }

    void SendInputs()
    {
        var random = MemoryMarshal.Cast<float, ulong>(inputs.Step);
        (random[StepNumbers.Seed / 2], random[StepNumbers.Step / 2]) = (RandomSeed, RandomStep);
        inputs.Send();
    }

    /// <summary>Waits for the run, and returns its only result.</summary>
    /// <typeparam name="T">The type of its element.</typeparam>
    public T Number<T>()
        where T : unmanaged
    {
        QueueNumber();
        return results.Number<T>();
    }

    /// <summary>Queues the copy of the only result to the host.</summary>
    internal void QueueNumber() => results.QueueNumber(numberAt / sizeof(float));

    /// <summary>Waits for the number whose copy was queued, a float.</summary>
    internal float QueuedNumber() => results.Number<float>();

    /// <summary>What the trainer's base class runs in place of a program of the CPU.</summary>
    public TrainingProgram ForTrainer() => new DeviceTraining(this);

    internal unsafe void ReadGradients(float* target)
    {
        for (long done = 0, floats = device.Model.ModelLayout.Trainable.TotalFloats; done < floats; done += 1 << 28)
            memory.Read(gradientsAt / sizeof(float) + done, new Span<float>(target + done, (int)Math.Min(1 << 28, floats - done)));
    }

    /// <summary>Loads the kernels, before the first run.</summary>
    protected abstract void LoadKernels();

    /// <summary>Launches the kernels in their order.</summary>
    protected abstract void Enqueue();

    void Enqueue(AcceleratorStream target)
    {
        stream = target;
        try
        {
            Enqueue();
        }
        finally
        {
            stream = device.Device.Stream;
        }
    }

    /// <summary>Begins the inputs of a run, whose named dimensions have these sizes.</summary>
    protected void Begin(params ReadOnlySpan<int> sizes)
    {
        if (!sizes.SequenceEqual(this.sizes))
            this.sizes = sizes.ToArray();
        inputs.Begin();
    }

    /// <summary>Takes over a tensor of the caller.</summary>
    protected void Upload<T>(long offset, ReadOnlySpan<T> values)
        where T : unmanaged
        => values.CopyTo(MemoryMarshal.Cast<float, T>(inputs.Part((int)((offset - inputsAt) / sizeof(float)), ProgramResults.FloatsOf<T>(values.Length))));

    /// <summary>Memory for integers that kernels address memory by, to be written; places are asked for from first to last, before the caller's tensors.</summary>
    protected Span<int> IndicesToSend(long offset, int count) => MemoryMarshal.Cast<float, int>(inputs.Part((int)((offset - inputsAt) / sizeof(float)), count));

    /// <summary>Queues the copy of a result to the host.</summary>
    protected void QueueDownload<T>(long offset, Span<T> values)
        where T : unmanaged
        => results.Queue(offset / sizeof(float), ProgramResults.FloatsOf<T>(values.Length));

    /// <summary>Waits for the run, and copies a result whose copy was queued to the caller.</summary>
    protected void Download<T>(long offset, Span<T> values)
        where T : unmanaged
        => results.Read(offset / sizeof(float), values);

    /// <summary>The seed of this call's random numbers: one element.</summary>
    protected ArrayView<ulong> SeedOfRandom => memory.At(inputsAt + StepNumbers.Seed * sizeof(float), sizeof(ulong)).Cast<ulong>();

    /// <summary>The counter of this call's random numbers: one element.</summary>
    protected ArrayView<ulong> StepOfRandom => memory.At(inputsAt + StepNumbers.Step * sizeof(float), sizeof(ulong)).Cast<ulong>();

    /// <summary>A part of the program's memory.</summary>
    protected ArrayView<float> Memory(long offset, long count) => memory.At(offset, BytesOf(count));

    /// <summary>A part of the program's memory that holds integers.</summary>
    protected ArrayView<int> Integers(long offset, long count) => memory.At(offset, BytesOf(count)).Cast<int>();

    /// <summary>A part of the program's memory that holds elements of a type of their own, so many.</summary>
    protected TView Elements<TView>(long offset, long count)
        where TView : struct, IElementView<TView>
        => TView.Over(memory.At(offset, BytesOf<TView>(count)));

    /// <summary>The bytes of floats, or of integers.</summary>
    static long BytesOf(long count) => count * sizeof(float);

    /// <summary>The bytes of elements of a type of their own.</summary>
    static long BytesOf<TView>(long count)
        where TView : struct, IElementView<TView>
        => ((count * TView.ElementBits) + 7) / 8;

    /// <summary>A parameter.</summary>
    protected ArrayView<float> Weights(long offset, long count) => device.Part(offset, BytesOf(count));

    /// <summary>A parameter of integers.</summary>
    protected ArrayView<int> WeightIntegers(long offset, long count) => device.Part(offset, BytesOf(count)).Cast<int>();

    /// <summary>A parameter of elements of a type of their own, so many.</summary>
    protected TView WeightElements<TView>(long offset, long count)
        where TView : struct, IElementView<TView>
        => TView.Over(device.Part(offset, BytesOf<TView>(count)));

    /// <summary>A state of the model.</summary>
    protected ArrayView<float> State(long offset, long count) => device.StatePart(offset, BytesOf(count));

    /// <summary>A state of the model, of integers.</summary>
    protected ArrayView<int> StateIntegers(long offset, long count) => device.StatePart(offset, BytesOf(count)).Cast<int>();

    /// <summary>A state of the model, of elements of a type of their own, so many.</summary>
    protected TView StateElements<TView>(long offset, long count)
        where TView : struct, IElementView<TView>
        => TView.Over(device.StatePart(offset, BytesOf<TView>(count)));

    /// <summary>The number that the gradient of the loss begins with.</summary>
    protected ArrayView<float> LossScale(long offset, long count) => ScaleOfLoss.SubView(offset / sizeof(float), count);

    /// <summary>A state of the session.</summary>
    protected ArrayView<float> SessionState(long offset, long count) => session!.Part(offset, BytesOf(count));

    /// <summary>A state of the session, of integers.</summary>
    protected ArrayView<int> SessionStateIntegers(long offset, long count) => session!.Part(offset, BytesOf(count)).Cast<int>();

    /// <summary>A state of the session, of elements of a type of their own, so many.</summary>
    protected TView SessionStateElements<TView>(long offset, long count)
        where TView : struct, IElementView<TView>
        => TView.Over(session!.Part(offset, BytesOf<TView>(count)));

    /// <summary>A kernel's launcher; the kernel is compiled once a device.</summary>
    protected Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel)
        where T : struct
        => device.Device.Load(kernel);

    /// <summary>Queues a kernel.</summary>
    protected void Launch<T>(Action<AcceleratorStream, KernelConfig, T> kernel, KernelConfig groups, T arguments)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(kernel);
        try
        {
            kernel(stream, groups, arguments);
        }
        catch (Exception exception) when (exception is not DeviceException)
        {
            throw device.Device.Failed("to run a kernel of " + GetType().Name, exception);
        }
    }

    /// <summary>A thread each.</summary>
    protected static KernelConfig Elements(int count) => Launches.Elements(count);

    /// <summary>A group a row, with a power of two of threads.</summary>
    protected KernelConfig Rows(int rows, int columns)
    {
        int threads = device.Device.Threads.SmallestRow;
        while (threads < columns && threads < device.Device.Threads.LargestRow)
            threads *= 2;
        return new KernelConfig(rows, threads);
    }

    /// <summary>So many threads a row: several rows a group where a warp has all of a row's threads, else a group a row.</summary>
    protected KernelConfig ShortRows(int rows, int threads)
    {
        int rowsOfGroup = threads > GroupSizes.Warp ? 1 : Math.Max(1, device.Device.Threads.ShortRows / threads);
        return new KernelConfig((rows + rowsOfGroup - 1) / rowsOfGroup, rowsOfGroup * threads);
    }

    /// <summary>So many threads for each of some items, which several groups share.</summary>
    protected KernelConfig Teams(int items, int threads)
    {
        int itemsOfGroup = Math.Max(1, device.Device.Threads.LargestRow / threads);
        return new KernelConfig((items + itemsOfGroup - 1) / itemsOfGroup, itemsOfGroup * threads);
    }

    /// <summary>A group for each tile of columns, with a thread for each of its columns and slices.</summary>
    protected static KernelConfig Columns(int groups, int columns, int tile, int slices)
        => new(groups * ((columns + tile - 1) / tile), tile * slices);

    /// <summary>A group for each tile of each product.</summary>
    protected static KernelConfig Tiles(int products, int rows, int columns, int tile, int threads)
        => new(products * ((rows + tile - 1) / tile) * ((columns + tile - 1) / tile), threads);

    /// <summary>A group for some columns of a few rows of each product.</summary>
    protected static KernelConfig FewRows(int products, int rows, int columns, int columnsOfGroup)
        => new(products * ((rows + FewRowsProduct.Rows - 1) / FewRowsProduct.Rows) * ((columns + columnsOfGroup - 1) / columnsOfGroup), FewRowsProduct.Threads);

    /// <summary>A group for each block of positions of each part of each head.</summary>
    protected KernelConfig Heads(int heads, int positions, int headSize)
        => new(heads * AttentionShape.GroupsOfHead(positions, headSize, device.Device.Threads.Head), device.Device.Threads.Head);

    /// <summary>The same on tensor cores, where some groups may share a block's work.</summary>
    protected static KernelConfig TensorHeads(int heads, int positions, int threads, int parts = 1)
        => new(heads * parts * TensorAttentionGroups.Blocks(positions, threads), threads);

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        launches.Dispose();
        inputs.Dispose();
        results.Dispose();
        memory.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Numbers of groups and threads.</summary>
static class Launches
{
    public static KernelConfig Elements(long count)
        => new(checked((int)((count + GroupSizes.Elements - 1) / GroupSizes.Elements)), GroupSizes.Elements);
}
