using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace GraphCompiler.GpuCheck.Suite;

/// <summary>How a test ended.</summary>
internal sealed record TestOutcome(string Name, string Outcome, double Seconds, string Message);

/// <summary>
/// Runs the correctness suite by several processes, which take tests as they become free. A test that ends its process,
/// as a fault on a device does, or takes too long has failed, and another process goes on with the next.
/// </summary>
internal static class SuiteDriver
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(5), StartLimit = TimeSpan.FromMinutes(1);

    /// <param name="device">What the tests open: cuda, opencl or ilgpu-cpu.</param>
    /// <param name="filter">Only tests whose names contain this.</param>
    /// <param name="report">Called for each test as it ends.</param>
    public static List<TestOutcome> Run(string device, string filter, Action<TestOutcome> report)
    {
        var waiting = new ConcurrentQueue<(string Id, string Name)>();
        var outcomes = new List<TestOutcome>();
        int processes = Math.Clamp(Environment.ProcessorCount / 2, 1, 6);
        ChildProcess first;
        List<(string Id, string Name)> tests;
        try
        {
            first = Start(device, out tests);
        }
        catch (InvalidOperationException exception)
        {
            return [new("the suite", "ended", 0, exception.Message)];
        }
        foreach (var test in tests.Where(test => test.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)))
            waiting.Enqueue(test);

        void Work(ChildProcess? worker)
        {
            while (waiting.TryDequeue(out var test))
            {
                var outcome = Ask(device, ref worker, test);
                lock (outcomes)
                {
                    outcomes.Add(outcome);
                    report(outcome);
                }
            }
            worker?.Dispose();
        }

        var threads = Enumerable.Range(0, processes).Select(index => new Thread(() => Work(index == 0 ? first : null))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return outcomes;
    }

    static ChildProcess Start(string device, out List<(string Id, string Name)> tests)
    {
        var worker = ChildProcess.Self(["suite-worker"], new() { ["GRAPHCOMPILER_DEVICE"] = device });
        tests = [];
        string ready = worker.ReadLine("ready ", StartLimit) ?? throw new InvalidOperationException("The correctness suite does not start.\n" + worker.Errors);
        for (int count = int.Parse(ready.Split(' ')[1], CultureInfo.InvariantCulture); count > 0; count--)
        {
            string[] words = (worker.ReadLine("test ", StartLimit) ?? "").Split(' ', 3);
            tests.Add((words[1], words[2]));
        }
        return worker;
    }

    static TestOutcome Ask(string device, ref ChildProcess? worker, (string Id, string Name) test)
    {
        string? answer;
        try
        {
            worker ??= Start(device, out _);
            worker.WriteLine("run " + test.Id);
            answer = worker.ReadLine("outcome ", Limit);
        }
        catch (InvalidOperationException exception)
        {
            return new(test.Name, "ended", 0, exception.Message);
        }
        if (answer is null)
        {
            string reason = (worker.HasEnded ? "its process ended" : $"no end after {Limit.TotalMinutes} minutes") + "\n" + worker.Errors;
            worker.Dispose();
            worker = null;
            return new(test.Name, "ended", 0, reason);
        }
        string[] words = answer.Split(' ', 5);
        return new(test.Name, words[2], double.Parse(words[3], CultureInfo.InvariantCulture), JsonSerializer.Deserialize<string>(words[4])!);
    }
}
