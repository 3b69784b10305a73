// A block ends before a white space character that follows one that is none. There every tokenizer here has a boundary
// and encodes what is before it without looking at what comes after (a GPT-2 piece has white space at its start only),
// so the blocks' tokens, one after the other, are those of the whole text.

namespace GraphCompiler.Data;

static class TextBlocks
{
    const int BlockLength = 1 << 18;

    /// <summary>A text in blocks, none of which is empty.</summary>
    public static IEnumerable<string> Of(TextReader text, int blockLength = BlockLength)
    {
        char[] buffer = new char[blockLength];
        int used = 0;
        while (true)
        {
            int read = text.ReadBlock(buffer, used, buffer.Length - used);
            used += read;
            if (used < buffer.Length)
                break;

            int end = LastBoundary(buffer);
            if (end == 0)
            {
                Array.Resize(ref buffer, checked(2 * buffer.Length));
                continue;
            }

            yield return new string(buffer, 0, end);
            buffer.AsSpan(end, used - end).CopyTo(buffer);
            used -= end;
        }

        if (used > 0)
            yield return new string(buffer, 0, used);
    }

    static int LastBoundary(ReadOnlySpan<char> text)
    {
        for (int i = text.Length - 1; i > 0; i--)
        {
            if (char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1]))
                return i;
        }

        return 0;
    }
}
