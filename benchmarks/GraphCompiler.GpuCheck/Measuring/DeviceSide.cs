using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using GraphCompiler.Ilgpu;

namespace GraphCompiler.GpuCheck.Measuring;

/// <summary>
/// The process that measures our side. PyTorch's, <c>pytorch_side.py</c>, speaks the same protocol, a line at a time:
/// <code>
/// at the start, the process:   ready TEXT                (what it is)          or   error TEXT
/// driver: measure WORK         process: time MICROSECONDS CALLS                or   error TEXT
/// driver: check WORK FOLDER    process: done, once inputs and results lie in the folder; PyTorch's side reads them and
///                              answers   errors OURS ITS_OWN                   or   error TEXT
/// </code>
/// A turn queues so many calls that they take a fifth of a second, waits once at the end, and divides; it does that three
/// times and gives the median. Before the first turn of a work it is called for a while: kernels compile, clocks rise. Only
/// the last work stays in memory.
/// </summary>
internal static class DeviceSide
{
    const double BatchSeconds = 0.07, WarmUpSeconds = 0.05, FirstWarmUpSeconds = 0.5;
    const int BatchesOfTurn = 3;

    static IlgpuDevice? device;
    static bool allowsTf32;
    static DeviceWork? work;
    static string workName = "";

    /// <param name="kind">cuda, opencl or ilgpu-cpu.</param>
    public static int Run(string kind)
    {
        try
        {
            device = Open(kind, tf32: false);
            string version = typeof(GraphModel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            var ilgpu = typeof(ILGPU.Context).Assembly.GetName();
            Console.WriteLine(
                $"ready {device.Name}|GraphCompiler {version.Split('+')[0]} with {ilgpu.Name} {ilgpu.Version!.ToString(3)} on {RuntimeInformation.FrameworkDescription}");
        }
        catch (DeviceException exception)
        {
            Console.WriteLine("error " + exception.Message);
            return 1;
        }
        while (Console.ReadLine() is { } line)
            Console.WriteLine(Answer(kind, line));
        Forget();
        device.Dispose();
        return 0;
    }

    static IlgpuDevice Open(string kind, bool tf32)
    {
        allowsTf32 = tf32;
        var options = new IlgpuOptions { AllowTf32 = tf32 };
        return kind switch
        {
            "cuda" => IlgpuDevice.Cuda(options: options),
            "opencl" => IlgpuDevice.OpenCl(options: options),
            "ilgpu-cpu" => IlgpuDevice.Cpu(options),
            _ => throw new DeviceException($"There is no kind of device {kind}: cuda, opencl or ilgpu-cpu."),
        };
    }

    static string Answer(string kind, string line)
    {
#pragma warning disable CA1031 // Whatever it is, the driver shows it and goes on.
        try
        {
            string[] words = line.Split(' ');
            if (words[0] == "measure")
                return Measure(kind, string.Join(' ', words[1..]));
            Check(kind, string.Join(' ', words[1..^1]), words[^1]);
            return "done";
        }
        catch (Exception fault)
        {
            return $"error {fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}";
        }
#pragma warning restore CA1031
    }

    static void Prepare(string kind, string name)
    {
        Forget();
        bool tf32 = name.EndsWith("tf32", StringComparison.Ordinal);
        if (tf32 != allowsTf32)
        {
            device!.Dispose();
            device = Open(kind, tf32);
        }
        work = DeviceWorks.Prepare(name, device!);
        workName = name;
    }

    static void Forget()
    {
        work?.Dispose();
        (work, workName) = (null, "");
    }

    static void Check(string kind, string name, string folder)
    {
        Prepare(kind, name);
        work!.WriteNumbers(folder);
        Forget();
    }

    static string Measure(string kind, string name)
    {
        bool isFirst = workName != name;
        if (isFirst)
            Prepare(kind, name);
        int calls = CallsIn(BatchSeconds, isFirst ? FirstWarmUpSeconds : WarmUpSeconds);
        double[] times = [.. Enumerable.Range(0, BatchesOfTurn).Select(_ => Batch(calls) / calls)];
        Array.Sort(times);
        // A call of a chain is one of its products.
        double parts = name.StartsWith("chain ", StringComparison.Ordinal) ? DeviceWorks.ProductsOfChain : 1;
        return string.Create(CultureInfo.InvariantCulture, $"time {times[BatchesOfTurn / 2] * 1e6 / parts:F3} {calls * BatchesOfTurn}");
    }

    /// <summary>Calls for some time, and tells from that how many fit into another.</summary>
    static int CallsIn(double seconds, double warmUpSeconds)
    {
        Batch(1);
        int calls = 1;
        double taken = Batch(calls), total = taken;
        while (total < warmUpSeconds)
        {
            calls = Math.Max(1, (int)Math.Min(2.0 * calls, calls * seconds / taken));
            taken = Batch(calls);
            total += taken;
        }
        return Math.Max(1, (int)(calls * seconds / taken));
    }

    /// <summary>Seconds for some calls and one wait.</summary>
    static double Batch(int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
            work!.Queue();
        work!.Wait();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
