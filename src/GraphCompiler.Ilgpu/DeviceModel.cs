using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Runtime;
using ILGPU;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// The parameters and the state of a model on a device. The host's block follows: it is read back when somebody asks for it, and sent
/// again before the next run once somebody may have written to it.
/// </summary>
public sealed unsafe class DeviceModel : IRemoteBlocks, IDisposable
{
    readonly GraphModel model;
    readonly DeviceBlock parameters;
    readonly DeviceBlock? state;
    bool hostIsNewer = true, deviceIsNewer;

    /// <summary>Allocates the parameters and the state.</summary>
    /// <param name="model">The model.</param>
    /// <param name="device">Where it is to run.</param>
    /// <exception cref="DeviceException">The device has too little memory.</exception>
    public DeviceModel(GraphModel model, IlgpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(device);
        this.model = model;
        Device = device;
        device.CheckFits(model.MemoryReport, model.GetType().Name);
        parameters = device.Allocate(model.ModelLayout.TotalBytes, "The block of parameters");
        if (model.StateLayout.TotalBytes > 0)
            state = AllocateState();
        model.Remote = this;
        model.Own(this);
    }

    DeviceBlock AllocateState()
    {
        try
        {
            return Device.Allocate(model.StateLayout.TotalBytes, "The block of state");
        }
        catch
        {
            parameters.Dispose();
            throw;
        }
    }

    /// <summary>Where the model runs.</summary>
    public IlgpuDevice Device { get; }

    internal GraphModel Model => model;

    /// <summary>The parameters that are trained.</summary>
    internal UpdatedValues Updated
    {
        get
        {
            long end = 0;
            return new()
            {
                Floats = Next(SafetensorsDataType.F32),
                BFloat16s = new() { Bits = Next(SafetensorsDataType.BF16).Cast<ushort>() },
                Float16s = new() { Bits = Next(SafetensorsDataType.F16).Cast<ushort>() },
            };

            ArrayView<float> Next(SafetensorsDataType type)
            {
                long start = end;
                end = Math.Max(start, model.ModelLayout.EndOfTrained(type));
                return end == start ? Part(0, 0) : Part(start, end - start);
            }
        }
    }

    internal ArrayView<float> Part(long offset, long bytes) => parameters.At(offset, bytes);

    internal ArrayView<float> StatePart(long offset, long bytes) => state!.At(offset, bytes);

    /// <summary>Before a run: the device's parameters and state are the model's.</summary>
    internal void Send()
    {
        if (hostIsNewer)
        {
            BlockCopy.Write(parameters, model.ParameterPointer, model.ModelLayout.TotalBytes);
            if (state is not null)
                BlockCopy.Write(state, model.StatePointer, model.StateLayout.TotalBytes);
        }
        hostIsNewer = false;
    }

    /// <summary>After an update of parameters or of state.</summary>
    internal void DeviceChanged() => deviceIsNewer = true;

    void IRemoteBlocks.Fetch()
    {
        if (deviceIsNewer)
        {
            BlockCopy.Read(parameters, model.ParameterPointer, model.ModelLayout.TotalBytes);
            if (state is not null)
                BlockCopy.Read(state, model.StatePointer, model.StateLayout.TotalBytes);
        }
        deviceIsNewer = false;
    }

    void IRemoteBlocks.HostChanged() => (hostIsNewer, deviceIsNewer) = (true, false);

    /// <summary>Frees the device's memory.</summary>
    public void Dispose()
    {
        parameters.Dispose();
        state?.Dispose();
    }
}

/// <summary>Copies of blocks that may be longer than a span.</summary>
static unsafe class BlockCopy
{
    const int Longest = 1 << 28;

    public static void Write(DeviceBlock block, byte* source, long bytes)
    {
        for (long done = 0, floats = bytes / sizeof(float); done < floats; done += Longest)
            block.Write(done, new ReadOnlySpan<float>(source + done * sizeof(float), (int)Math.Min(Longest, floats - done)));
    }

    public static void Read(DeviceBlock block, byte* target, long bytes)
    {
        for (long done = 0, floats = bytes / sizeof(float); done < floats; done += Longest)
            block.Read(done, new Span<float>(target + done * sizeof(float), (int)Math.Min(Longest, floats - done)));
    }
}
