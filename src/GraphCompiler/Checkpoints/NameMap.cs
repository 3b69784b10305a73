using System.Text.RegularExpressions;
using GraphCompiler.Contracts;

namespace GraphCompiler.Checkpoints;

/// <summary>
/// From a model's names to those of a file. On the right side of a mapping of patterns, each <c>*</c> is what the one in the same place on
/// the left stood for.
/// </summary>
internal sealed class NameMap
{
    readonly List<(Regex Model, string[] File)> patterns = [];
    readonly LoadOptions options;

    /// <exception cref="ArgumentException">A pattern of the file's names has more stars than that of the model's.</exception>
    public NameMap(LoadOptions options)
    {
        this.options = options;
        foreach ((string model, string file) in options.Names)
        {
            string[] parts = file.Split('*');
            if (parts.Length > model.Split('*').Length)
                throw new ArgumentException($"The name '{file}' has more stars than '{model}', whose parts they repeat.", nameof(options));
            patterns.Add((NamePattern.OfNames(model), parts));
        }
    }

    /// <summary>The name in the file; null if the model's tensor is not to be looked for.</summary>
    public string? InFile(string name)
    {
        string? mapped = options.Rename is { } rename ? rename(name) : Mapped(name);
        return mapped is null ? null : options.Prefix + mapped;
    }

    string Mapped(string name)
    {
        foreach ((Regex model, string[] file) in patterns)
        {
            Match match = model.Match(name);
            if (match.Success)
                return file[0] + string.Concat(file.Skip(1).Select((part, star) => match.Groups[star + 1].Value + part));
        }
        return name;
    }
}
