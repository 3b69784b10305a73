using GraphCompiler.Runtime;

namespace GraphCompiler.Checkpoints;

/// <summary>The adapters of a model in a safetensors file of their own, under the names that Hugging Face's peft gives them.</summary>
internal static unsafe class LoraFile
{
    const string Prefix = "base_model.model.";

    static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt" };

    public static void Save(string path, GraphModel model, SaveOptions options)
        => BlockFile.Save(path, Metadata, [Block(model, name => options.Prefix + Prefix + name, options.DataType)]);

    public static LoadReport Load(string path, GraphModel model, LoadOptions options)
    {
        NameMap names = new(options);
        return BlockFile.Load(path, [Block(model, name => names.InFile(Prefix + name))], options);
    }

    static NamedBlock Block(GraphModel model, Func<string, string?> nameInFile, SafetensorsDataType savedAs = SafetensorsDataType.F32)
        => new(model.ModelLayout.Lora, model.ParameterPointer, nameInFile) { SavedAs = savedAs };
}
