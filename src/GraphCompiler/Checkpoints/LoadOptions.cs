namespace GraphCompiler;

/// <summary>How <see cref="GraphModel.Load"/> reads files that another program has written.</summary>
public sealed record LoadOptions
{
    /// <summary>
    /// What the file puts before this model's names: <c>"transformer."</c> where it holds <c>transformer.wte.weight</c> for
    /// <c>wte.weight</c>.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>
    /// Names of the model and what they are in the file, before <see cref="Prefix"/>: <c>("blocks.*.query.weight", "layer.*.q.weight")</c>. A
    /// <c>*</c> stands for any characters, and on the right for what it stood for on the left. The first pair that fits a name counts; a name
    /// that none fits is the same in the file.
    /// </summary>
    public IReadOnlyList<(string Model, string File)> Names { get; init; } = [];

    /// <summary>
    /// In place of <see cref="Names"/>, a function from the model's name to the file's, before <see cref="Prefix"/>; null for a tensor that the file
    /// does not have.
    /// </summary>
    public Func<string, string?>? Rename { get; init; }

    /// <summary>
    /// Patterns, with <c>*</c> for any characters, of the model's names whose tensors of two axes lie in the file with the axes exchanged:
    /// <c>"*.weight"</c> for a linear layer's weight stored as (in, out). One that fits no tensor of two axes is refused.
    /// </summary>
    public IReadOnlyList<string> Transposed { get; init; } = [];

    /// <summary>
    /// Whether the file may hold tensors that this model does not have, a mask stored as a buffer or a second copy of a tied
    /// weight say; they are not read. Every parameter of the model must be there all the same.
    /// </summary>
    public bool IgnoreOthers { get; init; }

    /// <summary>
    /// Whether the file must hold every tensor of the model in its shape. If not, what fits is loaded, the other tensors of the model stay as they
    /// are, and the report says which is which.
    /// </summary>
    public bool Strict { get; init; } = true;
}
