using System.Globalization;
using System.Text;
using GraphCompiler.GpuCheck.Measuring;
using GraphCompiler.GpuCheck.Suite;

namespace GraphCompiler.GpuCheck.Report;

/// <summary>
/// The check: the correctness suite on the device, then the card's peaks, then each work turn by turn on all sides (ours,
/// PyTorch eager, torch.compile), then the errors of our numbers and PyTorch's. What it prints also goes to a file named
/// after the card, after every part, so that a check that is stopped leaves what it has.
/// </summary>
internal sealed class Check(Options options, Side ours, string card)
{
    const int FaultsShown = 20, LongestFault = 160;

    readonly StringBuilder report = new();
    readonly Peaks peaks = new();

    /// <returns>0 if the suite passed or was not asked for, 1 if it failed, 2 if there is no such device.</returns>
    public static int Run(Options options)
    {
        using var ours = new Side(() => ChildProcess.Self(["device-side", options.Device]));
        if (ours.Identity is not { } identity)
        {
            Console.WriteLine(options.Device == "cuda" ? $"There is no NVIDIA GPU here. {ours.Fault}" : ours.Fault);
            return 2;
        }
        if (options.OnlyAsksForGpu)
        {
            Console.WriteLine(identity.Card);
            return 0;
        }
        return new Check(options, ours, identity.Card).Run();
    }

    string FilePath => Path.Combine(options.Results, FileNameOf(card));

    int Run()
    {
        if (options.Appends && File.Exists(FilePath))
            report.Append(File.ReadAllText(FilePath)).Append('\n');
        else
            Say($"# {CardName(card)}\n");
        Say($"{DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}. {ours.Identity!.Value.Version}.{Driver()}");
        bool isRight = !options.RunsSuite || RunSuite();
        if (options.RunsBenchmarks)
            RunBenchmarks();
        Save();
        Console.WriteLine($"\nThe report is {FilePath}.");
        return isRight ? 0 : 1;
    }

    static string CardName(string card) => card.Split(" (")[0];

    /// <summary>The file of a card's figures.</summary>
    public static string FileNameOf(string card)
        => string.Join('-', CardName(card).Split([.. CardName(card).Where(c => !char.IsAsciiLetterOrDigit(c))], StringSplitOptions.RemoveEmptyEntries)) + ".md";

    static string Driver()
    {
        const string File = "/sys/module/nvidia/version";
        return System.IO.File.Exists(File) ? $" Driver {System.IO.File.ReadAllText(File).Trim()}." : "";
    }

    bool RunSuite()
    {
        Say("\n## Correctness suite\n");
        int done = 0;
        var outcomes = SuiteDriver.Run(options.Device, options.Only, outcome => Console.Error.WriteLine($"{++done} {outcome.Outcome} {outcome.Name} {outcome.Seconds:F1} s"));
        var failures = outcomes.Where(outcome => outcome.Outcome is not ("passed" or "skipped")).ToList();
        Say($"{outcomes.Count(o => o.Outcome == "passed")} passed, {failures.Count} failed, {outcomes.Count(o => o.Outcome == "skipped")} skipped.");
        foreach (var failure in failures.Take(FaultsShown))
            Say($"- FAILED {failure.Name}: {OneLine(failure.Message)}");
        Save();
        if (failures.Count > 0)
            File.WriteAllLines(Path.ChangeExtension(FilePath, ".failures.txt"), failures.Select(f => $"{f.Name}\n{f.Message}\n"));
        // A suite without tests is none, unless only some were asked for.
        return failures.Count == 0 && (outcomes.Count > 0 || options.Only.Length > 0);
    }

