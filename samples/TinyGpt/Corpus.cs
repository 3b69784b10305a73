using System.Text;
using GraphCompiler.Data;
using GraphCompiler.Text;

namespace TinyGpt;

/// <summary>A text as tokens: nine tenths to train on, the last tenth to validate with.</summary>
sealed class Corpus
{
    const double ValidationFraction = 0.1;
    const char Unknown = '\uFFFD';

    Corpus(CharacterTokenizer tokenizer, string text)
    {
        Tokenizer = tokenizer;
        CharacterCount = text.Length;
        (Training, Validation) = new TokenSequence(tokenizer.Encode(text), Gpt.Vocabulary).Split(ValidationFraction);
    }

    public CharacterTokenizer Tokenizer { get; }

    public int CharacterCount { get; }

    public TokenSequence Training { get; }

    public TokenSequence Validation { get; }

    /// <summary>Reads a text. Of more characters than the model knows, the rarest become U+FFFD.</summary>
    /// <exception cref="InvalidDataException">The text is too short to train on.</exception>
    public static Corpus Load(string path)
    {
        string text = WithinVocabulary(File.ReadAllText(path));
        RequireLength(path, text);
        return new Corpus(CharacterTokenizer.FromText(text), text);
    }

    /// <summary>Reads a text for a model that knows these characters, without others.</summary>
    /// <exception cref="InvalidDataException">The text is too short to train on.</exception>
    public static Corpus Load(string path, string alphabet)
    {
        string text = Known(File.ReadAllText(path), alphabet);
        RequireLength(path, text);
        return new Corpus(new CharacterTokenizer(alphabet), text);
    }

    /// <summary>What of a prompt the model has characters for.</summary>
    public string Known(string prompt)
    {
        string known = Known(prompt, Tokenizer.Alphabet);
        return known.Length > 0 ? known : Tokenizer.Alphabet[..1];
    }

    /// <summary>The mean loss over the validation text, in windows that follow one another.</summary>
    public double ValidationLoss(BatchLoss loss, long mostBatches = long.MaxValue)
    {
        SequentialWindows windows = Validation.SequentialWindows(Gpt.Batch, Gpt.Context);
        long batches = Math.Min(windows.BatchCount, mostBatches);
        double sum = 0;
        for (long i = 0; i < batches; i++)
        {
            // A few batches come from all over the text.
            TokenBatch batch = windows.Batch(i * windows.BatchCount / batches);
            sum += loss(batch.Inputs, batch.Targets);
        }

        return sum / batches;
    }

    static string Known(string text, string alphabet)
    {
        HashSet<Rune> characters = [.. alphabet.EnumerateRunes()];
        return string.Concat(text.EnumerateRunes().Where(characters.Contains));
    }

    /// <summary>Validation has a tenth, which must give a batch and the character that follows it.</summary>
    static void RequireLength(string path, string text)
    {
        const int Least = 10 * (Gpt.Batch * Gpt.Context + 1);
        if (text.Length < Least)
            throw new InvalidDataException($"{path} has {text.Length:N0} characters; training takes at least {Least:N0}.");
    }

    static string WithinVocabulary(string text)
    {
        var frequencies = text.EnumerateRunes().CountBy(rune => rune).ToList();
        if (frequencies.Count <= Gpt.Vocabulary)
            return text;
        var known = frequencies.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key)
            .Take(Gpt.Vocabulary - 1).Select(pair => pair.Key).ToHashSet();
        return string.Concat(text.EnumerateRunes().Select(rune => known.Contains(rune) ? rune.ToString() : $"{Unknown}"));
    }
}
