using GraphCompiler.Text;

namespace GraphCompiler.Tests.Text;

public class CharacterTokenizerTests
{
    [Fact]
    public void Tokens_are_numbered_in_the_order_of_the_characters()
    {
        CharacterTokenizer tokenizer = CharacterTokenizer.FromText("hello 😀 world\n");
        Assert.Equal("\n dehlorw😀", tokenizer.Alphabet);
        Assert.Equal(10, tokenizer.VocabularySize);
        Assert.Equal([4, 3, 5, 5, 6, 9, 0], tokenizer.Encode("hello😀\n"));
        Assert.Equal("hello😀\n", tokenizer.Decode([4, 3, 5, 5, 6, 9, 0]));
    }

    [Fact]
    public void Every_text_of_the_alphabet_comes_back()
    {
        Random random = new(3);
        for (int round = 0; round < 50; round++)
        {
            string text = RandomText.Any(random, 1 + random.Next(200));
            CharacterTokenizer tokenizer = CharacterTokenizer.FromText(text);
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
            Assert.Equal(tokenizer.Encode(text), new CharacterTokenizer(tokenizer.Alphabet).Encode(text));
        }
    }

    [Fact]
    public void What_is_not_of_the_vocabulary_is_named()
    {
        CharacterTokenizer tokenizer = new("abc");
        Assert.Contains("no 'd' (U+0064), at position 2", Assert.Throws<ArgumentException>(() => tokenizer.Encode("abd")).Message, StringComparison.Ordinal);
        Assert.Contains("U+000A", Assert.Throws<ArgumentException>(() => tokenizer.Encode("a\n")).Message, StringComparison.Ordinal);
        Assert.Contains("Token 3", Assert.Throws<ArgumentException>(() => tokenizer.Decode([0, 3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => tokenizer.Decode([-1]));
        Assert.Throws<ArgumentException>(() => new CharacterTokenizer("aba"));
        Assert.Throws<ArgumentException>(() => new CharacterTokenizer(""));
    }
}