    void RunBenchmarks()
    {
        Say("\n## Benchmarks\n");
        using var eager = Peer();
        using var compiled = options.Compiles && eager.Identity is not null ? Peer("--compile") : null;
        Say(eager.Identity is { } identity ? $"Against {identity.Version} on {identity.Card}, turn by turn."
            : $"PyTorch is not here: {OneLine(eager.Fault)}. Our times stand alone.");
        if (compiled is { Identity: null })
            Say($"torch.compile is not here: {OneLine(compiled.Fault)}.");
        MeasurePeaks(eager);
        Say("\n" + Tables.WorksHead);
        var works = Works.All(options.IsSmall).Where(work => work.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)).ToList();
        foreach (var work in works)
        {
            Say(Tables.Row(Compare(work, eager, compiled), peaks));
            Save();
        }
        if (eager.Identity is not null)
            CompareNumbers(works, eager);
    }

    Side Peer(params string[] arguments)
        => new(() => new ChildProcess(options.Python, arguments.Prepend(Path.Combine(AppContext.BaseDirectory, "pytorch_side.py"))));

    void MeasurePeaks(Side eager)
    {
        var scale = Works.All(options.IsSmall).First();
        foreach (var (side, work) in new[] { (ours, scale), (eager, scale with { Name = scale.Name.Replace("scale", "copy", StringComparison.Ordinal) }) })
        {
            if (Best(side, work) is { } time)
                peaks.Reached(Peaks.Bandwidth, work.Amount / (time * 1e-6));
        }
        foreach (var work in Works.Peaks(options.IsSmall))
        {
            if (Best(eager, work) is { } time)
                peaks.Reached(work.Precision, work.Amount / (time * 1e-6));
        }
        Say("\n| measured peak | |\n|---|--:|");
        foreach (var (of, rate) in peaks.Rates)
            Say(Tables.Peak(of, rate));
    }

    double? Best(Side side, Work work)
        => Enumerable.Range(0, options.Rounds).Select(_ => side.Measure(work)).TakeWhile(time => time is not null).DefaultIfEmpty(null).Min();

    Turns Compare(Work work, Side eager, Side? compiled)
    {
        Console.Error.WriteLine($"measuring {work.Name}");
        Side?[] sides = [ours, eager, work.Compiles ? compiled : null];
        List<double>?[] times = [.. sides.Select(side => side?.Identity is null ? null : new List<double>())];
        // The first turn also prepares inputs and compiles, and does not count.
        for (int turn = 0; turn <= options.Rounds && times[0] is not null; turn++)
        {
            for (int i = 0; i < sides.Length; i++)
            {
                if (times[i] is null)
                    continue;
                if (sides[i]!.Measure(work) is not { } time)
                    times[i] = null;
                else if (turn > 0)
                    times[i]!.Add(time);
                if (times[i] is null)
                    Console.Error.WriteLine($"{work.Name}, side {i}: {sides[i]!.Fault}");
            }
        }
        return new(work, times[0], times[1], times[2], OneLine(ours.Fault));
    }

    void CompareNumbers(List<Work> works, Side eager)
    {
        Say("\n## Errors\n");
        Say("Relative to PyTorch's result in double precision on the same inputs; of steps, the losses of four (batches of more than 1024 tokens: to FP32).\n");
        Say(Tables.ErrorsHead);
        foreach (var work in works.Where(work => work.IsChecked))
        {
            string folder = Directory.CreateTempSubdirectory("gpu-check-").FullName;
            try
            {
                string? answer = ours.Ask($"check {work.Name} {folder}", "done") is null ? null : eager.Ask($"check {work.Name} {folder}", "errors ");
                string fault = OneLine(ours.Fault.Length > 0 ? ours.Fault : eager.Fault);
                Say(answer?.Split(' ') is [_, var mine, var own] ? $"| {work.Label} | {mine} | {own} |" : $"| {work.Label} | not done: {fault} | |");
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
            Save();
        }
    }

    static string OneLine(string text)
    {
        string line = text.ReplaceLineEndings(" ").Replace('|', '/');
        return line.Length > LongestFault ? line[..LongestFault] + "…" : line;
    }

    void Say(string text)
    {
        Console.WriteLine(text);
        report.Append(text.ReplaceLineEndings("\n")).Append('\n');
    }

    void Save()
    {
        Directory.CreateDirectory(options.Results);
        File.WriteAllText(FilePath, report.ToString());
    }
}
