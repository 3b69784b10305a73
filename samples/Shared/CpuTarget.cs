using GraphCompiler;

namespace Samples;

/// <summary>As Target.cs, for a program without devices: models run on the CPU.</summary>
sealed partial class Target : IDisposable
{
    /// <summary>The names that <c>--device</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cpu"];

    /// <summary>What the driver calls the device; null for the CPU.</summary>
    public string? DeviceName => null;

    /// <summary>Opens the CPU.</summary>
    /// <exception cref="ArgumentException">It is another device that is asked for.</exception>
    public static Target Open(string name) => name == "cpu" ? new() : throw new ArgumentException($"--device {name}: this program runs on the CPU.");

    /// <summary>A model that runs here.</summary>
    public SampleModel Create(ulong seed, ModelOptions options) => new(seed, options);

    public void Dispose()
    {
    }
}
