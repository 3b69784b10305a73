using System.ComponentModel;
using System.Globalization;

namespace GraphCompiler.GpuCheck.Measuring;

/// <summary>One side of the comparison: a process that measures, started again where a work ended it.</summary>
internal sealed class Side : IDisposable
{
    static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3), Limit = TimeSpan.FromMinutes(5);

    readonly Func<ChildProcess> start;
    ChildProcess? process;

    /// <summary>Starts a side.</summary>
    /// <param name="start">Starts its process.</param>
    public Side(Func<ChildProcess> start)
    {
        this.start = start;
        Start();
    }

    /// <summary>The card as this side calls it, and what computes; null if the side is not there.</summary>
    public (string Card, string Version)? Identity { get; private set; }

    /// <summary>Why it is not there, or what the last question failed for.</summary>
    public string Fault { get; private set; } = "";

    void Start()
    {
        try
        {
            process = start();
            string? greeting = process.ReadLine("ready ", StartLimit, "error ");
            if (greeting?.StartsWith("ready ", StringComparison.Ordinal) == true && greeting[6..].Split('|') is [var card, var version])
                Identity = (card, version);
            else
                Fault = greeting?[6..] ?? "it does not start: " + process.Errors.Split('\n')[^1];
        }
        catch (Win32Exception exception)
        {
            Fault = exception.Message;
        }
        if (Identity is null)
            Stop();
    }

    void Stop()
    {
        process?.Dispose();
        process = null;
    }

    /// <summary>Microseconds of a call; null if it cannot.</summary>
    public double? Measure(Work work)
        => Ask("measure " + work.Name, "time ") is { } answer ? double.Parse(answer.Split(' ')[1], CultureInfo.InvariantCulture) : null;

    /// <summary>Asks, and returns the answer if it begins as expected.</summary>
    public string? Ask(string question, string expected)
    {
        if (Identity is null)
            return null;
        if (process is null)
            Start();
        if (process is null)
            return null;
        process.WriteLine(question);
        string? answer = process.ReadLine(expected, Limit, "error ");
        if (answer?.StartsWith(expected, StringComparison.Ordinal) == true)
            return answer;
        Fault = answer?[6..] ?? (process.HasEnded ? "the process ended. " : "no answer in time. ") + process.Errors.Split('\n')[^1];
        // A fault may have left the device's context unusable.
        Stop();
        return null;
    }

    /// <summary>Ends the process.</summary>
    public void Dispose() => Stop();
}
