namespace GraphCompiler;

/// <summary>How <see cref="GraphModel.Load"/> reads a file that another program has written.</summary>
public sealed record LoadOptions
{
    /// <summary>
    /// What the file puts before this model's names: <c>"transformer."</c> where it holds <c>transformer.wte.weight</c> for
    /// <c>wte.weight</c>.
    /// </summary>
    public string Prefix { get; init; } = "";

    /// <summary>
    /// Whether the file may hold tensors that this model does not have, a mask stored as a buffer or a second copy of a tied
    /// weight say; they are not read. Every parameter of the model must be there all the same.
    /// </summary>
    public bool IgnoreOthers { get; init; }
}
