namespace GraphCompiler.Ilgpu.Tests;

/// <summary>What a test needs of the device that tests run on.</summary>
[Flags]
internal enum DeviceNeeds
{
    /// <summary>Tensor cores.</summary>
    TensorCores = 1,

    /// <summary>That it can do without tensor cores, so that the kernels of other devices run.</summary>
    NoTensorCores = 2,

    /// <summary>Many threads: ILGPU's CPU accelerator takes minutes for what others do in seconds.</summary>
    ManyThreads = 4,

    /// <summary>The CUDA driver.</summary>
    CudaDriver = 8,

    /// <summary>An interpreter that reports what devices leave undefined.</summary>
    Interpreter = 16,
}

/// <summary>A test that is skipped, with the reason, where the device under test has not what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DeviceFactAttribute : FactAttribute
{
    public DeviceFactAttribute(DeviceNeeds needs) => Skip = MissingNeeds.Of(needs);
}

/// <summary>As <see cref="DeviceFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DeviceTheoryAttribute : TheoryAttribute
{
    public DeviceTheoryAttribute(DeviceNeeds needs) => Skip = MissingNeeds.Of(needs);
}

/// <summary>Why a test is skipped.</summary>
internal static class MissingNeeds
{
    /// <summary>Null if nothing is missing.</summary>
    public static string? Of(DeviceNeeds needs)
    {
        var kind = DeviceUnderTest.Kind;
        return needs.HasFlag(DeviceNeeds.TensorCores) && !DeviceUnderTest.HasTensorCores ? $"{kind} has no tensor cores."
            : needs.HasFlag(DeviceNeeds.NoTensorCores) && kind == DeviceKind.Cuda ? $"{kind} cannot do without its tensor cores."
            : needs.HasFlag(DeviceNeeds.ManyThreads) && DeviceUnderTest.IsSlow ? $"{kind} takes minutes for it."
            : needs.HasFlag(DeviceNeeds.CudaDriver) && kind != DeviceKind.Cuda ? $"{kind} is not CUDA's driver, which it is about."
            : needs.HasFlag(DeviceNeeds.Interpreter) && kind != DeviceKind.Ptx ? $"{kind} does not report what it leaves undefined; the interpreter of PTX does."
            : null;
    }
}
