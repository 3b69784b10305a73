using System.Text;

namespace GraphCompiler.Text;

/// <summary>
/// A token for each character, where a character is a Unicode code point. Half of a surrogate pair standing alone is no
/// character and is taken for U+FFFD.
/// </summary>
public sealed class CharacterTokenizer : ITokenizer
{
    readonly Rune[] characters;
    readonly Dictionary<Rune, int> tokens;

    /// <summary>A tokenizer whose token i is the character i of an alphabet.</summary>
    /// <param name="alphabet">The characters, each once.</param>
    /// <exception cref="ArgumentException">The alphabet is empty or has a character twice.</exception>
    public CharacterTokenizer(string alphabet)
    {
        ArgumentException.ThrowIfNullOrEmpty(alphabet);
        Alphabet = alphabet;
        characters = [.. alphabet.EnumerateRunes()];
        tokens = new Dictionary<Rune, int>(characters.Length);
        foreach (Rune character in characters)
        {
            if (!tokens.TryAdd(character, tokens.Count))
                throw new ArgumentException($"The alphabet has {Show(character)} twice.", nameof(alphabet));
        }
    }

    /// <summary>The characters in the order of their tokens; the constructor makes the same tokenizer of it.</summary>
    public string Alphabet { get; }

    /// <inheritdoc/>
    public int VocabularySize => characters.Length;

    /// <summary>A tokenizer for the characters that occur in a text, in the order of their code points.</summary>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static CharacterTokenizer FromText(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        HashSet<Rune> found = [];
        foreach (Rune character in text.EnumerateRunes())
            found.Add(character);
        return new CharacterTokenizer(string.Concat(found.Order()));
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> encoded = new(text.Length);
        int position = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            if (!tokens.TryGetValue(character, out int token))
                throw new ArgumentException(
                    $"The vocabulary of {VocabularySize} characters has no {Show(character)}, "
                    + $"at position {position} of the text.",
                    nameof(text));
            encoded.Add(token);
            position += character.Utf16SequenceLength;
        }

        return encoded;
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        StringBuilder text = new();
        foreach (int token in tokens)
        {
            if ((uint)token >= (uint)characters.Length)
                throw new ArgumentException($"Token {token} is not from 0 to {characters.Length - 1}.", nameof(tokens));
            text.Append(characters[token]);
        }

        return text.ToString();
    }

    static string Show(Rune character) =>
        Rune.IsControl(character) || Rune.IsWhiteSpace(character)
            ? $"U+{character.Value:X4}"
            : $"'{character}' (U+{character.Value:X4})";
}
