using System.Text.Json;
using System.Text.Unicode;

namespace GraphCompiler.Checkpoints;

/// <summary>One tensor as the header of a safetensors file describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">Its element type.</param>
/// <param name="Shape">The lengths of its axes; empty for a tensor that nobody wants.</param>
/// <param name="Begin">Where its bytes begin, counted from the end of the header.</param>
/// <param name="End">Where its bytes end.</param>
internal sealed record TensorEntry(string Name, SafetensorsDataType DataType, long[] Shape, long Begin, long End)
{
    public long Bytes => End - Begin;

    /// <summary>For a message: "BF16 [3, 4]".</summary>
    public string Description => $"{DataType.Name()} [{string.Join(", ", Shape)}]";
}

/// <summary>
/// The header of a safetensors file: JSON that maps names to element type, shape and place, and <c>__metadata__</c> to a
/// map of strings or null. Reading it refuses whatever the format does not allow; what it gives describes data that fill the
/// file from the header's end to the file's end, without overlap, hole or rest. What a header may hold is bounded beyond what
/// any model has, so that a file made to do harm costs a few times its header's length in memory and no more.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The reference implementation's cap on the length of the header, in bytes.</summary>
    public const int LongestHeader = 100_000_000;

    /// <summary>The length of the little-endian number in front that gives the header's length.</summary>
    public const int PrefixLength = sizeof(ulong);

    /// <summary>The most tensors, entries of metadata and axes, and the longest name in bytes.</summary>
    const int MostTensors = 1 << 18, MostMetadata = 1 << 16, MostAxes = 64, LongestName = 4096;

    /// <summary>The one key of the header that is no tensor.</summary>
    public const string MetadataKey = "__metadata__";

    SafetensorsHeader(Dictionary<string, string> metadata, List<TensorEntry> tensors)
    {
        Metadata = metadata;
        Tensors = tensors;
    }

    /// <summary>The free-form map of strings; empty if the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<TensorEntry> Tensors { get; }

    /// <summary>Reads and checks a header.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataLength">How many bytes follow it in the file.</param>
    /// <param name="isWanted">Which tensors' shapes are kept.</param>
    /// <exception cref="SafetensorsException">The header is malformed.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataLength, Predicate<string> isWanted)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
            throw new SafetensorsException("the header does not begin with '{'");
        if (!Utf8.IsValid(json))
            throw new SafetensorsException("the header is not UTF-8");

        SafetensorsHeader header;
        try
        {
            header = Parse(new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 }), isWanted);
        }
        catch (JsonException exception)
        {
            throw new SafetensorsException($"the header is not JSON: {exception.Message.TrimEnd('.')}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // The reader's word for a string that escapes half a surrogate pair.
            throw new SafetensorsException("the header has a string that is not Unicode", exception);
        }

        header.CheckPlaces(dataLength);
        return header;
    }

    /// <summary>A name or a word for a message, which a long one must not fill.</summary>
    public static string Shown(string text) => text.Length <= 100 ? text : text[..100] + "...";

    static SafetensorsHeader Parse(Utf8JsonReader reader, Predicate<string> isWanted)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        List<TensorEntry> tensors = [];
        HashSet<string> names = new(StringComparer.Ordinal);

        reader.Read();
        while (ReadKey(ref reader, out string name))
        {
            if (!names.Add(name))
                throw new SafetensorsException($"the header has '{Shown(name)}' twice");
            if (names.Count > MostTensors)
                throw new SafetensorsException($"the header has more than {MostTensors} tensors");

            reader.Read();
            if (name == MetadataKey)
                ReadMetadata(ref reader, metadata);
            else
                tensors.Add(ReadTensor(ref reader, name, isWanted(name)));
        }

        // Anything but white space after the closing brace is refused here.
        reader.Read();

        tensors.Sort(static (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin)
            : a.End != b.End ? a.End.CompareTo(b.End)
            : string.CompareOrdinal(a.Name, b.Name));
        return new SafetensorsHeader(metadata, tensors);
    }

    static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string> metadata)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return;
        Expect(reader, JsonTokenType.StartObject, $"'{MetadataKey}' is not an object");
        while (ReadKey(ref reader, out string key))
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw new SafetensorsException($"'{MetadataKey}' has a '{Shown(key)}' that is not a string");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw new SafetensorsException($"'{MetadataKey}' has '{Shown(key)}' twice");
            if (metadata.Count > MostMetadata)
                throw new SafetensorsException($"'{MetadataKey}' has more than {MostMetadata} entries");
        }
    }

    static TensorEntry ReadTensor(ref Utf8JsonReader reader, string fullName, bool isWanted)
    {
        string name = Shown(fullName);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new SafetensorsException($"tensor '{name}' is not described by an object");
        string? dataType = null;
        long[]? shape = null, offsets = null;
        while (ReadKey(ref reader, out string key))
        {
            reader.Read();
            switch (key)
            {
                case "dtype" when dataType is null:
                    if (reader.TokenType != JsonTokenType.String)
                        throw new SafetensorsException($"tensor '{name}' has a dtype that is not a string");
                    dataType = reader.GetString()!;
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, name, key);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, name, key);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw new SafetensorsException($"tensor '{name}' has '{key}' twice");
                default:
                    throw new SafetensorsException($"tensor '{name}' has an unknown key '{Shown(key)}'");
            }
        }

        if (dataType is null || shape is null || offsets is null)
        {
            string missing = dataType is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw new SafetensorsException($"tensor '{name}' has no '{missing}'");
        }

        if (offsets.Length != 2)
            throw new SafetensorsException($"tensor '{name}' has {offsets.Length} data_offsets instead of 2");

        SafetensorsDataType type = DataTypeTable.Find(dataType)
            ?? throw new SafetensorsException($"tensor '{name}' has an unknown dtype '{Shown(dataType)}'");
        TensorEntry tensor = new(fullName, type, isWanted ? shape : [], offsets[0], offsets[1]);
        CheckSize(tensor, shape);
        return tensor;
    }

    static long[] ReadNumbers(ref Utf8JsonReader reader, string name, string key)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new SafetensorsException($"tensor '{name}' has a {key} that is not an array");
        Span<long> numbers = stackalloc long[MostAxes];
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number)
                throw new SafetensorsException($"tensor '{name}' has a {key} with something that is not a number");
            if (count == MostAxes)
                throw new SafetensorsException($"tensor '{name}' has a {key} of more than {MostAxes} numbers");

            // Files in use are far below 2^63 bytes, so the larger numbers the format allows are refused with the negative.
            if (!reader.TryGetInt64(out long number) || number < 0)
                throw new SafetensorsException($"tensor '{name}' has a {key} with a number that is not from 0 to 2^63 - 1");
            numbers[count++] = number;
        }

        return numbers[..count].ToArray();
    }

    /// <summary>The bytes between the offsets must be what shape and element type need.</summary>
    static void CheckSize(TensorEntry tensor, long[] shape)
    {
        string name = Shown(tensor.Name);
        long needed;
        try
        {
            needed = 1;
            foreach (long length in shape)
                needed = checked(needed * length);
            needed = checked(needed * tensor.DataType.Bits());
        }
        catch (OverflowException exception)
        {
            throw new SafetensorsException($"tensor '{name}' has a shape [{string.Join(", ", shape)}] whose size overflows", exception);
        }

        if (tensor.Begin > tensor.End)
            throw new SafetensorsException($"tensor '{name}' ends at {tensor.End}, before it begins at {tensor.Begin}");
        if (needed % 8 != 0 || needed / 8 != tensor.End - tensor.Begin)
        {
            throw new SafetensorsException(
                $"tensor '{name}' of {tensor.DataType.Name()} [{string.Join(", ", shape)}] has {tensor.End - tensor.Begin} bytes of data; it needs {(needed + 7) / 8}");
        }
    }

    /// <summary>In order, each tensor must begin where the one before ended, and the last must end with the file.</summary>
    void CheckPlaces(long dataLength)
    {
        long end = 0;
        TensorEntry? before = null;
        foreach (TensorEntry tensor in Tensors)
        {
            if (tensor.Begin < end)
                throw new SafetensorsException($"tensor '{Shown(tensor.Name)}' begins at {tensor.Begin} and overlaps {Place(before)}, which ends at {end}");
            if (tensor.Begin > end)
                throw new SafetensorsException($"there is a hole before tensor '{Shown(tensor.Name)}': {Place(before)} ends at {end}, it begins at {tensor.Begin}");
            end = tensor.End;
            before = tensor;
        }

        if (end > dataLength)
            throw new SafetensorsException($"the data is truncated: the tensors need {end} bytes, the file has {dataLength}");
        if (end < dataLength)
            throw new SafetensorsException($"there are {dataLength - end} bytes after the end of the last tensor");

        static string Place(TensorEntry? tensor) => tensor is null ? "the header" : $"tensor '{Shown(tensor.Name)}'";
    }

    static bool ReadKey(ref Utf8JsonReader reader, out string key)
    {
        reader.Read();
        bool isKey = reader.TokenType == JsonTokenType.PropertyName;
        if (isKey && reader.ValueSpan.Length > LongestName)
            throw new SafetensorsException($"the header has a name of {reader.ValueSpan.Length} bytes");
        key = isKey ? reader.GetString()! : "";
        return isKey;
    }

    static void Expect(in Utf8JsonReader reader, JsonTokenType type, string complaint)
    {
        if (reader.TokenType != type)
            throw new SafetensorsException(complaint);
    }
}
