using System.Linq;
using System.Text.RegularExpressions;

namespace GraphCompiler.Contracts;

/// <summary>
/// Patterns of names, which the compiler and the libraries read alike: <c>*</c> stands for any characters, as few as fit, and everything
/// else for itself.
/// </summary>
internal static class NamePattern
{
#if NET
    const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking;
#else
    const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Singleline;
#endif

    /// <summary>The pattern as an expression that matches whole names, with a group for what each <c>*</c> stands for.</summary>
    public static Regex OfNames(string pattern) => new(@"\A" + Escaped(pattern) + @"\z", Options);

    /// <summary>The pattern as an expression that matches names, and those of all that lies in what has such a name: <c>blocks.0</c> is the whole block.</summary>
    public static Regex OfParts(string pattern) => new(@"\A" + Escaped(pattern) + @"(?:\..*)?\z", Options);

    static string Escaped(string pattern) => string.Join("(.*?)", pattern.Split('*').Select(Regex.Escape));
}
