using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>A model's parameters and state as they were.</summary>
internal sealed unsafe class WeightsCopy(GraphModel model) : IDisposable
{
    readonly AlignedMemory memory = new(model.ModelLayout.TotalBytes + model.StateLayout.TotalBytes);

    long Parameters => model.ModelLayout.TotalBytes;

    long State => model.StateLayout.TotalBytes;

    /// <summary>Takes them as they are.</summary>
    public void Keep() => model.Read(() =>
    {
        model.Remote?.Fetch();
        Buffer.MemoryCopy(model.ParameterPointer, memory.Pointer, Parameters, Parameters);
        Buffer.MemoryCopy(model.StatePointer, memory.Pointer + Parameters, State, State);
    });

    /// <summary>Gives the model what was kept.</summary>
    public void Restore() => model.Change(() =>
    {
        Buffer.MemoryCopy(memory.Pointer, model.ParameterPointer, Parameters, Parameters);
        Buffer.MemoryCopy(memory.Pointer + Parameters, model.StatePointer, State, State);
        model.Remote?.HostChanged();
    });

    public void Dispose() => memory.Dispose();
}
