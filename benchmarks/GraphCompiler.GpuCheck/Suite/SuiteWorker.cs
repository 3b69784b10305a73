using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace GraphCompiler.GpuCheck.Suite;

/// <summary>
/// A process that runs tests of the correctness suite one at a time, each when it is asked for. Without the SDK there is no
/// <c>dotnet test</c>; xunit itself is a library. The protocol, a line at a time:
/// <code>
/// worker:  ready COUNT, then COUNT lines   test ID NAME
/// driver:  run ID
/// worker:  outcome ID passed|failed|skipped SECONDS MESSAGE     (the message as a JSON string)
/// </code>
/// </summary>
internal static class SuiteWorker
{
    public static int Run()
    {
        var assembly = typeof(Ilgpu.Tests.TrainingTests).Assembly;
        using var framework = new XunitTestFramework(new NoMessages());
        var cases = Discover(framework, assembly);
        Console.WriteLine($"ready {cases.Count}");
        foreach (var test in cases.Values)
            Console.WriteLine($"test {test.UniqueID} {test.DisplayName.ReplaceLineEndings(" ")}");
        using var executor = framework.GetExecutor(assembly.GetName());
        while (Console.ReadLine() is { } line)
        {
            string id = line.Split(' ')[^1];
            Console.WriteLine(cases.TryGetValue(id, out var test) ? Outcome(executor, test) : $"outcome {id} failed 0 \"no such test\"");
        }
        return 0;
    }

    static Dictionary<string, ITestCase> Discover(XunitTestFramework framework, Assembly assembly)
    {
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        using var sink = new Discovered();
        discoverer.Find(includeSourceInformation: false, sink, new RunOptions());
        sink.Finished.WaitOne();
        return sink.Cases.ToDictionary(test => test.UniqueID);
    }

    static string Outcome(ITestFrameworkExecutor executor, ITestCase test)
    {
        using var sink = new Outcomes();
        long start = Stopwatch.GetTimestamp();
        executor.RunTests([test], sink, new RunOptions());
        sink.Finished.WaitOne();
        string outcome = sink.Failures.Count > 0 ? "failed" : sink.Skipped.Count > 0 ? "skipped" : "passed";
        string message = JsonSerializer.Serialize(string.Join("\n", sink.Failures.Concat(sink.Skipped)));
        return string.Create(CultureInfo.InvariantCulture, $"outcome {test.UniqueID} {outcome} {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} {message}");
    }

    /// <summary>One test at a time; every row of a theory is one.</summary>
    sealed class RunOptions : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        readonly Dictionary<string, object?> values = new()
        {
            ["xunit.discovery.PreEnumerateTheories"] = true,
            ["xunit.execution.DisableParallelization"] = true,
            ["xunit.execution.SynchronousMessageReporting"] = true,
        };

        public TValue GetValue<TValue>(string name) => values.TryGetValue(name, out object? value) && value is TValue found ? found : default!;

        public void SetValue<TValue>(string name, TValue value) => values[name] = value;
    }

    sealed class NoMessages : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => true;
    }

    sealed class Discovered : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        public List<ITestCase> Cases { get; } = [];

        public ManualResetEvent Finished { get; } = new(false);

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is ITestCaseDiscoveryMessage found)
                Cases.Add(found.TestCase);
            if (message is IDiscoveryCompleteMessage)
                Finished.Set();
            return true;
        }

        public void Dispose() => Finished.Dispose();
    }

    sealed class Outcomes : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        public List<string> Failures { get; } = [];

        public List<string> Skipped { get; } = [];

        public ManualResetEvent Finished { get; } = new(false);

        public bool OnMessage(IMessageSinkMessage message)
        {
            if (message is IFailureInformation failure)
                Failures.Add(string.Join("\n", failure.Messages.Concat(failure.StackTraces)));
            if (message is ITestSkipped skipped)
                Skipped.Add(skipped.Reason);
            if (message is ITestAssemblyFinished)
                Finished.Set();
            return true;
        }

        public void Dispose() => Finished.Dispose();
    }
}
