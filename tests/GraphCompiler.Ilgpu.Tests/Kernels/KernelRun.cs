using GraphCompiler.Ptx;
using ILGPU;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>Runs one kernel over one buffer on the device under test.</summary>
internal static class KernelRun
{
    /// <summary>The buffer after the launch.</summary>
    /// <param name="kernel">The kernel; it must be a static method.</param>
    /// <param name="arguments">What it gets, from the buffer.</param>
    /// <param name="groups">The number of groups.</param>
    /// <param name="threads">The threads of each.</param>
    /// <param name="values">What the buffer begins with.</param>
    /// <param name="checksUnwritten">As <see cref="DeviceUnderTest.Open"/> takes it.</param>
    public static float[] Run<T>(Action<T> kernel, Func<ArrayView<float>, T> arguments, int groups, int threads, float[] values, bool checksUnwritten = true)
        where T : struct
    {
        using var device = DeviceUnderTest.Open(checksUnwritten: checksUnwritten);
        return Run(device, kernel, arguments, groups, threads, values);
    }

    /// <summary>
    /// The same again, with the turns of groups and warps from last to first where they are interpreted: without races it gives the
    /// same bits.
    /// </summary>
    public static float[] RunBackwards<T>(Action<T> kernel, Func<ArrayView<float>, T> arguments, int groups, int threads, float[] values, bool checksUnwritten = true)
        where T : struct
    {
        using var device = DeviceUnderTest.Kind == DeviceKind.Ptx
            ? DeviceUnderTest.Interpreted(machine: new PtxMachineOptions { Backwards = true, CheckUnwritten = checksUnwritten })
            : DeviceUnderTest.Open();
        return Run(device, kernel, arguments, groups, threads, values);
    }

    static float[] Run<T>(IlgpuDevice device, Action<T> kernel, Func<ArrayView<float>, T> arguments, int groups, int threads, float[] values)
        where T : struct
    {
        using var block = device.Allocate(values.Length * sizeof(float), "A test");
        block.Write(0, values);
        device.Load(kernel)(device.Stream, new KernelConfig(groups, threads), arguments(block.All));
        float[] result = new float[values.Length];
        block.Read(0, result);
        return result;
    }
}
