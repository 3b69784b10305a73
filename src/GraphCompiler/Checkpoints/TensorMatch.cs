using System.Text.RegularExpressions;
using GraphCompiler.Contracts;
using GraphCompiler.Runtime;

namespace GraphCompiler.Checkpoints;

/// <summary>A tensor of a block and where it lies in a file.</summary>
/// <param name="Block">The index of the block.</param>
/// <param name="Parameter">The tensor's place in the block.</param>
/// <param name="Place">Its place in the files.</param>
/// <param name="IsTransposed">Whether its two axes are exchanged in the file.</param>
internal readonly record struct MatchedTensor(int Block, ParameterLayout Parameter, TensorPlace Place, bool IsTransposed);

/// <summary>
/// Finds the tensor of each parameter of each block. What does not fit ends the loading, as far as the options do not allow it, with one
/// message that has it all.
/// </summary>
internal sealed class TensorMatch
{
    /// <summary>The types that floating-point numbers are read from, as a message names them.</summary>
    static readonly SafetensorsDataType[] Floats = [SafetensorsDataType.F32, SafetensorsDataType.F16, SafetensorsDataType.BF16, SafetensorsDataType.F64];

    readonly List<(int Block, ParameterLayout Parameter, string? NameInFile, bool IsTransposed)> wanted = [];
    readonly HashSet<string> names = new(StringComparer.Ordinal);
    readonly NamedBlock[] blocks;
    readonly LoadOptions options;

    readonly List<MatchedTensor> found = [];
    readonly List<(string Name, string NameInFile)> missing = [];
    readonly List<TensorMismatch> otherShape = [], otherType = [];

    /// <summary>For each of <see cref="otherType"/>, what it could be.</summary>
    readonly List<string> typesNeeded = [];
    string[] leftOver = [];

    public TensorMatch(NamedBlock[] blocks, LoadOptions options)
    {
        this.blocks = blocks;
        this.options = options;
        var transposed = options.Transposed.Select(NamePattern.OfNames).ToArray();
        if (PatternWithoutMatrix(transposed) is { } unfit)
            throw new ArgumentException($"The pattern '{unfit}' of {nameof(LoadOptions)}.{nameof(LoadOptions.Transposed)} fits no tensor of two axes of the model's.", nameof(options));
        for (int index = 0; index < blocks.Length; index++)
        {
            foreach (ParameterLayout parameter in blocks[index].Layout.Parameters)
            {
                string? name = blocks[index].NameInFile(parameter.Name);
                bool isTransposed = parameter.Shape.Count == 2 && transposed.Any(pattern => pattern.IsMatch(parameter.Name));
                wanted.Add((index, parameter, name, isTransposed));
                if (name is not null)
                    names.Add(name);
            }
        }
    }

    /// <summary>A pattern with a slip in it would leave square matrices as they are, and nothing would say so.</summary>
    string? PatternWithoutMatrix(Regex[] transposed)
    {
        int unfit = Array.FindIndex(transposed, pattern =>
            !blocks.Any(block => block.Layout.Parameters.Any(parameter => parameter.Shape.Count == 2 && pattern.IsMatch(parameter.Name))));
        return unfit < 0 ? null : options.Transposed[unfit];
    }

    /// <summary>What is to be read.</summary>
    public IReadOnlyList<MatchedTensor> Found => found;

    public LoadReport Report => new()
    {
        Loaded = [.. found.Select(tensor => tensor.Parameter.Name)],
        Missing = [.. missing.Select(tensor => tensor.Name)],
        NamesInFile = missing.ToDictionary(tensor => tensor.Name, tensor => tensor.NameInFile),
        LeftOver = leftOver,
        OtherShape = otherShape,
        OtherType = otherType,
    };

    /// <summary>Whether a tensor of a file is one of the blocks'.</summary>
    public bool IsWanted(string nameInFile) => names.Contains(nameInFile);

    /// <exception cref="SafetensorsException">Something does not fit that must.</exception>
    public void Find(WeightFiles files)
    {
        foreach (var (block, parameter, name, isTransposed) in wanted)
        {
            if (name is null || !files.Tensors.TryGetValue(name, out TensorPlace place))
                missing.Add((parameter.Name, name ?? parameter.Name));
            else if (parameter.Packed is not null && place.Entry.DataType == SafetensorsDataType.U8)
                AddPacked(block, parameter, place);
            else if (!TypesThatFit(parameter, blocks[block].HoldsCounts).Contains(place.Entry.DataType))
                AddOtherType(parameter, place.Entry);
            else if (!ShapeInFile(parameter, isTransposed).SequenceEqual(place.Entry.Shape))
                otherShape.Add(Mismatch(parameter, place.Entry) with { IsTransposed = !isTransposed && IsTransposed(parameter, place.Entry) });
            else
                found.Add(new MatchedTensor(block, parameter, place, isTransposed));
        }

        leftOver = [.. files.Tensors.Keys.Where(name => !names.Contains(name)).Order(StringComparer.Ordinal)];
        if (options.Strict)
            RequireAll(files);
    }

