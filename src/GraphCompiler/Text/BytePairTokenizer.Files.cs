// vocab.json is an object from tokens, written in GPT-2's alphabet of bytes, to their numbers; merges.txt has a merge a
// line, two tokens separated by a space, the first merge first, after an optional line "#version: ...".
//
// Files are claims by whoever made them. Numbers must be 0 to n - 1, each once, so the tables are as large as the file;
// both tokens of a merge must be bytes or come from an earlier merge, and all three must be in the vocabulary, so that
// the order of merging is never in doubt.

using System.Text;
using System.Text.Json;
using GraphCompiler.Checkpoints;

namespace GraphCompiler.Text;

public sealed partial class BytePairTokenizer
{
    const long LongestFile = 1 << 28;
    const string VersionLine = "#version";

    /// <summary>Reads a vocabulary in GPT-2's two files.</summary>
    /// <param name="vocabularyPath">vocab.json.</param>
    /// <param name="mergesPath">merges.txt.</param>
    /// <param name="specialTokens">
    /// The names of special tokens; one that the vocabulary lacks is added at its end. Null: <see cref="EndOfText"/> if
    /// the vocabulary has it.
    /// </param>
    /// <exception cref="InvalidDataException">A file is malformed, or the two do not fit together.</exception>
    /// <exception cref="ArgumentException">A special token is empty or given twice.</exception>
    /// <exception cref="IOException">A file cannot be read, or is a directory.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static BytePairTokenizer Load(
        string vocabularyPath, string mergesPath, IReadOnlyList<string>? specialTokens = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(vocabularyPath);
        ArgumentException.ThrowIfNullOrEmpty(mergesPath);
        Dictionary<string, int> vocabulary = ReadVocabulary(vocabularyPath);
        specialTokens ??= vocabulary.ContainsKey(EndOfText) ? [EndOfText] : [];
        SortedDictionary<string, int> special = NumberSpecialTokens(specialTokens, vocabulary);

        byte[][] bytesOfToken = new byte[vocabulary.Count + special.Count(token => !vocabulary.ContainsKey(token.Key))][];
        int[] tokenOfByte = new int[256];
        Array.Fill(tokenOfByte, MissingByte);
        foreach ((string name, int token) in special)
            bytesOfToken[token] = Encoding.UTF8.GetBytes(name);
        foreach ((string written, int token) in vocabulary.Where(entry => !special.ContainsKey(entry.Key)))
        {
            if (!ByteAlphabet.TryRead(written, out byte[]? bytes) || bytes.Length == 0)
                throw new InvalidDataException(
                    $"{vocabularyPath}: token {token}, '{written}', is not written in the alphabet of bytes; "
                    + "a special token has to be named when the vocabulary is loaded.");
            bytesOfToken[token] = bytes;
            if (bytes.Length == 1)
                tokenOfByte[bytes[0]] = token;
        }

