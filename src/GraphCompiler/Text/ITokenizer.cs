namespace GraphCompiler.Text;

/// <summary>
/// Text to token numbers and back. Small, so that any tokenizer fits behind it; one of Microsoft.ML.Tokenizers needs
/// only <c>Encode(text) => tokenizer.EncodeToIds(text)</c> and <c>Decode(tokens) => tokenizer.Decode(tokens)</c>.
/// An implementation may be called from many threads at once.
/// </summary>
public interface ITokenizer
{
    /// <summary>Tokens are numbered from 0 up to one less than this: the rows of an embedding.</summary>
    int VocabularySize { get; }

    /// <summary>The tokens of a text.</summary>
    /// <exception cref="ArgumentException">The text has something for which the vocabulary has no token.</exception>
    IReadOnlyList<int> Encode(string text);

    /// <summary>
    /// The tokens of a text in which the names of special tokens are text like any other; the same as <see cref="Encode"/> for a tokenizer that
    /// has none.
    /// </summary>
    /// <exception cref="ArgumentException">The text has something for which the vocabulary has no token.</exception>
    IReadOnlyList<int> EncodeOrdinary(string text) => Encode(text);

    /// <summary>The text of tokens.</summary>
    /// <exception cref="ArgumentException">A token is not of the vocabulary.</exception>
    string Decode(IEnumerable<int> tokens);
}
