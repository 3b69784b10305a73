using GraphCompiler.Kernels;

namespace GraphCompiler;

/// <summary>
/// What a model's state, which training steps change before anybody knows their gradients, was before a step that may fail, and before the
/// first step of an update that may be left out. Costs a copy of the state a step, and nothing for a model without state.
/// </summary>
internal sealed unsafe class StateBackup : IDisposable
{
    readonly GraphModel model;
    readonly bool accumulates;
    readonly AlignedMemory memory;

    /// <param name="model">The model.</param>
    /// <param name="accumulates">Whether an update has several steps.</param>
    public StateBackup(GraphModel model, bool accumulates)
    {
        this.model = model;
        this.accumulates = accumulates;
        memory = new AlignedMemory(accumulates ? 2 * Bytes : Bytes);
    }

    /// <summary>The state before the first step of the update that the last step belongs to.</summary>
    public byte* BeforeUpdate => memory.Pointer;

    byte* BeforeStep => accumulates ? BeforeUpdate + Bytes : BeforeUpdate;

    long Bytes => model.StateLayout.TotalBytes;

    /// <summary>Keeps the state as it is before a step.</summary>
    public void Keep(bool startsUpdate)
    {
        if (Bytes == 0)
            return;
        Buffer.MemoryCopy(model.StatePointer, BeforeStep, Bytes, Bytes);
        if (startsUpdate && accumulates)
            Buffer.MemoryCopy(model.StatePointer, BeforeUpdate, Bytes, Bytes);
    }

    public void UndoStep() => Buffer.MemoryCopy(BeforeStep, model.StatePointer, Bytes, Bytes);

    public void UndoUpdate() => Buffer.MemoryCopy(BeforeUpdate, model.StatePointer, Bytes, Bytes);

    public void Dispose() => memory.Dispose();
}
