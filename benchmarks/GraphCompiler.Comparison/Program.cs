using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using GraphCompiler.Comparison;
using GraphCompiler.Kernels;

// GraphCompiler's side of the comparison that compare.py drives; the protocol is at the top of compare_pytorch.py.

const double TurnSeconds = 0.3;
const double WarmUpSeconds = 0.05;

// Code reaches its last tier after some calls and some time; the first turn of a work, which nobody counts, waits for it.
const double FirstWarmUpSeconds = 1;

var prepared = new Dictionary<(string Name, int Threads), Action>();
string version = typeof(GraphCompiler.GraphModel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"ready GraphCompiler {version.Split('+')[0]} on {RuntimeInformation.FrameworkDescription}, {VectorWidth.Widest} bits");

while (Console.ReadLine() is { } line)
    Console.WriteLine(Answer(line));

string Answer(string line)
{
#pragma warning disable CA1031 // Whatever it is, the driver shows it and goes on.
    try
    {
        if (line == "memory")
            return PeakMebibytes();
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int threads))
            return "error expected: NAME THREADS";
        bool isFirst = !prepared.TryGetValue((words[0], threads), out Action? call);
        call ??= Works.Prepare(words[0], threads);
        if (call is null)
            return "error unknown work";
        prepared[(words[0], threads)] = call;
        CallsFor(call, isFirst ? FirstWarmUpSeconds : WarmUpSeconds);
        List<double> microseconds = CallsFor(call, TurnSeconds);
        microseconds.Sort();
        return string.Create(
            CultureInfo.InvariantCulture, $"{microseconds[microseconds.Count / 2]:F3} {microseconds[0]:F3} {microseconds.Count}");
    }
    catch (Exception fault)
    {
        return $"error {fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}";
    }
#pragma warning restore CA1031
}

static string PeakMebibytes()
{
    using var process = Process.GetCurrentProcess();
    return (process.PeakWorkingSet64 / (1024.0 * 1024.0)).ToString("F1", CultureInfo.InvariantCulture);
}

// Microseconds of each call during that many seconds; at least three calls.
static List<double> CallsFor(Action call, double seconds)
{
    var times = new List<double>(1 << 16);
    long begin = Stopwatch.GetTimestamp();
    while (times.Count < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
    {
        long start = Stopwatch.GetTimestamp();
        call();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }
    return times;
}
