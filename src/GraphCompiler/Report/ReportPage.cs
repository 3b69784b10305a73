using System.Reflection;
using System.Text;

namespace GraphCompiler;

/// <summary>Puts the page of a report together: one file that needs no other. The build of a project does the same (Package/GraphCompiler.targets).</summary>
internal static class ReportPage
{
    /// <summary>The parts of the page's script, in their order.</summary>
    static readonly string[] Scripts = ["page.js", "overview.js", "graph.js", "kernels.js", "memory.js", "start.js"];

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file to write or to replace.</param>
    /// <param name="report">What was compiled, as JSON.</param>
    /// <param name="times">What was measured, as JSON; null for nothing.</param>
    /// <exception cref="InvalidOperationException">The class has no report.</exception>
    public static void Write(string path, ReadOnlySpan<byte> report, string? times = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Require(report);
        File.WriteAllText(path, Part("page.html")
            .Replace("{{style}}", Part("page.css"), StringComparison.Ordinal)
            .Replace("{{script}}", string.Concat(Scripts.Select(Part)), StringComparison.Ordinal)
            .Replace("{{times}}", times ?? "null", StringComparison.Ordinal)
            .Replace("{{report}}", Encoding.UTF8.GetString(report), StringComparison.Ordinal));
    }

    /// <summary>Says what a class without a report lacks.</summary>
    public static void Require(ReadOnlySpan<byte> report)
    {
        if (report.IsEmpty)
            throw new InvalidOperationException("The project was built without reports: set <GraphCompilerReport>true</GraphCompilerReport> in its file.");
    }

    static string Part(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("GraphCompiler.Report." + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
