using GraphCompiler.Text;

namespace GraphCompiler.Tests.Text;

public class PreTokenizerTests
{
    // The pieces of the last five were computed with Python's regex module and GPT-2's expression.
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("Hello world", new[] { "Hello", " world" })]
    [InlineData("we've  won 123abc!!", new[] { "we", "'ve", " ", " won", " 123", "abc", "!!" })]
    [InlineData("it's I'LL", new[] { "it", "'s", " I", "'", "LL" })]
    [InlineData(" \n\n x\t\ty  ", new[] { " \n\n", " x", "\t", "\t", "y", "  " })]
    [InlineData("𝐀𝐁c 𠀀𠀁", new[] { "𝐀𝐁c", " 𠀀𠀁" })]
    [InlineData("ok 😀😀x", new[] { "ok", " 😀😀", "x" })]
    [InlineData("𝟏𝟐½ Ⅷ", new[] { "𝟏𝟐½", " Ⅷ" })]
    [InlineData("a\u3000\u00A0b\u200Bc", new[] { "a", "\u3000", "\u00A0", "b", "\u200B", "c" })]
    [InlineData("naïve e\u0301t\u0301", new[] { "naïve", " e", "\u0301", "t", "\u0301" })]
    public void Known_texts_are_cut_as_by_GPT2(string text, string[] pieces) => Assert.Equal(pieces, Cut(text));

    [Fact]
    public void Any_text_below_the_surrogates_is_cut_as_by_the_regular_expression()
    {
        Random random = new(1);
        for (int round = 0; round < 500; round++)
        {
            string text = RandomText.Repetitive(random, random.Next(60));
            Assert.Equal(ReferenceBytePairs.Pieces(text), Cut(text));
        }
    }

    [Fact]
    public void The_pieces_of_any_text_are_the_text()
    {
        Random random = new(2);
        for (int round = 0; round < 200; round++)
        {
            string text = RandomText.Any(random, random.Next(100));
            List<string> pieces = Cut(text);
            Assert.Equal(text, string.Concat(pieces));
            Assert.DoesNotContain("", pieces);
        }
    }

    static List<string> Cut(string text)
    {
        List<string> pieces = [];
        PreTokenizer tokenizer = new(text);
        while (tokenizer.MoveNext())
            pieces.Add(tokenizer.Current.ToString());
        return pieces;
    }
}
