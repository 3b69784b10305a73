using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler.Checkpoints;

/// <summary>A block of memory, the layout of its tensors, and what they are called in a file.</summary>
/// <param name="layout">The tensors.</param>
/// <param name="block">Their values.</param>
/// <param name="nameInFile">From a tensor's name to that in the file; null for one that is not there.</param>
internal readonly unsafe struct NamedBlock(ModelLayout layout, byte* block, Func<string, string?> nameInFile)
{
    public NamedBlock(string prefix, ModelLayout layout, byte* block)
        : this(layout, block, name => prefix + name)
    {
    }

    public ModelLayout Layout { get; } = layout;

    public byte* Block { get; } = block;

    public Func<string, string?> NameInFile { get; } = nameInFile;

    /// <summary>Whether a file may hold whole numbers for them.</summary>
    public bool HoldsCounts { get; init; }

    /// <summary>The element type to save them in.</summary>
    public SafetensorsDataType SavedAs { get; init; } = SafetensorsDataType.F32;
}

/// <summary>
/// Blocks in safetensors files: a tensor for each parameter of each block. Loading checks the whole files, reads them into
/// memory of its own, and only then copies, so that a file that is refused has changed nothing.
/// </summary>
internal static unsafe class BlockFile
{
    /// <summary>Saves the blocks.</summary>
    /// <exception cref="OverflowException">A number is beyond the range of the type that it is to be saved in.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, string> metadata, NamedBlock[] blocks)
    {
        List<TensorToWrite> tensors = [];
        foreach (NamedBlock block in blocks)
        {
            foreach (ParameterLayout parameter in block.Layout.Parameters)
            {
                string name = block.NameInFile(parameter.Name)!;
                if (parameter.Packed is not null)
                {
                    TensorBytes bytes = Copying(block.Block + parameter.Offset);
                    tensors.Add(new TensorToWrite(name, SafetensorsDataType.U8, [checked((int)parameter.Bytes)], parameter.Bytes, bytes));
                    continue;
                }
                tensors.Add(new TensorToWrite(
                    name, block.SavedAs, parameter.Shape, parameter.Count * (block.SavedAs.Bits() / 8),
                    Converting(name, block.SavedAs, (float*)(block.Block + parameter.Offset))));
            }
        }

        SafetensorsOutput.Write(path, metadata, tensors);
    }

    static TensorBytes Copying(byte* values) => (position, destination) => new ReadOnlySpan<byte>(values + position, destination.Length).CopyTo(destination);

    static TensorBytes Converting(string name, SafetensorsDataType type, float* values)
    {
        int elementBytes = type.Bits() / 8;
        return (position, destination) => TensorConversion.FromFloats(
            name, type, new ReadOnlySpan<float>(values + position / elementBytes, destination.Length / elementBytes), destination);
    }

    /// <summary>Loads the blocks of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="blocks">What to load.</param>
    /// <param name="check">Refuses the file for its metadata; asked before the tensors are.</param>
    /// <exception cref="SafetensorsException">The file is malformed or does not hold just these blocks.</exception>
    public static void Load(string path, NamedBlock[] blocks, Action<IReadOnlyDictionary<string, string>> check)
    {
        TensorMatch match = new(blocks, new LoadOptions());
        using WeightFiles file = WeightFiles.OpenFile(path, match.IsWanted);
        Load(path, file, match, blocks, check);
    }

    /// <summary>Loads the blocks of a file, or of what an index or a folder has.</summary>
    /// <param name="path">The file, index or folder.</param>
    /// <param name="blocks">What to load.</param>
    /// <param name="options">Which files are in order.</param>
    /// <exception cref="SafetensorsException">A file is malformed or does not hold just these blocks.</exception>
    public static LoadReport Load(string path, NamedBlock[] blocks, LoadOptions options)
    {
        TensorMatch match = new(blocks, options);
        using WeightFiles files = WeightFiles.Open(path, match.IsWanted);
        return Load(path, files, match, blocks, check: null);
    }

    static LoadReport Load(
        string path, WeightFiles files, TensorMatch match, NamedBlock[] blocks, Action<IReadOnlyDictionary<string, string>>? check)
    {
        try
        {
            check?.Invoke(files.Metadata);
            match.Find(files);
            Read(match, blocks);
            return match.Report;
        }
        catch (SafetensorsException exception)
        {
            throw SafetensorsFile.InFile(path, exception);
        }
    }

    static void Read(TensorMatch match, NamedBlock[] blocks)
    {
        using AlignedMemory staging = new(match.Found.Aggregate(0L, (sum, found) => checked(sum + found.Parameter.Bytes)));
        byte* staged = staging.Pointer;
        foreach (MatchedTensor found in match.Found)
        {
            Read(found, staged);
            staged += found.Parameter.Bytes;
        }

        staged = staging.Pointer;
        foreach (MatchedTensor found in match.Found)
        {
            long bytes = found.Parameter.Bytes;
            Buffer.MemoryCopy(staged, blocks[found.Block].Block + found.Parameter.Offset, bytes, bytes);
            staged += bytes;
        }
    }

    /// <summary>Packed weights are read as they are, and made of what is not packed.</summary>
    static void Read(MatchedTensor found, byte* destination)
    {
        if (found.Parameter.Packed is not { } packed)
        {
            Read(found, (float*)destination);
        }
        else if (found.Place.Entry.DataType == SafetensorsDataType.U8)
        {
            found.Place.File.ReadBytes(found.Place.Entry, destination);
        }
        else
        {
            using AlignedMemory weights = new(checked(found.Parameter.Count * sizeof(float)));
            Read(found, (float*)weights.Pointer);
            QuantizationReport.RequireFinite(found.Parameter, (float*)weights.Pointer);
            packed.Pack((float*)weights.Pointer, found.Parameter.Shape, destination);
        }
    }

    static void Read(MatchedTensor found, float* destination)
    {
        if (!found.IsTransposed)
        {
            found.Place.File.Read(found.Place.Entry, destination);
            return;
        }

        using AlignedMemory asStored = new(found.Parameter.Count * sizeof(float));
        float* source = (float*)asStored.Pointer;
        found.Place.File.Read(found.Place.Entry, source);
        long rows = found.Parameter.Shape[0], columns = found.Parameter.Shape[1];
        for (long row = 0; row < rows; row++)
        {
            for (long column = 0; column < columns; column++)
                destination[row * columns + column] = source[column * rows + row];
        }
    }
}
