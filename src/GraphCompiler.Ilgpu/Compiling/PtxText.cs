using System.Globalization;
using System.Text.RegularExpressions;
using ILGPU.Backends.PTX;

namespace GraphCompiler.Ilgpu.Compiling;

// What ILGPU writes is not quite what is loaded:
// 1. Branches with a condition are not said to be uniform. ILGPU takes a value for the same in all threads where control flow chooses it
//    among values that are, so it says that of branches at which threads part, which PTX leaves undefined. It is a hint that
//    assemblers do without.
// 2. Labels and the parameter have numbers that count what the context has met before. They are counted anew, so that most texts are the
//    same in every run, and the driver, which keeps what it has assembled, finds them. (Of some, moves come in another order.)
// 3. ILGPU says of no text that it is for more than compute capability 8.0; it may be said for 9.0.
// 4. ILGPU declares all shared memory with its size, of which assemblers take 48 KB. Of a kernel that has more, the largest array gets its
//    size at the launch: devices give that more, if they are asked before.

/// <summary>A kernel's PTX as it is loaded.</summary>
/// <param name="Name">What the kernel is called in it.</param>
/// <param name="Text">The text.</param>
/// <param name="ParameterBytes">The bytes of its parameters.</param>
/// <param name="LaunchSharedBytes">The shared memory that a launch must give it beside what it declares.</param>
sealed partial record PtxText(string Name, string Text, int ParameterBytes, int LaunchSharedBytes)
{
    /// <summary>The most shared memory that a text may declare with its size.</summary>
    public const int MostDeclaredSharedBytes = 48 * 1024;

    /// <summary>The first version of PTX with compute capability 9.0.</summary>
    static readonly Version FirstOfSm90 = new(7, 8);

    public static PtxText Of(PTXCompiledKernel kernel, PtxTarget target) => Of(kernel.Name, kernel.PTXAssembly, target);

    public static PtxText Of(string name, string assembly, PtxTarget target)
    {
        string text = WithNamesOfItsOwn(UniformBranch().Replace(assembly, "$1"));
        int parameterBytes = Parameter().Match(text) is { Success: true } parameter ? BytesOf(parameter) : 0;
        text = WithSharedMemoryOfLaunch(text, out int launchSharedBytes);
        return new PtxText(name, target.IsSm90 ? ForSm90(text) : text, parameterBytes, launchSharedBytes);
    }

    static int BytesOf(Match declaration) => int.Parse(declaration.Groups["bytes"].Value, CultureInfo.InvariantCulture);

    static string WithSharedMemoryOfLaunch(string text, out int bytes)
    {
        bytes = 0;
        var arrays = SharedArray().Matches(text);
        if (arrays.Sum(BytesOf) <= MostDeclaredSharedBytes)
            return text;
        if (text.Contains(".extern .shared", StringComparison.Ordinal))
            throw new NotSupportedException($"It declares more than {MostDeclaredSharedBytes} bytes of shared memory, and takes more at the launch.");
        var largest = arrays.MaxBy(BytesOf)!;
        bytes = BytesOf(largest);
        int entry = text.IndexOf(".visible .entry", StringComparison.Ordinal);
        return $"{text[..entry]}.extern {largest.Groups["head"].Value}[];\n{text[entry..largest.Index]}{text[(largest.Index + largest.Length)..]}";
    }

    static string WithNamesOfItsOwn(string text)
    {
        var names = new Dictionary<string, string>();
        return NumberedName().Replace(text, match =>
        {
            if (!names.TryGetValue(match.Value, out string? name))
                names[match.Value] = name = match.Groups["stem"].Value + names.Count.ToString(CultureInfo.InvariantCulture);
            return name;
        });
    }

    static string ForSm90(string text) => Target().Replace(text, match =>
    {
        var version = Version.Parse(match.Groups["version"].Value);
        return $".version {(version < FirstOfSm90 ? FirstOfSm90 : version)}{match.Groups["between"].Value}.target sm_90";
    });

    [GeneratedRegex(@"(@!?%\w+\s+bra|\bbrx\.idx)\.uni\b")]
    private static partial Regex UniformBranch();

    [GeneratedRegex(@"(?<![\w.$])(?<stem>L_|_[A-Za-z]\w*_)\d+(?!\w)")]
    private static partial Regex NumberedName();

    [GeneratedRegex(@"\.param \.align \d+ \.b8 \w+\[(?<bytes>\d+)\]")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(?<head>\.shared \.align \d+ \.b8 \w+)\[(?<bytes>\d+)\];")]
    private static partial Regex SharedArray();

    [GeneratedRegex(@"\.version (?<version>[\d.]+)(?<between>\s+)\.target sm_\d+\b")]
    private static partial Regex Target();
}
