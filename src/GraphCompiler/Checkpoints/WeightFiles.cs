using System.Text.Json;

namespace GraphCompiler.Checkpoints;

/// <summary>Where a tensor lies.</summary>
internal readonly record struct TensorPlace(SafetensorsFile File, TensorEntry Entry);

/// <summary>
/// The safetensors files that one set of weights is in, opened and checked: a file; the files that an index names
/// (<c>model.safetensors.index.json</c>, whose <c>weight_map</c> says in which file of its folder each tensor is, as Hugging Face's libraries
/// write it); or a folder that holds an index or a file.
/// </summary>
internal sealed class WeightFiles : IDisposable
{
    const string IndexEnd = ".safetensors.index.json", FileEnd = ".safetensors";
    const string UsualIndex = "model" + IndexEnd, UsualFile = "model" + FileEnd;

    /// <summary>The longest index in bytes, and the most files it may name.</summary>
    const int LongestIndex = 100_000_000, MostFiles = 4096;

    readonly Dictionary<string, SafetensorsFile> files = new(StringComparer.Ordinal);

    /// <summary>Every tensor by its name.</summary>
    public Dictionary<string, TensorPlace> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The metadata of the file, or of the first that the index names.</summary>
    public IReadOnlyDictionary<string, string> Metadata => files.Values.First().Header.Metadata;

    /// <summary>The opened files by their paths.</summary>
    public IReadOnlyDictionary<string, SafetensorsFile> Files => files;

    /// <summary>Opens what a path stands for.</summary>
    /// <param name="path">A safetensors file, an index, or a folder.</param>
    /// <param name="isWanted">Which tensors are going to be read; of others no shape is kept.</param>
    /// <exception cref="SafetensorsException">A file is malformed, or the index is not that of its files.</exception>
    public static WeightFiles Open(string path, Predicate<string> isWanted)
    {
        string file = Directory.Exists(path) ? InFolder(path) : path;
        return file.EndsWith(IndexEnd, StringComparison.Ordinal) ? Open(files => files.AddIndexed(file, isWanted)) : OpenFile(file, isWanted);
    }

    /// <summary>Opens one file.</summary>
    /// <exception cref="SafetensorsException">It is malformed.</exception>
    public static WeightFiles OpenFile(string path, Predicate<string> isWanted) => Open(files => files.Add(path, isWanted));

    static WeightFiles Open(Action<WeightFiles> add)
    {
        WeightFiles opened = new();
        try
        {
            add(opened);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    static string InFolder(string folder)
    {
        foreach (string usual in (string[])[UsualIndex, UsualFile])
        {
            if (File.Exists(Path.Combine(folder, usual)))
                return Path.Combine(folder, usual);
        }

        string[] names = [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        string[] indices = [.. names.Where(name => name.EndsWith(IndexEnd, StringComparison.Ordinal))];
        string[] single = [.. names.Where(name => name.EndsWith(FileEnd, StringComparison.Ordinal))];
        string[] found = indices.Length > 0 ? indices : single;
        if (found.Length == 1)
            return Path.Combine(folder, found[0]);
        string what = found.Length > 1 ? $"it has {found.Length} of them, and none is called '{UsualIndex}' or '{UsualFile}'"
            : names.FirstOrDefault(name => name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)) is { } gguf ? $"'{gguf}' is a GGUF file, of llama.cpp"
            : names.FirstOrDefault(name => name.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".pt", StringComparison.Ordinal)) is { } pickle
                ? $"'{pickle}' is a file of torch.save"
            : "it has none";
        throw new SafetensorsException($"'{folder}' cannot be loaded: it is a folder, in which one safetensors file or index is looked for; {what}.");
    }

    void Add(string path, Predicate<string> isWanted)
    {
        SafetensorsFile file = SafetensorsFile.Open(path, isWanted);
        files.Add(path, file);
        foreach (TensorEntry entry in file.Header.Tensors)
            Tensors.Add(entry.Name, new TensorPlace(file, entry));
    }

    /// <summary>Opens the files of an index; each must hold just the tensors that the index says it does.</summary>
    void AddIndexed(string index, Predicate<string> isWanted)
    {
        Dictionary<string, string> map = ReadIndex(index);
        string folder = Path.GetDirectoryName(Path.GetFullPath(index))!;
        foreach (string name in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path))
                throw InIndex(index, $"it names '{SafetensorsHeader.Shown(name)}', which is not in its folder");
            SafetensorsFile file = SafetensorsFile.Open(path, isWanted);
            files.Add(path, file);
            foreach (TensorEntry entry in file.Header.Tensors)
            {
                if (!map.TryGetValue(entry.Name, out string? place) || place != name)
                {
                    throw InIndex(index, $"'{name}' holds '{SafetensorsHeader.Shown(entry.Name)}', which the index "
                        + (place is null ? "does not name" : $"says to be in '{SafetensorsHeader.Shown(place)}'"));
                }
                Tensors.Add(entry.Name, new TensorPlace(file, entry));
            }
        }

        if (map.Keys.FirstOrDefault(name => !Tensors.ContainsKey(name)) is { } missing)
            throw InIndex(index, $"'{SafetensorsHeader.Shown(missing)}' is not in '{SafetensorsHeader.Shown(map[missing])}'");
    }

    static Dictionary<string, string> ReadIndex(string index)
    {
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(Bytes(index), new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("weight_map", out JsonElement entries)
                || entries.ValueKind != JsonValueKind.Object)
            {
                throw InIndex(index, "it has no 'weight_map' that says where each tensor is");
            }
            foreach (JsonProperty entry in entries.EnumerateObject())
            {
                string? file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
                if (file is null || !IsPlainName(file))
                    throw InIndex(index, $"the place of '{SafetensorsHeader.Shown(entry.Name)}' is not the name of a file in its folder");
                if (!map.TryAdd(entry.Name, file))
                    throw InIndex(index, $"it names '{SafetensorsHeader.Shown(entry.Name)}' twice");
            }
        }
        catch (JsonException exception)
        {
            throw InIndex(index, $"it is not JSON: {exception.Message.TrimEnd('.')}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // The reader's word for a string that escapes half a surrogate pair.
            throw InIndex(index, "it has a string that is not Unicode", exception);
        }

        if (map.Count == 0)
            throw InIndex(index, "it names no tensors");
        if (map.Values.Distinct(StringComparer.Ordinal).Count() > MostFiles)
            throw InIndex(index, $"it names more than {MostFiles} files");
        return map;
    }

    static byte[] Bytes(string index)
    {
        using var handle = RegularFile.OpenForReading(index, out long length) ?? throw InIndex(index, RegularFile.NothingToRead);
        if (length > LongestIndex)
            throw InIndex(index, $"its length, {length}, is over the cap of {LongestIndex} bytes");
        byte[] bytes = new byte[(int)length];
        int read = 0;
        while (read < bytes.Length && RandomAccess.Read(handle, bytes.AsSpan(read), read) is var more and > 0)
            read += more;
        return bytes[..read];
    }

    /// <summary>Whether a name leads nowhere but into its folder, on any system.</summary>
    static bool IsPlainName(string name) => name.Length is > 0 and <= 255 && name is not ("." or "..")
        && name.AsSpan().IndexOfAny("/\\:\0") < 0 && name.EndsWith(FileEnd, StringComparison.Ordinal);

    static SafetensorsException InIndex(string path, string complaint, Exception? inner = null)
        => SafetensorsFile.InFile(path, new SafetensorsException(complaint, inner));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafetensorsFile file in files.Values)
            file.Dispose();
    }
}
