using System.Text.Unicode;

namespace GraphCompiler.Checkpoints;

/// <summary>What a file that is no safetensors file is instead, as far as its first bytes tell: the usual mistakes.</summary>
internal static class FileKind
{
    /// <summary>How many bytes of a file are looked at.</summary>
    public const int Sample = 512;

    /// <summary>The kind for a message, or null if it cannot be told.</summary>
    /// <param name="start">The file's first bytes, up to <see cref="Sample"/> of them.</param>
    public static string? Of(ReadOnlySpan<byte> start)
    {
        // Where a header begins behind its length, it is a safetensors file, however damaged.
        if (start.Length > SafetensorsHeader.PrefixLength && start[SafetensorsHeader.PrefixLength] == (byte)'{' && start[0] != (byte)'{')
            return null;
        return OfBinary(start) ?? (IsText(start) ? OfText(start) : null);
    }

    static string? OfBinary(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, ..] => "a gzip file, to be unpacked first",
        [(byte)'P', (byte)'K', 3, 4, ..] => "a ZIP archive, as torch.save writes it",
        [0x80, >= 2 and <= 5, ..] => "a Python pickle, as old versions of torch.save write it",
        [(byte)'G', (byte)'G', (byte)'U', (byte)'F', ..] => "a GGUF file, of llama.cpp",
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => "an array of NumPy",
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "an HDF5 file, as Keras writes it",
        [(byte)'G', (byte)'C', (byte)'T', (byte)'O', (byte)'K', (byte)'E', (byte)'N', (byte)'S', ..] => "a token file",
        _ => null,
    };

    static string OfText(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> text = start.TrimStart("\uFEFF \t\r\n"u8);
        if (text.StartsWith("version https://git-lfs"u8))
            return "a pointer of Git LFS: the file itself was not fetched";
        return text switch
        {
            [(byte)'<', ..] => "a page of HTML or XML, as a failed download leaves it",
            [(byte)'{' or (byte)'[', ..] => "JSON; the tensors are in other files",
            _ => "text",
        };
    }

    /// <summary>Characters in UTF-8 and none that texts do not have. The last may be cut in two.</summary>
    static bool IsText(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty || start.ContainsAnyInRange((byte)0, (byte)8) || start.ContainsAnyInRange((byte)14, (byte)31))
            return false;
        for (int cut = 0; cut < 4 && cut < start.Length; cut++)
        {
            if (Utf8.IsValid(start[..^cut]))
                return cut == 0 || start.Length == Sample;
        }
        return false;
    }
}
