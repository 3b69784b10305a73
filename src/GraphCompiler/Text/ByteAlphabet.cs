// GPT-2's byte-to-unicode table. vocab.json and merges.txt are text, and merges.txt separates by spaces, so each byte is
// written as a visible character: the 188 bytes that are visible characters of Latin-1 stand for themselves, and the
// others, in their order, are U+0100, U+0101, ... (a space, 32, is the 33rd of them: 'Ġ', U+0120).
// Source: bytes_to_unicode in encoder.py of openai/gpt-2.

using System.Diagnostics.CodeAnalysis;

namespace GraphCompiler.Text;

static class ByteAlphabet
{
    const int FirstStandIn = 0x100;

    static readonly char[] CharacterOf = new char[256];
    static readonly Dictionary<char, byte> ByteOf = new(256);

    static ByteAlphabet()
    {
        int standIns = 0;
        List<byte> invisible = [];
        List<byte> order = [];
        for (int value = 0; value < 256; value++)
        {
            bool visible = value is >= '!' and <= '~' or >= '¡' and <= '¬' or >= '®';
            CharacterOf[value] = visible ? (char)value : (char)(FirstStandIn + standIns++);
            ByteOf.Add(CharacterOf[value], (byte)value);
            (visible ? order : invisible).Add((byte)value);
        }

        Order = [.. order, .. invisible];
    }

    /// <summary>The 256 bytes in the order of GPT-2's tokens 0 to 255: the visible ones first.</summary>
    public static byte[] Order { get; }

    /// <summary>How the files write bytes.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = bytes.Length <= 256 ? stackalloc char[bytes.Length] : new char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
            characters[i] = CharacterOf[bytes[i]];
        return characters.ToString();
    }

    /// <summary>The bytes that the files write so; false where a character stands for no byte.</summary>
    public static bool TryRead(string written, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = new byte[written.Length];
        for (int i = 0; i < written.Length; i++)
        {
            if (!ByteOf.TryGetValue(written[i], out bytes[i]))
            {
                bytes = null;
                return false;
            }
        }

        return true;
    }
}
