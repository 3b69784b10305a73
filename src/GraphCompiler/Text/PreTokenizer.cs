// GPT-2 cuts a text into pieces before it merges bytes, so that no token spans a word's end. The pieces are the matches,
// one after the other, of
//
//     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// (source: encoder.py of openai/gpt-2). .NET's Regex sees UTF-16 units, where a letter beyond U+FFFF is two characters
// of no category, so the expression is written out here over code points: a contraction; else a run of letters, of
// digits or of other visible characters with at most one space before it; else a run of white space, which leaves its
// last character to the piece that follows, if one does.

using System.Globalization;
using System.Text;

namespace GraphCompiler.Text;

/// <summary>Goes through the pieces of a text; together they are the text.</summary>
ref struct PreTokenizer(ReadOnlySpan<char> text)
{
    enum Kind
    {
        WhiteSpace,
        Letter,
        Number,
        Other,
    }

    static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    ReadOnlySpan<char> rest = text;

    /// <summary>The piece reached.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    public bool MoveNext()
    {
        if (rest.IsEmpty)
            return false;
        int length = PieceLength(rest);
        Current = rest[..length];
        rest = rest[length..];
        return true;
    }

    static int PieceLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'')
        {
            foreach (string contraction in Contractions)
            {
                if (text.StartsWith(contraction, StringComparison.Ordinal))
                    return contraction.Length;
            }
        }

        int start = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        Kind kind = KindAt(text[start..], out _);
        return kind == Kind.WhiteSpace ? WhiteSpaceLength(text) : start + RunLength(text[start..], kind);
    }

    static int WhiteSpaceLength(ReadOnlySpan<char> text)
    {
        int length = RunLength(text, Kind.WhiteSpace);
        // All white space lies below U+FFFF, so its last character is one unit.
        return length == text.Length || length == 1 ? length : length - 1;
    }

    static int RunLength(ReadOnlySpan<char> text, Kind kind)
    {
        int length = 0;
        while (length < text.Length && KindAt(text[length..], out int units) == kind)
            length += units;
        return length;
    }

    static Kind KindAt(ReadOnlySpan<char> text, out int units)
    {
        if (char.IsAscii(text[0]))
        {
            units = 1;
            return char.IsAsciiLetter(text[0]) ? Kind.Letter
                : char.IsAsciiDigit(text[0]) ? Kind.Number
                : char.IsWhiteSpace(text[0]) ? Kind.WhiteSpace
                : Kind.Other;
        }

        Rune.DecodeFromUtf16(text, out Rune rune, out units);
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Rune.IsWhiteSpace(rune) ? Kind.WhiteSpace : Kind.Other,
        };
    }
}
