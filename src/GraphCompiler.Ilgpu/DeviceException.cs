namespace GraphCompiler.Ilgpu;

/// <summary>A device is absent, was lost, has too little memory, or cannot run a model's kernels. The message says which.</summary>
public sealed class DeviceException : Exception
{
    /// <summary>An error of a device.</summary>
    /// <param name="message">What is wrong, and what can be done.</param>
    /// <param name="cause">What ILGPU or the driver said; null if nothing.</param>
    public DeviceException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
