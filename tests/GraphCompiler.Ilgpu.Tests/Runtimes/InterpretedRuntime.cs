using GraphCompiler.Ilgpu.Compiling;
using GraphCompiler.Ilgpu.Launching;
using GraphCompiler.Ptx;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Tests.Runtimes;

/// <summary>A runtime that interprets PTX where CUDA's driver would assemble it. What compiles kernels and lays out their parameters is what CUDA devices have.</summary>
internal sealed class InterpretedRuntime : HostMemoryRuntime
{
    readonly PtxRuntime interpreter;
    readonly PtxKernels kernels;

    public InterpretedRuntime(PtxMachineOptions options, DeviceFeatures features, bool captures, bool copiesAtOnce = false)
        : base(features, captures, copiesAtOnce)
    {
        interpreter = new PtxRuntime(new PtxMachine(options));
        kernels = new PtxKernels(this, PtxRuntime.Compile, new Loader(interpreter, Deferred));
    }

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

    public override Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel) => kernels.Load(kernel);

    public override void FinishLoading() => kernels.Finish();

    public override void Dispose()
    {
        kernels.Drain();
        base.Dispose();
        interpreter.Dispose();
    }

    sealed class Loader(PtxRuntime interpreter, DeferredQueue queue) : PtxLoader
    {
        public override LoadedKernel Load(PtxText text)
        {
            PtxRuntime.Decode(text.Text);
            return new Kernel(interpreter, queue, text);
        }
    }

    sealed class Kernel(PtxRuntime interpreter, DeferredQueue queue, PtxText text) : LoadedKernel
    {
        public override void Launch(AcceleratorStream stream, KernelConfig groups, ReadOnlySpan<byte> parameters)
        {
            byte[] copy = parameters.ToArray();
            queue.Launch(stream, () => interpreter.Launch(text, groups, copy));
        }
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
