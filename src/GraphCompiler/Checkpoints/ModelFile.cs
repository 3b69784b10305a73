using GraphCompiler.Runtime;

namespace GraphCompiler.Checkpoints;

/// <summary>The parameters, but for the adapters of LoRA, and the state of a model in a safetensors file, each under its own name.</summary>
internal static unsafe class ModelFile
{
    // Hugging Face's libraries ask this of a file before they read it: the tensors are laid out as PyTorch's.
    static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    public static void Save(string path, GraphModel model, SaveOptions options)
        => BlockFile.Save(path, Metadata, Blocks(model, name => options.Prefix + name, options.DataType));

    public static LoadReport Load(string path, GraphModel model, LoadOptions options)
        => BlockFile.Load(path, Blocks(model, new NameMap(options).InFile), options);

    static NamedBlock[] Blocks(GraphModel model, Func<string, string?> nameInFile, SafetensorsDataType savedAs = SafetensorsDataType.F32) =>
    [
        new NamedBlock(model.ModelLayout.WithoutLora, model.ParameterPointer, nameInFile) { SavedAs = savedAs },
        new NamedBlock(model.StateLayout, model.StatePointer, nameInFile) { HoldsCounts = true },
    ];
}
