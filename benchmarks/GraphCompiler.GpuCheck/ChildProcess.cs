using System.Collections.Concurrent;
using System.Diagnostics;

namespace GraphCompiler.GpuCheck;

/// <summary>A process that answers questions, a line each. What it says that is no answer is passed over.</summary>
internal sealed class ChildProcess : IDisposable
{
    const int LinesKept = 30;

    readonly Process process;
    readonly BlockingCollection<string> lines = [];
    readonly Queue<string> errors = new();

    public ChildProcess(string program, IEnumerable<string> arguments, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        process = Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => TakeError(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>This program again, with other arguments.</summary>
    public static ChildProcess Self(IEnumerable<string> arguments, Dictionary<string, string>? environment = null)
    {
        // Started by the dotnet host, the program's file is not the process's.
        string assembly = Path.Combine(AppContext.BaseDirectory, "gpu-check.dll");
        bool isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        return new(Environment.ProcessPath!, isHosted ? arguments.Prepend(assembly) : arguments, environment);
    }

    /// <summary>Whether it has ended, or says nothing more.</summary>
    public bool HasEnded => lines.IsCompleted || process.HasExited;

    /// <summary>The last lines of its error output.</summary>
    public string Errors
    {
        get
        {
            lock (errors)
                return string.Join("\n", errors);
        }
    }

    public void WriteLine(string line)
    {
        try
        {
            process.StandardInput.WriteLine(line);
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended, which the next read says.
        }
    }

    /// <summary>The next line that begins like this; null if the process ended or the time is over.</summary>
    public string? ReadLine(string beginning, TimeSpan limit, string? otherBeginning = null)
    {
        var end = Stopwatch.StartNew();
        while (true)
        {
            var left = limit - end.Elapsed;
            if (left <= TimeSpan.Zero || !lines.TryTake(out string? line, left))
                return null;
            if (line.StartsWith(beginning, StringComparison.Ordinal) || (otherBeginning is not null && line.StartsWith(otherBeginning, StringComparison.Ordinal)))
                return line;
        }
    }

    void Take(string? line)
    {
        if (line is null)
            lines.CompleteAdding();
        else
            lines.Add(line);
    }

    void TakeError(string? line)
    {
        if (line is null)
            return;
        lock (errors)
        {
            errors.Enqueue(line);
            if (errors.Count > LinesKept)
                errors.Dequeue();
        }
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        lines.Dispose();
    }
}
