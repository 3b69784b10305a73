using System.Text;

namespace GraphCompiler;

/// <summary>A tensor of a file that is not what the model needs under its name.</summary>
/// <param name="Name">The name in the model.</param>
/// <param name="NameInFile">The name in the file.</param>
/// <param name="Found">Element type and shape in the file: <c>F32 [1000, 768]</c>.</param>
/// <param name="Needed">The model's shape: <c>[10, 768]</c>; with its element type where that does not fit.</param>
public sealed record TensorMismatch(string Name, string NameInFile, string Found, string Needed)
{
    /// <summary>Whether it would fit with its two axes exchanged.</summary>
    internal bool IsTransposed { get; init; }
}

/// <summary>What <see cref="GraphModel.Load"/> made of a file. <see cref="ToString"/> is a text to print.</summary>
public sealed class LoadReport
{
    /// <summary>The names of the model whose tensors were loaded, in the model's order.</summary>
    public required IReadOnlyList<string> Loaded { get; init; }

    /// <summary>The names of the model that the file does not have.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>What they would be called in the file.</summary>
    internal IReadOnlyDictionary<string, string> NamesInFile { get; init; } = new Dictionary<string, string>();

    /// <summary>The names of the file that are none of the model's.</summary>
    public required IReadOnlyList<string> LeftOver { get; init; }

    /// <summary>What has another shape in the file.</summary>
    public required IReadOnlyList<TensorMismatch> OtherShape { get; init; }

    /// <summary>What has an element type in the file that does not become the model's.</summary>
    public required IReadOnlyList<TensorMismatch> OtherType { get; init; }

    /// <summary>Whether all of the model was loaded and nothing was left over.</summary>
    public bool IsComplete => Missing.Count + LeftOver.Count + OtherShape.Count + OtherType.Count == 0;

    /// <summary>A line on what was loaded, and one for each tensor that was not.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        int all = Loaded.Count + Missing.Count + OtherShape.Count + OtherType.Count;
        text.Append($"loaded {Loaded.Count} of {all} tensors");
        foreach (string name in Missing)
            text.Append($"\n  missing      {name}{(NamesInFile.GetValueOrDefault(name, name) is var other && other != name ? $": the file has no {other}" : "")}");
        foreach (TensorMismatch tensor in OtherShape)
            text.Append($"\n  other shape  {Describe(tensor)}");
        foreach (TensorMismatch tensor in OtherType)
            text.Append($"\n  other type   {Describe(tensor)}");
        foreach (string name in LeftOver)
            text.Append($"\n  left over    {name}");
        return text.ToString();
    }

    static string Describe(TensorMismatch tensor)
        => $"{tensor.Name}: {(tensor.NameInFile == tensor.Name ? "" : tensor.NameInFile + " is ")}{tensor.Found} in the file, {tensor.Needed} in the model"
            + (tensor.IsTransposed ? $"; {nameof(LoadOptions)}.{nameof(LoadOptions.Transposed)} reads it" : "");
}
