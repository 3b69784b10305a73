using System.Diagnostics;

namespace GraphCompiler.Report.Tests;

/// <summary>A test that is skipped, with the reason, where there is no Chromium.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = Chromium.Path is null ? "No Chromium is installed, so no page can be opened." : null;
}

/// <summary>The browser, without a window.</summary>
internal static class Chromium
{
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>The program; null where it is not installed.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => System.IO.Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>The page as it is once its script has run, and what the script complained of.</summary>
    public static (string Page, string[] Complaints) Open(string address, string profile)
    {
        var start = new ProcessStartInfo(Path!)
        {
            ArgumentList =
            {
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr", "--v=0", $"--user-data-dir={profile}",
                "--virtual-time-budget=5000", "--dump-dom", address,
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        Task<string> page = process.StandardOutput.ReadToEndAsync(), log = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Longest))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"Chromium has not opened {address} within {Longest}.");
        }
        return (page.Result, [.. log.Result.Split('\n').Where(line => line.Contains(":CONSOLE", StringComparison.Ordinal))]);
    }
}
