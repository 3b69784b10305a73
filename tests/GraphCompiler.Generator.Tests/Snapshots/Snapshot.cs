using System.Runtime.CompilerServices;
using Xunit;

namespace GraphCompiler.Generator.Tests.Snapshots;

/// <summary>
/// Compares text with a file beside the test, under Verify's names: TestClass.Method.verified.cs. Where they differ, the
/// new text is written to TestClass.Method.received.cs; a person who finds it right renames it.
/// </summary>
internal static class Snapshot
{
    public static void Verify(string text, string extension = "cs", string variant = "", [CallerMemberName] string method = "", [CallerFilePath] string file = "")
    {
        string name = Path.GetFileNameWithoutExtension(file) + "." + method + (variant.Length > 0 ? "_" + variant : "");
        string folder = Path.Combine(Repository.Root, "tests/GraphCompiler.Generator.Tests/Snapshots");
        string verified = Path.Combine(folder, $"{name}.verified.{extension}"), received = Path.Combine(folder, $"{name}.received.{extension}");
        string actual = Normalize(text);
        string? expected = File.Exists(verified) ? Normalize(File.ReadAllText(verified)) : null;
        if (expected == actual)
        {
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, actual);
        Assert.Fail(expected is null
            ? $"There is no {name}.verified.{extension} yet. Read {Path.GetFileName(received)} beside the test; if it is right, rename it."
            : Difference(name, expected.Split('\n'), actual.Split('\n')));
    }

    static string Normalize(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimStart('\uFEFF').TrimEnd('\n') + "\n";

    static string Difference(string name, string[] expected, string[] received)
    {
        const int Context = 3;
        int line = 0;
        while (line < expected.Length && line < received.Length && expected[line] == received[line])
            line++;
        string Lines(string[] lines, string mark) => string.Join("\n", lines.Skip(line).Take(Context).Select(l => mark + l));
        string before = string.Join("\n", expected.Take(line).Skip(line - Context).Select(l => "  " + l));
        return $"{name} differs from line {line + 1} on:\n{before}\n{Lines(expected, "- ")}\n{Lines(received, "+ ")}\n"
            + $"The whole text is in {name}.received beside the test; rename it to verified if it is right.";
    }
}
