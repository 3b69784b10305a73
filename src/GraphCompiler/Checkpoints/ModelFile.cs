using GraphCompiler.Runtime;

namespace GraphCompiler.Checkpoints;

/// <summary>The parameters of a model in a safetensors file, each under its own name.</summary>
internal static unsafe class ModelFile
{
    // Hugging Face's libraries ask this of a file before they read it: the tensors are laid out as PyTorch's.
    static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    public static void Save(string path, ModelLayout layout, float* parameters)
        => BlockFile.Save(path, Metadata, layout, [new NamedBlock("", parameters)]);

    public static void Load(string path, ModelLayout layout, float* parameters, LoadOptions options)
        => BlockFile.Load(path, layout, _ => [new NamedBlock(options.Prefix, parameters)], options.IgnoreOthers);
}
