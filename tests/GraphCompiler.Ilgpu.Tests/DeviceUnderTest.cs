namespace GraphCompiler.Ilgpu.Tests;

/// <summary>The device that tests run on: ILGPU's CPU accelerator where the package is restored, else the reference executor.</summary>
internal static class DeviceUnderTest
{
    /// <summary>Whether it is the real ILGPU.</summary>
    public static bool IsIlgpu { get; } = typeof(ILGPU.Context).Assembly.GetName().Name == "ILGPU";

    public static IlgpuDevice Open() => IlgpuDevice.Cpu();
}
