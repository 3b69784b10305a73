using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>Runs one kernel over one buffer on the device under test; its own threads have warps of a chosen size.</summary>
internal static unsafe class KernelRun
{
    const int Warp = 4, LargestGroup = 256;

    /// <summary>The buffer after the launch.</summary>
    /// <param name="kernel">The kernel; it must be a static method.</param>
    /// <param name="arguments">What it gets, from the buffer.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="threads">The threads of each.</param>
    /// <param name="values">What the buffer begins with.</param>
    /// <param name="warp">The threads of a warp.</param>
    public static float[] Run<T>(Action<T> kernel, Func<ArrayView<float>, T> arguments, int groups, int threads, float[] values, int warp = Warp)
        where T : struct
    {
        // Opening a device finds the driver's library, wherever the system has it.
        if (DeviceUnderTest.HasDriver)
            DeviceUnderTest.Open().Dispose();
        using var context = Context.Create(builder => _ = !DeviceUnderTest.HasDriver ? builder.CPU(new CPUDevice(warp, LargestGroup / warp, 1))
            : DeviceUnderTest.IsCuda ? builder.Optimize(OptimizationLevel.O2).Cuda()
            : builder.Optimize(OptimizationLevel.O2).OpenCL());
        foreach (var device in context)
        {
            if (device.AcceleratorType == AcceleratorType.CPU && DeviceUnderTest.HasDriver)
                continue;
            using var accelerator = device.CreateAccelerator(context);
            using var buffer = accelerator.Allocate1D<float>(values.Length);
            var stream = accelerator.DefaultStream;
            // ILGPU copies by address: arrays must stay where they are.
            float[] result = new float[values.Length];
            fixed (float* source = values, target = result)
            {
                buffer.AsContiguous().CopyFromCPU(stream, ref *source, values.Length);
                accelerator.LoadKernel(kernel)(stream, new KernelConfig(groups, threads), arguments(buffer.AsContiguous()));
                buffer.AsContiguous().CopyToCPU(stream, ref *target, result.Length);
            }
            return result;
        }
        throw new InvalidOperationException("There is no device.");
    }

    /// <summary>The same with the threads' turns from last to first, where the executor can do that; a kernel without races gives the same bits.</summary>
    public static float[] RunBackwards<T>(Action<T> kernel, Func<ArrayView<float>, T> arguments, int groups, int threads, float[] values, int warp = Warp)
        where T : struct
    {
        using var order = DeviceUnderTest.Backwards();
        return Run(kernel, arguments, groups, threads, values, warp);
    }
}
