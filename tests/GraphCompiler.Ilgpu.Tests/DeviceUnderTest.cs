namespace GraphCompiler.Ilgpu.Tests;

/// <summary>The device that tests run on: ILGPU's CPU accelerator where the package is restored, else the reference executor.</summary>
internal static class DeviceUnderTest
{
    /// <summary>Whether it is the real ILGPU.</summary>
    public static bool IsIlgpu { get; } = typeof(ILGPU.Context).Assembly.GetName().Name == "ILGPU";

    public static IlgpuDevice Open() => IlgpuDevice.Cpu();

    /// <summary>Until it is disposed, threads of the reference executor that this thread's launches start take their turns from last to first.</summary>
    public static IDisposable Backwards()
    {
#if !ILGPU
        ILGPU.Runtime.Accelerator.RunsBackwards = true;
#endif
        return new Forwards();
    }

    sealed class Forwards : IDisposable
    {
        public void Dispose()
        {
#if !ILGPU
            ILGPU.Runtime.Accelerator.RunsBackwards = false;
#endif
        }
    }
}
