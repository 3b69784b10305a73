using GraphCompiler.Ptx;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Tests.Runtimes;

/// <summary>A runtime that interprets the PTX that ILGPU makes of kernels.</summary>
internal sealed class InterpretedRuntime(PtxMachineOptions options, DeviceFeatures features, bool captures, bool copiesAtOnce = false) : HostMemoryRuntime(features, captures, copiesAtOnce)
{
    readonly PtxRuntime interpreter = new(new PtxMachine(options));

    /// <summary>As compute capability 8.0 has it.</summary>
    public static InterpretedRuntime Default(bool copiesAtOnce = false) =>
        new(new PtxMachineOptions(), DeviceFeatures.Warps | DeviceFeatures.TensorCores, captures: true, copiesAtOnce);

    public override string Name => "interpreted PTX";

    public override IDisposable Allocate(long floats, out ArrayView<float> memory)
    {
        var block = base.Allocate(floats, out memory);
        nint address = memory.LoadEffectiveAddressAsPtr();
        interpreter.Machine.Register(address, memory.LengthInBytes, $"a block of {floats} floats");
        return new Registration(interpreter.Machine, address, block);
    }

    public override Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel)
    {
        var launch = interpreter.Load(kernel);
        return (stream, groups, arguments) => Deferred.Launch(stream, () => launch(groups, arguments));
    }

    public override void Dispose()
    {
        base.Dispose();
        interpreter.Dispose();
    }

    /// <summary>Memory that kernels may use until it is freed.</summary>
    sealed class Registration(PtxMachine machine, nint address, IDisposable block) : IDisposable
    {
        public void Dispose()
        {
            block.Dispose();
            machine.Unregister(address);
        }
    }
}
