using System.Buffers.Binary;
using GraphCompiler.Data;
using GraphCompiler.Tests.Text;
using GraphCompiler.Text;

namespace GraphCompiler.Tests.Data;

public sealed class TokenFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(65536, 2)]
    [InlineData(65537, 4)]
    public void Tokens_are_written_and_read(int vocabularySize, int bytesPerToken)
    {
        Random random = new(1);
        int[] tokens = [.. Enumerable.Range(0, 50_000).Select(_ => random.Next(vocabularySize)), vocabularySize - 1];
        string path = folder.File("tokens.bin");
        TokenFile.Write(path, vocabularySize, tokens);
        Assert.Equal(32 + bytesPerToken * tokens.Length, new FileInfo(path).Length);
        using TokenFile file = TokenFile.Open(path);
        Assert.Equal(tokens.Length, file.Tokens.Count);
        Assert.Equal(vocabularySize, file.Tokens.VocabularySize);
        Assert.Equal(tokens, All(file.Tokens));
        int[] part = new int[1000];
        file.Tokens.Slice(100, 2000).Read(777, part);
        Assert.Equal(tokens[877..1877], part);
    }

    [Fact]
    public void An_empty_file_of_tokens_is_read()
    {
        TokenFile.Write(folder.File("none.bin"), 10, []);
        using TokenFile file = TokenFile.Open(folder.File("none.bin"));
        Assert.Equal(0, file.Tokens.Count);
    }

    [Fact]
    public void Raw_tokens_are_read()
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, 50256);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), 7);
        File.WriteAllBytes(folder.File("train.bin"), bytes);
        using (TokenFile narrow = TokenFile.OpenRaw(folder.File("train.bin"), 2, 50257))
            Assert.Equal([50256, 0, 7, 0], All(narrow.Tokens));
        using (TokenFile wide = TokenFile.OpenRaw(folder.File("train.bin"), 4, 50257))
            Assert.Equal([50256, 7], All(wide.Tokens));
        using TokenFile small = TokenFile.OpenRaw(folder.File("train.bin"), 2, 50256);
        string message = Assert.Throws<InvalidDataException>(() => All(small.Tokens)).Message;
        Assert.Contains("token 0 is 50256", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_encoded_in_blocks_as_it_would_be_at_once()
    {
        Random random = new(2);
        string text = RandomText.Repetitive(random, 3000) + new string(' ', 300) + RandomText.Any(random, 2000);
        BytePairTokenizer tokenizer = BytePairTokenizer.Train([text], 500);
        foreach (int blockLength in new[] { 16, 100, 256, 10_000 })
        {
            using StringReader reader = new(text);
            string[] blocks = [.. TextBlocks.Of(reader, blockLength)];
            Assert.Equal(text, string.Concat(blocks));
            Assert.Equal(tokenizer.Encode(text), blocks.SelectMany(tokenizer.Encode));
        }

        using StringReader whole = new(text);
        TokenFile.Write(folder.File("text.bin"), tokenizer, whole);
        using TokenFile file = TokenFile.Open(folder.File("text.bin"));
        Assert.Equal(tokenizer.Encode(text), All(file.Tokens));
    }

    /// <summary>Text of unknown origin cannot end its document; a text that was joined on purpose can.</summary>
    [Fact]
    public void Names_of_special_tokens_are_text_unless_asked_for()
    {
        BytePairTokenizer tokenizer = BytePairTokenizer.Train(["some words, and some more words"], 300, specialTokens: [BytePairTokenizer.EndOfText]);
        int end = tokenizer.SpecialTokens[BytePairTokenizer.EndOfText];
        string text = "some words" + BytePairTokenizer.EndOfText + "and more" + BytePairTokenizer.EndOfText;
        TokenFile.Write(folder.File("text.bin"), tokenizer, new StringReader(text));
        using (TokenFile file = TokenFile.Open(folder.File("text.bin")))
        {
            Assert.DoesNotContain(end, All(file.Tokens));
            Assert.Equal(text, tokenizer.Decode(All(file.Tokens)));
        }
        TokenFile.Write(folder.File("text.bin"), tokenizer, new StringReader(text), specialTokens: true);
        using TokenFile asked = TokenFile.Open(folder.File("text.bin"));
        Assert.Equal(2, All(asked.Tokens).Count(token => token == end));
        Assert.Equal(tokenizer.Encode(text), All(asked.Tokens));

        // A tokenizer without special tokens has one way only.
        CharacterTokenizer characters = CharacterTokenizer.FromText(text);
        Assert.Equal(characters.Encode(text), ((ITokenizer)characters).EncodeOrdinary(text));
    }

    [Fact]
    public void A_file_that_fails_leaves_the_old_one()
    {
        string path = folder.File("tokens.bin");
        TokenFile.Write(path, 10, [1, 2, 3]);
        Assert.Throws<ArgumentException>(() => TokenFile.Write(path, 10, [1, 10]));
        Assert.Throws<ArgumentException>(() => TokenFile.Write(path, 10, [-1]));
        using TokenFile file = TokenFile.Open(path);
        Assert.Equal([1, 2, 3], All(file.Tokens));
        Assert.Equal(["tokens.bin"], folder.Files);
    }

    [Theory]
    [InlineData(0, "within the header")]
    [InlineData(31, "within the header")]
    [InlineData(33, "promises 3 tokens")]
    [InlineData(37, "promises 3 tokens")]
    [InlineData(39, "promises 3 tokens")]
    public void A_file_of_another_length_is_refused(int length, string complaint)
    {
        byte[] bytes = [.. Good(), 0, 0, 0];
        AssertRefused(bytes[..length], complaint);
    }

    [Theory]
    [InlineData(0, 1, "no token file")]
    [InlineData(8, 2, "version")]
    [InlineData(12, 3, "neither 2 nor 4")]
    [InlineData(12, 4, "promises 3 tokens of 4")]
    [InlineData(16, 2, "promises 2 tokens")]
    [InlineData(16, 0xFF, "promises 255 tokens")]
    [InlineData(23, 0x80, "promises -")]
    [InlineData(22, 0x80, "promises")]
    [InlineData(24, 0, "vocabulary of 0")]
    [InlineData(28, 1, "impossible")]
    public void A_changed_header_is_refused(int at, byte value, string complaint)
    {
        byte[] bytes = Good();
        bytes[at] = value;
        AssertRefused(bytes, complaint);
    }

    [Fact]
    public void A_token_beyond_the_vocabulary_is_refused_when_it_is_read()
    {
        byte[] bytes = Good();
        bytes[34] = 10;
        File.WriteAllBytes(folder.File("tokens.bin"), bytes);
        using TokenFile file = TokenFile.Open(folder.File("tokens.bin"));
        int[] one = new int[1];
        file.Tokens.Read(0, one);
        Assert.Contains("token 1 is 10", Assert.Throws<InvalidDataException>(() => file.Tokens.Read(0, new int[3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disposed_file_is_not_read()
    {
        File.WriteAllBytes(folder.File("tokens.bin"), Good());
        TokenFile file = TokenFile.Open(folder.File("tokens.bin"));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Tokens.Read(0, new int[1]));
    }

    [Fact]
    public void Raw_files_of_no_or_half_a_token_are_refused()
    {
        File.WriteAllBytes(folder.File("empty.bin"), []);
        File.WriteAllBytes(folder.File("odd.bin"), [1, 2, 3]);
        Assert.Throws<InvalidDataException>(() => TokenFile.OpenRaw(folder.File("empty.bin"), 2, 10));
        Assert.Throws<InvalidDataException>(() => TokenFile.OpenRaw(folder.File("odd.bin"), 2, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenFile.OpenRaw(folder.File("odd.bin"), 3, 10));
        Assert.Throws<FileNotFoundException>(() => TokenFile.Open(folder.File("missing.bin")));
    }

    byte[] Good()
    {
        TokenFile.Write(folder.File("good.bin"), 10, [1, 2, 3]);
        return File.ReadAllBytes(folder.File("good.bin"));
    }

    void AssertRefused(byte[] bytes, string complaint)
    {
        File.WriteAllBytes(folder.File("bad.bin"), bytes);
        string message = Assert.Throws<InvalidDataException>(() => TokenFile.Open(folder.File("bad.bin"))).Message;
        Assert.Contains(complaint, message, StringComparison.Ordinal);
        Assert.Contains("bad.bin", message, StringComparison.Ordinal);
    }

    static int[] All(TokenSequence tokens)
    {
        int[] all = new int[tokens.Count];
        tokens.Read(0, all);
        return all;
    }
}
