using System.Reflection;
using GraphCompiler.Ilgpu.Compiling;
using GraphCompiler.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>The kernels of a device that takes PTX. Whatever is asked for is compiled and loaded at once, beside the rest; whoever launches it waits.</summary>
/// <param name="runtime">The device.</param>
/// <param name="compile">Begins to compile a kernel.</param>
/// <param name="loader">Brings it to the device.</param>
sealed class PtxKernels(DeviceRuntime runtime, Func<MethodInfo, Task<PtxText>> compile, PtxLoader loader)
{
    readonly List<PtxLauncher> begun = [];

    /// <summary>Begins to compile and load a kernel, and gives what launches it.</summary>
    public Action<AcceleratorStream, KernelConfig, T> Load<T>(Action<T> kernel)
        where T : struct
    {
        var launcher = new PtxLauncher<T>(runtime, kernel.Method, () => Load<T>(compile(kernel.Method)));
        lock (begun)
            begun.Add(launcher);
        return launcher.Launch;
    }

    async Task<LoadedKernel> Load<T>(Task<PtxText> compiling)
        where T : struct
    {
        var text = await compiling.ConfigureAwait(false);
        if (text.ParameterBytes != ArgumentLayout<T>.Bytes)
            throw new InvalidOperationException($"It takes {text.ParameterBytes} bytes of parameters, and is given {ArgumentLayout<T>.Bytes}.");
        return loader.Load(text);
    }

    /// <summary>Waits until all is there that was asked for.</summary>
    /// <exception cref="DeviceException">A kernel does not compile, or the device does not take it. It is tried again when it is needed again.</exception>
    public void Finish()
    {
        foreach (var launcher in Begun())
        {
            launcher.Finish();
            lock (begun)
                begun.Remove(launcher);
        }
    }

    /// <summary>Waits until nothing is compiled or loaded any more; whether that succeeds does not matter.</summary>
    public void Drain()
    {
        foreach (var launcher in Begun())
            launcher.Drain();
    }

    PtxLauncher[] Begun()
    {
        lock (begun)
            return [.. begun];
    }
}

/// <summary>Launches a kernel, once it is there.</summary>
abstract class PtxLauncher(DeviceRuntime runtime, MethodInfo kernel, Func<Task<LoadedKernel>> load)
{
    readonly object gate = new();
    Task<LoadedKernel>? loading = load();
    LoadedKernel? loaded;

    /// <summary>The kernel, which is waited for.</summary>
    public LoadedKernel Finish()
    {
        if (loaded is { } done)
            return done;
        using (Interruption.Hold(gate))
        {
            loading ??= load();
            Interruption.Await(loading);
            try
            {
                return loaded ??= loading.GetAwaiter().GetResult();
            }
            catch (Exception exception)
            {
                loading = null;
                throw runtime.NotLoaded(kernel, exception);
            }
        }
    }

    public void Drain()
    {
        using (Interruption.Hold(gate))
        {
            if (loading is not null)
                Interruption.Await(loading);
        }
    }
}

/// <summary>Launches a kernel with arguments of a type; nothing is allocated.</summary>
sealed class PtxLauncher<T>(DeviceRuntime runtime, MethodInfo kernel, Func<Task<LoadedKernel>> load) : PtxLauncher(runtime, kernel, load)
    where T : struct
{
    public void Launch(AcceleratorStream stream, KernelConfig groups, T arguments)
    {
        var kernel = Finish();
        Span<byte> parameters = stackalloc byte[ArgumentLayout<T>.Bytes];
        ArgumentLayout<T>.Write(arguments, parameters);
        kernel.Launch(stream, groups, parameters);
    }
}
