using System.Diagnostics;
using System.Text.Json.Nodes;
using GraphCompiler.Tests;

namespace GraphCompiler.Samples.Tests;

/// <summary>The option <c>--device</c> of the samples, run as programs.</summary>
public sealed class DeviceOptionTests
{
    static (int Status, string Errors) Run(string runtimeConfig, params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "TinyGpt");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in new[] { "exec", "--runtimeconfig", runtimeConfig, "--depsfile", program + ".deps.json", program + ".dll" }.Concat(arguments))
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }

    static string RuntimeConfig => Path.Combine(AppContext.BaseDirectory, "TinyGpt.runtimeconfig.json");

    [Fact]
    public void An_unknown_device_is_told_the_known_ones()
    {
        var (status, errors) = Run(RuntimeConfig, "--device", "tpu");
        Assert.Equal(1, status);
        Assert.Contains("--device takes cpu, cuda, opencl, ilgpu-cpu, not 'tpu'.", errors, StringComparison.Ordinal);
    }

    /// <summary>The switch of the runtime that native AOT sets.</summary>
    [Theory]
    [InlineData("cuda")]
    [InlineData("opencl")]
    [InlineData("ilgpu-cpu")]
    public void Without_the_JIT_a_device_says_that_it_needs_it(string device)
    {
        using var folder = new TemporaryFolder();
        string config = folder.File("runtimeconfig.json");
        var json = JsonNode.Parse(File.ReadAllText(RuntimeConfig))!;
        json["runtimeOptions"]!["configProperties"]!["System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported"] = false;
        File.WriteAllText(config, json.ToJsonString());
        var (status, errors) = Run(config, "--device", device);
        Assert.Equal(1, status);
        Assert.Contains($"--device {device}: Devices need the JIT", errors, StringComparison.Ordinal);
    }
}
