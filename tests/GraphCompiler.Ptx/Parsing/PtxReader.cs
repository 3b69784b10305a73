namespace GraphCompiler.Ptx.Parsing;

/// <summary>Goes through a text, over blanks and comments, and knows the line.</summary>
sealed class PtxReader(string text)
{
    int at;

    public int Line { get; private set; } = 1;

    /// <summary>Goes to the next character that is no blank and in no comment; 0 at the end.</summary>
    public char Peek()
    {
        while (at < text.Length)
        {
            if (text[at] == '/' && at + 1 < text.Length && text[at + 1] is '/' or '*')
                SkipComment();
            else if (char.IsWhiteSpace(text[at]))
                Advance();
            else
                return text[at];
        }
        return '\0';
    }

    void SkipComment()
    {
        if (text[at + 1] == '/')
        {
            while (at < text.Length && text[at] != '\n')
                at++;
            return;
        }
        int begun = Line;
        int end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
        if (end < 0)
            throw PtxFault.InText(begun, "/*", "the comment has no end.");
        while (at < end + 2)
            Advance();
    }

    void Advance()
    {
        if (text[at++] == '\n')
            Line++;
    }

    public bool TryTake(char character)
    {
        if (Peek() != character)
            return false;
        at++;
        return true;
    }

    public void Take(char character)
    {
        if (!TryTake(character))
            throw PtxFault.InText(Line, Rest(), $"expected '{character}'.");
    }

    /// <summary>A word: letters, digits and what names and directives have besides.</summary>
    public string Word()
    {
        if (Peek() == '\0')
            throw PtxFault.InText(Line, "", "the text ends within a declaration.");
        int begun = at;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$' or '%' or '.'))
            at++;
        if (at == begun)
            throw PtxFault.InText(Line, Rest(), "expected a name.");
        return text[begun..at];
    }

    /// <summary>A label: a name and ':'; null if there is none.</summary>
    public string? Label()
    {
        Peek();
        int end = at;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '$' or '%'))
            end++;
        if (end == at || end == text.Length || text[end] != ':')
            return null;
        string label = text[at..end];
        at = end + 1;
        return label;
    }

    /// <summary>Everything up to ';', with blanks made one.</summary>
    public string Statement()
    {
        int begun = at, line = Line;
        while (at < text.Length && text[at] != ';')
            Advance();
        if (at == text.Length)
            throw PtxFault.InText(line, text[begun..], "the statement has no end.");
        string statement = text[begun..at++];
        return string.Join(' ', statement.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The rest of the line.</summary>
    public string Rest()
    {
        int end = text.IndexOf('\n', at);
        string rest = end < 0 ? text[at..] : text[at..end];
        at += rest.Length;
        return rest.Trim();
    }
}