    /// <summary>Packed weights are bytes in a file; that there are as many says that their format is the model's.</summary>
    void AddPacked(int block, ParameterLayout parameter, TensorPlace place)
    {
        if (place.Entry.Shape.SequenceEqual([parameter.Bytes]))
            found.Add(new MatchedTensor(block, parameter, place, IsTransposed: false));
        else
            otherShape.Add(Mismatch(parameter, place.Entry) with { Needed = $"[{parameter.Bytes}], bytes of {parameter.Packed!.Format}" });
    }

    void AddOtherType(ParameterLayout parameter, TensorEntry entry)
    {
        var mismatch = Mismatch(parameter, entry);
        otherType.Add(mismatch with { Needed = $"{parameter.DataType.Name()} {mismatch.Needed}" });
        typesNeeded.Add(Any(TypesThatFit(parameter, mayBeCount: false)));
    }

    /// <summary>The types of a file that a tensor is read from.</summary>
    static SafetensorsDataType[] TypesThatFit(ParameterLayout parameter, bool mayBeCount)
    {
        if (!Floats.Contains(parameter.DataType) && !TensorConversion.IsWritable(parameter.DataType))
            return [parameter.DataType];
        SafetensorsDataType[] floats = Floats.Contains(parameter.DataType) ? Floats : [.. Floats, parameter.DataType];
        return mayBeCount && TensorConversion.IsWritable(parameter.DataType) ? [.. floats, SafetensorsDataType.I64, SafetensorsDataType.I32] : floats;
    }

    static string Any(SafetensorsDataType[] types)
        => types.Length == 1 ? types[0].Name() : $"{string.Join(", ", types[..^1].Select(type => type.Name()))} or {types[^1].Name()}";

    static IEnumerable<long> ShapeInFile(ParameterLayout parameter, bool isTransposed)
    {
        var shape = parameter.Shape.Select(length => (long)length);
        return isTransposed ? shape.Reverse() : shape;
    }

    static bool IsTransposed(ParameterLayout parameter, TensorEntry entry)
        => parameter.Shape.Count == 2 && ShapeInFile(parameter, isTransposed: true).SequenceEqual(entry.Shape);

    static TensorMismatch Mismatch(ParameterLayout parameter, TensorEntry entry)
        => new(parameter.Name, entry.Name, entry.Description, $"[{string.Join(", ", parameter.Shape)}]");

    void RequireAll(WeightFiles files)
    {
        bool refusesOthers = leftOver.Length > 0 && !options.IgnoreOthers;
        List<string> complaints = [];
        if (missing.Count > 0)
            complaints.Add($"missing {List([.. missing.Select(tensor => tensor.NameInFile)])}");
        // Where names are missing, those that are left over may be what they are called there.
        if (leftOver.Length > 0 && (refusesOthers || missing.Count > 0))
            complaints.Add($"unexpected {List(leftOver)}");
        complaints.AddRange(Some([.. otherType.Zip(typesNeeded)], Types));
        complaints.AddRange(Some(otherShape, Shapes));
        if (complaints.Count > 0)
            throw new SafetensorsException(Foreword(files.Metadata) + string.Join("; ", complaints));
    }

    static string Types((TensorMismatch Tensor, string Needed) other)
        => $"tensor '{SafetensorsHeader.Shown(other.Tensor.NameInFile)}' is {other.Tensor.Found}; the model needs {other.Needed}";

    static string Shapes(TensorMismatch tensor)
        => $"tensor '{SafetensorsHeader.Shown(tensor.NameInFile)}' has the shape {tensor.Found[(tensor.Found.IndexOf(' ') + 1)..]}; the model needs {tensor.Needed}"
            + (tensor.IsTransposed ? $", which is its transposed: {nameof(LoadOptions)}.{nameof(LoadOptions.Transposed)} reads it" : "");

    /// <summary>What the file is, where that says more than the names of its tensors.</summary>
    static string Foreword(IReadOnlyDictionary<string, string> metadata)
        => TrainingCheckpoint.IsOne(metadata) ? "it is a checkpoint of a training, which a trainer's LoadCheckpoint reads, not a model's parameters alone: " : "";

    const int MostShown = 8;

    static IEnumerable<string> Some<T>(List<T> tensors, Func<T, string> describe)
        => tensors.Count <= MostShown
            ? tensors.Select(describe)
            : [.. tensors.Take(MostShown).Select(describe), $"{tensors.Count - MostShown} more like these"];

    static string List(string[] names)
    {
        string shown = string.Join(", ", names.Take(MostShown).Select(name => $"'{SafetensorsHeader.Shown(name)}'"));
        return names.Length > MostShown ? $"{shown} and {names.Length - MostShown} more" : shown;
    }
}
