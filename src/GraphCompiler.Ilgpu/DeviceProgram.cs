using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Runtime;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// One entry point of a compiled model on a device: one block of device memory, allocated once as planned, and the
/// launches of its kernels. A run only queues; what reads a result waits.
/// </summary>
public abstract class DeviceProgram : IDisposable
{
    readonly DeviceModel device;
    readonly DeviceBlock memory;
    readonly long gradientsAt, numberAt;
    readonly bool writesState;
    readonly DeviceSession? session;

    /// <summary>Allocates the memory.</summary>
    /// <param name="device">The model on its device.</param>
    /// <param name="memoryFloats">The planned arena, the caller's tensors and the gradients together, in floats.</param>
    /// <param name="gradientsAt">Where the gradients begin; -1 if there are none.</param>
    /// <param name="numberAt">Where the only result, a number, lies; -1 if the results are others.</param>
    /// <param name="writesState">Whether a run changes the model's own state.</param>
    /// <param name="session">The session whose state a run uses; null if it uses none.</param>
    /// <exception cref="DeviceException">The device has too little memory.</exception>
    protected DeviceProgram(DeviceModel device, long memoryFloats, long gradientsAt, long numberAt, bool writesState = false, DeviceSession? session = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        this.device = device;
        this.gradientsAt = gradientsAt;
        this.numberAt = numberAt;
        memory = device.Device.Allocate(memoryFloats, "The arena of " + GetType().Name);
        this.writesState = writesState;
        this.session = session;
        if (session is null)
            device.Model.Own(this);
        else
            session.Own(this);
        if (gradientsAt >= 0)
            memory.Clear(gradientsAt, device.Model.ModelLayout.TotalFloats);
    }

    /// <summary>The seed of this call's random numbers.</summary>
    public ulong RandomSeed { get; set; }

    /// <summary>The counter of this call's random numbers.</summary>
    public ulong RandomStep { get; set; }

    /// <summary>Whether threads of a warp exchange values.</summary>
    protected bool UsesWarps => device.Device.UsesWarps;

    internal DeviceModel Model => device;

    /// <summary>The gradients of the last run, a block like the parameters'.</summary>
    internal ArrayView<float> Gradients => memory.Part(gradientsAt, device.Model.ModelLayout.TotalFloats);

    /// <summary>Queues a run.</summary>
    public void Run()
    {
        device.Send();
        session?.Send();
        Enqueue();
        if (writesState)
            device.DeviceChanged();
    }

    /// <summary>Waits for the run, and returns its only result.</summary>
    public float Number()
    {
        float number = 0;
        memory.Read(numberAt, new Span<float>(ref number));
        return number;
    }

    /// <summary>What the trainer's base class runs in place of a program of the CPU.</summary>
    public TrainingProgram ForTrainer() => new DeviceTraining(this);

    internal unsafe void ReadGradients(float* target)
    {
        for (long done = 0, floats = device.Model.ModelLayout.TotalFloats; done < floats; done += 1 << 28)
            memory.Read(gradientsAt + done, new Span<float>(target + done, (int)Math.Min(1 << 28, floats - done)));
    }

    /// <summary>Launches the kernels in their order.</summary>
    protected abstract void Enqueue();

    /// <summary>A part of the program's memory.</summary>
    protected ArrayView<float> Memory(long offset, long floats) => memory.Part(offset, floats);

    /// <summary>A part of the program's memory that holds integers.</summary>
    protected ArrayView<int> Integers(long offset, long count) => memory.Part(offset, count).Cast<int>();

    /// <summary>A parameter.</summary>
    protected ArrayView<float> Weights(long offset, long floats) => device.Part(offset, floats);

    /// <summary>A state of the model.</summary>
    protected ArrayView<float> State(long offset, long floats) => device.StatePart(offset, floats);

    /// <summary>A state of the session.</summary>
    protected ArrayView<float> SessionState(long offset, long floats) => session!.Part(offset, floats);

    /// <summary>Copies the caller's numbers to the device.</summary>
    protected void Upload(long offset, ReadOnlySpan<float> values) => memory.Write(offset, values);

    /// <summary>Copies the caller's integers to the device.</summary>
    protected void Upload(long offset, ReadOnlySpan<int> values) => memory.Write(offset, values);

    /// <summary>Waits for the run, and copies a result to the caller.</summary>
    protected void Download(long offset, Span<float> values) => memory.Read(offset, values);

    /// <summary>A kernel's launcher, compiled once a device.</summary>
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
            kernel(device.Device.Stream, groups, arguments);
        }
        catch (Exception exception)
        {
            throw device.Device.Failed("to run a kernel of " + GetType().Name, exception);
        }
    }

    /// <summary>A thread an element.</summary>
    protected static KernelConfig Elements(int count) => Launches.Elements(count);

    /// <summary>A group a row, with a power of two of threads.</summary>
    protected KernelConfig Rows(int rows, int columns)
    {
        int threads = device.Device.SmallestRow;
        while (threads < columns && threads < device.Device.LargestRow)
            threads *= 2;
        return new KernelConfig(rows, threads);
    }

    /// <summary>A group for each tile of columns, with a thread for each of its columns and slices.</summary>
    protected static KernelConfig Columns(int groups, int columns, int tile, int slices)
        => new(groups * ((columns + tile - 1) / tile), tile * slices);

    /// <summary>A group for each tile of each product.</summary>
    protected static KernelConfig Tiles(int products, int rows, int columns, int tile, int threads)
        => new(products * ((rows + tile - 1) / tile) * ((columns + tile - 1) / tile), threads);

    /// <summary>A group for each block of positions of each head.</summary>
    protected KernelConfig Heads(int heads, int positions, int block)
        => new(heads * ((positions + block - 1) / block), device.Device.ThreadsOfHead);

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
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
