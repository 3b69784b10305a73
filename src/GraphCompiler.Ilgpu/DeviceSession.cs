using GraphCompiler.Runtime;
using ILGPU;

namespace GraphCompiler.Ilgpu;

/// <summary>The state of a session on a device. The host's block holds the first values, which a reset sends again.</summary>
public sealed unsafe class DeviceSession : IRemoteBlocks, IDisposable
{
    readonly GraphSession session;
    readonly DeviceBlock state;
    bool hostIsNewer = true;

    /// <summary>Allocates the state; the session must be disposed before the device.</summary>
    /// <param name="session">The session.</param>
    /// <param name="model">Its model on the device.</param>
    /// <exception cref="DeviceException">The device has too little memory.</exception>
    public DeviceSession(GraphSession session, DeviceModel model)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(model);
        this.session = session;
        state = model.Device.Allocate(session.StateBytes, "The state of a session");
        session.Remote = this;
        session.Own(this);
    }

    internal ArrayView<float> Part(long offset, long bytes) => state.At(offset, bytes);

    internal void Own(IDisposable item) => session.Own(item);

    /// <summary>Before a run: after a reset, the device gets the first values.</summary>
    internal void Send()
    {
        if (hostIsNewer)
            BlockCopy.Write(state, session.StatePointer, session.StateBytes);
        hostIsNewer = false;
    }

    void IRemoteBlocks.Fetch() => BlockCopy.Read(state, session.StatePointer, session.StateBytes);

    void IRemoteBlocks.HostChanged() => hostIsNewer = true;

    /// <summary>Frees the device's memory.</summary>
    public void Dispose() => state.Dispose();
}
