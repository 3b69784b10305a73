using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Checkpoints;

/// <summary>A block of floats, the layout of its tensors, and what their names begin with.</summary>
/// <param name="prefix">What stands before the names of the tensors.</param>
/// <param name="layout">The tensors.</param>
/// <param name="block">Their values.</param>
/// <param name="holdsCounts">Whether a file may hold whole numbers for them.</param>
internal readonly unsafe struct NamedBlock(string prefix, ModelLayout layout, float* block, bool holdsCounts = false)
{
    public string Prefix { get; } = prefix;

    public ModelLayout Layout { get; } = layout;

    public bool HoldsCounts { get; } = holdsCounts;

    public float* Block { get; } = block;
}

/// <summary>
/// Blocks in a safetensors file: a tensor for each parameter of each block. Loading checks the whole file, reads it into
/// memory of its own, and only then copies, so that a file that is refused has changed nothing.
/// </summary>
internal static unsafe class BlockFile
{
    public static void Save(string path, IReadOnlyDictionary<string, string> metadata, NamedBlock[] blocks)
    {
        List<TensorToWrite> tensors = [];
        foreach (NamedBlock block in blocks)
        {
            foreach (ParameterLayout parameter in block.Layout.Parameters)
            {
                tensors.Add(new TensorToWrite(
                    block.Prefix + parameter.Name, parameter.Shape,
                    (nint)(block.Block + parameter.Offset), parameter.Count * sizeof(float)));
            }
        }

        SafetensorsFile.Write(path, metadata, tensors);
    }

    /// <summary>Loads the blocks of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="blocks">What to load.</param>
    /// <param name="check">Refuses the file for its metadata; asked before the tensors are.</param>
    /// <param name="ignoreOthers">Whether the file may hold tensors that are in no block; they are left unread.</param>
    /// <exception cref="SafetensorsException">The file is malformed or does not hold just these blocks.</exception>
    public static void Load(
        string path, NamedBlock[] blocks, Action<IReadOnlyDictionary<string, string>>? check = null, bool ignoreOthers = false)
    {
        HashSet<string> wanted = new(
            blocks.SelectMany(block => block.Layout.Parameters.Select(parameter => block.Prefix + parameter.Name)), StringComparer.Ordinal);
        using SafetensorsFile file = SafetensorsFile.Open(path, wanted.Contains);
        try
        {
            check?.Invoke(file.Header.Metadata);
            SafetensorsTensor[][] tensors = Match(file.Header, blocks, ignoreOthers);

            using AlignedMemory staging = new(blocks.Aggregate(0L, (sum, block) => checked(sum + block.Layout.TotalBytes)));
            float* staged = (float*)staging.Pointer;
            for (int index = 0; index < blocks.Length; index++)
            {
                ModelLayout layout = blocks[index].Layout;
                for (int parameter = 0; parameter < tensors[index].Length; parameter++)
                    file.Read(tensors[index][parameter], staged + layout.Parameters[parameter].Offset);
                staged += layout.TotalFloats;
            }

            staged = (float*)staging.Pointer;
            foreach (NamedBlock block in blocks)
            {
                Buffer.MemoryCopy(staged, block.Block, block.Layout.TotalBytes, block.Layout.TotalBytes);
                staged += block.Layout.TotalFloats;
            }
        }
        catch (SafetensorsException exception)
        {
            throw SafetensorsFile.InFile(path, exception);
        }
    }

    /// <summary>The tensor of each parameter of each block; unless others are ignored, every tensor of the file must be one of them.</summary>
    static SafetensorsTensor[][] Match(SafetensorsHeader header, NamedBlock[] blocks, bool ignoreOthers)
    {
        Dictionary<string, SafetensorsTensor> unmatched = header.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        SafetensorsTensor[][] matched = new SafetensorsTensor[blocks.Length][];
        List<string> missing = [];
        for (int index = 0; index < blocks.Length; index++)
        {
            ModelLayout layout = blocks[index].Layout;
            matched[index] = new SafetensorsTensor[layout.Parameters.Count];
            for (int parameter = 0; parameter < layout.Parameters.Count; parameter++)
            {
                string name = blocks[index].Prefix + layout.Parameters[parameter].Name;
                if (unmatched.Remove(name, out SafetensorsTensor? tensor))
                    matched[index][parameter] = Checked(tensor, layout.Parameters[parameter], blocks[index].HoldsCounts);
                else
                    missing.Add(name);
            }
        }

        if (ignoreOthers && missing.Count == 0)
            unmatched.Clear();
        if (missing.Count > 0 || unmatched.Count > 0)
            throw new SafetensorsException(Foreword(header) + NamesComplaint(missing, [.. unmatched.Keys.Order(StringComparer.Ordinal)]));
        return matched;
    }

    static SafetensorsTensor Checked(SafetensorsTensor tensor, ParameterLayout parameter, bool mayBeCount)
    {
        if (tensor.DataType != "F32" && !(mayBeCount && tensor.DataType == "I64"))
            throw new SafetensorsException($"tensor '{tensor.Name}' is {tensor.DataType}; the model needs F32");
        if (!tensor.Shape.SequenceEqual(parameter.Shape.Select(length => (long)length)))
        {
            throw new SafetensorsException(
                $"tensor '{tensor.Name}' has the shape [{string.Join(", ", tensor.Shape)}]; the model needs [{string.Join(", ", parameter.Shape)}]");
        }

        return tensor;
    }

    /// <summary>What the file is, where that says more than the names of its tensors.</summary>
    static string Foreword(SafetensorsHeader header)
        => TrainingCheckpoint.IsOne(header.Metadata) ? "it is a checkpoint of a training, which a trainer's LoadCheckpoint reads, not a model's parameters alone: " : "";

    static string NamesComplaint(List<string> missing, List<string> unexpected)
    {
        List<string> complaints = [];
        if (missing.Count > 0)
            complaints.Add($"missing {List(missing)}");
        if (unexpected.Count > 0)
            complaints.Add($"unexpected {List(unexpected)}");
        return string.Join("; ", complaints);

        static string List(List<string> names)
        {
            const int most = 8;
            string shown = string.Join(", ", names.Take(most).Select(name => $"'{SafetensorsHeader.Shown(name)}'"));
            return names.Count > most ? $"{shown} and {names.Count - most} more" : shown;
        }
    }
}
