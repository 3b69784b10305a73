using GraphCompiler.Runtime;

namespace GraphCompiler.Checkpoints;

/// <summary>The parameters and the state of a model in a safetensors file, each under its own name.</summary>
internal static unsafe class ModelFile
{
    // Hugging Face's libraries ask this of a file before they read it: the tensors are laid out as PyTorch's.
    static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    public static void Save(string path, GraphModel model) => BlockFile.Save(path, Metadata, Blocks(model));

    public static void Load(string path, GraphModel model, LoadOptions options)
        => BlockFile.Load(path, Blocks(model, options.Prefix), ignoreOthers: options.IgnoreOthers);

    static NamedBlock[] Blocks(GraphModel model, string prefix = "") =>
    [
        new NamedBlock(prefix, model.ModelLayout, model.ParameterPointer),
        new NamedBlock(prefix, model.StateLayout, model.StatePointer, holdsCounts: true),
    ];
}