        (MergeTable merges, (int Left, int Right)[] pairs) = ReadMerges(mergesPath, vocabulary, tokenOfByte);
        return new BytePairTokenizer(bytesOfToken, tokenOfByte, merges, pairs, special);
    }

    /// <summary>Writes the vocabulary as GPT-2's two files, each as a whole or not at all.</summary>
    /// <param name="vocabularyPath">vocab.json.</param>
    /// <param name="mergesPath">merges.txt.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string vocabularyPath, string mergesPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(vocabularyPath);
        ArgumentException.ThrowIfNullOrEmpty(mergesPath);
        using MemoryStream vocabulary = new();
        using (Utf8JsonWriter writer = new(vocabulary, new JsonWriterOptions { Indented = true }))
        {
            Dictionary<int, string> special = specialTokens.ToDictionary(token => token.Value, token => token.Key);
            writer.WriteStartObject();
            for (int token = 0; token < bytesOfToken.Length; token++)
                writer.WriteNumber(special.TryGetValue(token, out string? name) ? name : Written(token), token);
            writer.WriteEndObject();
        }

        StringBuilder merges = new(VersionLine + ": 0.2\n");
        foreach ((int left, int right) in mergedPairs)
            merges.Append(Written(left)).Append(' ').Append(Written(right)).Append('\n');

        byte[] mergeBytes = Encoding.UTF8.GetBytes(merges.ToString());
        AtomicFile.Write(vocabularyPath, file => RandomAccess.Write(file, vocabulary.ToArray(), 0));
        AtomicFile.Write(mergesPath, file => RandomAccess.Write(file, mergeBytes, 0));
    }

    string Written(int token) => ByteAlphabet.Write(bytesOfToken[token]);

    static Dictionary<string, int> ReadVocabulary(string path)
    {
        Dictionary<string, int> vocabulary = new(StringComparer.Ordinal);
        try
        {
            Utf8JsonReader reader = new(ReadFile(path));
            Require(path, reader.Read() && reader.TokenType == JsonTokenType.StartObject, "the file is not a JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string token = reader.GetString()!;
                int number = 0;
                Require(path, reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out number),
                    $"the number of '{token}' is not a whole number below 2^31.");
                Require(path, vocabulary.TryAdd(token, number), $"'{token}' is there twice.");
            }

            // Anything but white space behind the object is a mistake that this finds.
            Require(path, !reader.Read(), "more follows after the object.");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: the file is not JSON: {fault.Message}", fault);
        }

        Require(path, vocabulary.Count > 0, "the vocabulary is empty.");
        bool[] seen = new bool[vocabulary.Count];
        foreach ((string token, int number) in vocabulary)
        {
            Require(path, (uint)number < (uint)seen.Length,
                $"the number of '{token}' is {number}; {seen.Length} tokens have the numbers 0 to {seen.Length - 1}.");
            Require(path, !seen[number], $"two tokens have the number {number}.");
            seen[number] = true;
        }

        return vocabulary;
    }

    static (MergeTable Merges, (int Left, int Right)[] Pairs) ReadMerges(
        string path, Dictionary<string, int> vocabulary, int[] tokenOfByte)
    {
        MergeTable merges = new();
        List<(int Left, int Right)> pairs = [];
        HashSet<int> known = [.. tokenOfByte.Where(token => token != MissingByte)];
        int number = 0;
        foreach (ReadOnlySpan<char> ended in Encoding.UTF8.GetString(ReadFile(path)).AsSpan().EnumerateLines())
        {
            number++;
            string line = ended.ToString();
            if (line.Length == 0 || (number == 1 && line.StartsWith(VersionLine, StringComparison.Ordinal)))
                continue;
            string where = $"{path}, line {number}";
            string[] parts = line.Split(' ');
            Require(where, parts.Length == 2 && parts[0].Length > 0 && parts[1].Length > 0,
                $"'{Shortened(line)}' is not two tokens separated by one space.");
            int left = Known(parts[0]), right = Known(parts[1]);
            Require(where, vocabulary.TryGetValue(parts[0] + parts[1], out int result),
                $"the vocabulary has no token '{Shortened(parts[0] + parts[1])}' for the merge's result.");
            Require(where, merges.TryAdd(left, right, result), $"the merge '{Shortened(line)}' is there twice.");
            pairs.Add((left, right));
            known.Add(result);

            int Known(string written)
            {
                Require(where, vocabulary.TryGetValue(written, out int token),
                    $"the vocabulary has no token '{Shortened(written)}'.");
                Require(where, known.Contains(token),
                    $"'{Shortened(written)}' is neither a byte nor the result of an earlier merge.");
                return token;
            }
        }

        return (merges, [.. pairs]);
    }

    static SortedDictionary<string, int> NumberSpecialTokens(
        IReadOnlyList<string> names, Dictionary<string, int> vocabulary)
    {
        SortedDictionary<string, int> special = new(StringComparer.Ordinal);
        int next = vocabulary.Count;
        foreach (string name in names)
        {
            if (string.IsNullOrEmpty(name))
                throw new ArgumentException("A special token has no name.", nameof(names));
            if (!special.TryAdd(name, vocabulary.TryGetValue(name, out int token) ? token : next++))
                throw new ArgumentException($"The special token '{name}' is given twice.", nameof(names));
        }

        return special;
    }

    static byte[] ReadFile(string path)
    {
        if (RegularFile.IsEmpty(path))
        {
            Require(path, !RegularFile.IsPipe(path), "it is a pipe or a device, not a file.");
            return [];
        }
        FileInfo file = new(path);
        if (file.Exists && file.Length > LongestFile)
            throw new InvalidDataException($"{path}: the file is longer than {LongestFile >> 20} MiB.");
        return File.ReadAllBytes(path);
    }

    static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";

    static void Require(string where, bool condition, string complaint)
    {
        if (!condition)
            throw new InvalidDataException($"{where}: {complaint}");
    }
}
