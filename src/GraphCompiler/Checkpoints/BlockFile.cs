using System.Globalization;
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

    /// <summary>The element type to save floats in; what else there is is saved as it lies in memory.</summary>
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
                tensors.Add(ToWrite(name, parameter, block.Block + parameter.Offset, block.SavedAs));
            }
        }

        SafetensorsOutput.Write(path, metadata, tensors);
    }

    static TensorToWrite ToWrite(string name, ParameterLayout parameter, byte* values, SafetensorsDataType floatsSavedAs)
    {
        if (parameter.Packed is not null)
            return new TensorToWrite(name, SafetensorsDataType.U8, [checked((int)parameter.Bytes)], parameter.Bytes, Copying(values));
        if (parameter.DataType != SafetensorsDataType.F32)
            return new TensorToWrite(name, parameter.DataType, parameter.Shape, parameter.Bytes, Copying(values));
        return new TensorToWrite(
            name, floatsSavedAs, parameter.Shape, parameter.Count * (floatsSavedAs.Bits() / 8), Converting(name, floatsSavedAs, (float*)values));
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
            ReadElements(found, destination);
        }
        else if (found.Place.Entry.DataType == SafetensorsDataType.U8)
        {
            found.Place.File.ReadBytes(found.Place.Entry, destination);
        }
        else
        {
            using AlignedMemory weights = new(checked(found.Parameter.Count * sizeof(float)));
            ReadElements(found, weights.Pointer);
            QuantizationReport.RequireFinite(found.Parameter, (float*)weights.Pointer);
            packed.Pack((float*)weights.Pointer, found.Parameter.Shape, destination);
        }
    }

    /// <summary>Reads the elements in the order that the model has them in.</summary>
    static void ReadElements(MatchedTensor found, byte* destination)
    {
        if (!found.IsTransposed)
        {
            ReadAsStored(found, destination);
            return;
        }

        int elementBytes = found.Parameter.DataType.Bits() / 8;
        using AlignedMemory asStored = new(checked(found.Parameter.Count * elementBytes));
        byte* source = asStored.Pointer;
        ReadAsStored(found, source);
        long rows = found.Parameter.Shape[0], columns = found.Parameter.Shape[1];
        for (long row = 0; row < rows; row++)
        {
            for (long column = 0; column < columns; column++)
            {
                new ReadOnlySpan<byte>(source + (column * rows + row) * elementBytes, elementBytes)
                    .CopyTo(new Span<byte>(destination + (row * columns + column) * elementBytes, elementBytes));
            }
        }
    }

    /// <summary>Elements of the model's own type are read as they are, other floating-point numbers as the nearest of that type.</summary>
    static void ReadAsStored(MatchedTensor found, byte* destination)
    {
        (SafetensorsFile file, TensorEntry entry) = (found.Place.File, found.Place.Entry);
        ParameterLayout parameter = found.Parameter;
        if (parameter.DataType == SafetensorsDataType.F32)
        {
            file.Read(entry, (float*)destination);
        }
        else if (parameter.DataType == entry.DataType)
        {
            file.ReadBytes(entry, destination);
            if (parameter.DataType == SafetensorsDataType.Bool)
                RequireTruthValues(entry, new ReadOnlySpan<byte>(destination, checked((int)parameter.Bytes)));
        }
        else
        {
            using AlignedMemory floats = new(checked(parameter.Count * sizeof(float)));
            file.Read(entry, (float*)floats.Pointer);
            Round(entry, (float*)floats.Pointer, parameter, destination);
        }
    }

    static void Round(TensorEntry entry, float* floats, ParameterLayout parameter, byte* destination)
    {
        const int longestPiece = 1 << 20;
        int elementBytes = parameter.DataType.Bits() / 8;
        for (long done = 0; done < parameter.Count; done += longestPiece)
        {
            ReadOnlySpan<float> values = new(floats + done, (int)Math.Min(longestPiece, parameter.Count - done));
            int tooLarge = TensorConversion.FromFloats(parameter.DataType, values, new Span<byte>(destination + done * elementBytes, values.Length * elementBytes));
            if (tooLarge < 0)
                continue;
            throw new SafetensorsException(string.Create(
                CultureInfo.InvariantCulture,
                $"tensor '{SafetensorsHeader.Shown(entry.Name)}' has {values[tooLarge]:R}, which is beyond the range of the model's {parameter.DataType.Name()}"));
        }
    }

    static void RequireTruthValues(TensorEntry entry, ReadOnlySpan<byte> values)
    {
        if (values.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw new SafetensorsException($"tensor '{SafetensorsHeader.Shown(entry.Name)}' has truth values that are neither 0 nor 1");
    }
}
