using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using GraphCompiler.Benchmarks;

// dotnet run -c Release --project benchmarks/GraphCompiler.Benchmarks -- --filter '*'
//
// Three short runs each, in this process, so that everything ends in minutes. For careful figures: --job medium.
// With the one argument "update": the bandwidth of an update of GPT-2 124M beside that of a copy.
// With the one argument "quantized": the linear maps of GPT-2 124M with weights of 32, 8 and 4 bits.
if (args is ["update"])
{
    for (int threads = 1; threads <= Environment.ProcessorCount; threads *= 2)
        UpdateBandwidth.Measure(threads);
    return;
}
if (args is ["quantized"])
{
    for (int threads = 1; threads <= Environment.ProcessorCount; threads *= 2)
    {
        foreach (int rows in new[] { 1, 4, 64 })
            QuantizedProducts.Measure(threads, rows);
    }
    return;
}
var config = args.Contains("--job")
    ? DefaultConfig.Instance
    : DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
