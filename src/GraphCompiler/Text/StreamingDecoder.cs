namespace GraphCompiler.Text;

/// <summary>
/// Turns tokens into text as they come. A token may be a part of a character; the decoder keeps it until the rest has
/// come, so what it has returned, put together, is the text of all tokens. For one thread.
/// </summary>
/// <param name="tokenizer">Decodes the tokens.</param>
public sealed class StreamingDecoder(ITokenizer tokenizer)
{
    // A character has at most four bytes; a stream that is longer without a whole one is not text.
    const int MostPending = 16;
    const char Replacement = '\uFFFD';

    readonly ITokenizer tokenizer = tokenizer ?? throw new ArgumentNullException(nameof(tokenizer));
    readonly List<int> pending = [];
    int returned;

    /// <summary>The text that is complete with one more token; it may be empty.</summary>
    /// <exception cref="ArgumentException">The token is not of the vocabulary.</exception>
    public string Next(int token)
    {
        pending.Add(token);
        string text = tokenizer.Decode(pending);
        int complete = text.AsSpan().TrimEnd(Replacement).Length;
        if (complete == text.Length || pending.Count >= MostPending)
            return Take(text);
        string next = complete > returned ? text[returned..complete] : "";
        returned = Math.Max(returned, complete);
        return next;
    }

    /// <summary>What is left at the end: the U+FFFD of a character that never was completed, or nothing.</summary>
    public string Flush() => Take(tokenizer.Decode(pending));

    string Take(string text)
    {
        string next = text[Math.Min(returned, text.Length)..];
        pending.Clear();
        returned = 0;
        return next;
    }
}
