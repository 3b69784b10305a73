using GraphCompiler.Text;

namespace GraphCompiler.Tests.Text;

public sealed class BytePairFileTests : IDisposable
{
    // The vocabulary of the test of Hugging Face's GPT-2 tokenizer, whose answer is below.
    const string SmallVocabulary = """
        {"l":0,"o":1,"w":2,"e":3,"r":4,"s":5,"t":6,"i":7,"d":8,"n":9,"Ġ":10,"\u0120l":11,"\u0120n":12,"\u0120lo":13,
         "\u0120low":14,"er":15,"\u0120lowest":16,"\u0120newer":17,"\u0120wider":18,"<unk>":19,"<|endoftext|>":20}
        """;

    const string SmallMerges = "#version: 0.2\nĠ l\nĠl o\nĠlo w\ne r\n";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_small_vocabulary_is_read()
    {
        BytePairTokenizer tokenizer = Load(SmallVocabulary, SmallMerges);
        Assert.Equal(21, tokenizer.VocabularySize);
        Assert.Equal([0, 1, 2, 15, 10, 9, 3, 2, 15], tokenizer.Encode("lower newer"));
        Assert.Equal([14, 15, 20, 14], tokenizer.Encode(" lower<|endoftext|> low"));
        Assert.Equal(" lowest<unk>", tokenizer.Decode([16, 19]));
        string message = Assert.Throws<ArgumentException>(() => tokenizer.Encode("low!")).Message;
        Assert.Contains("0x21", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Special_tokens_are_named_or_added()
    {
        BytePairTokenizer tokenizer = BytePairTokenizer.Load(
            Written("vocab.json", SmallVocabulary), Written("merges.txt", SmallMerges), ["<unk>", "<pad>"]);
        Assert.Equal(22, tokenizer.VocabularySize);
        Assert.Equal([19, 21, 0], tokenizer.Encode("<unk><pad>l"));
    }

    [Fact]
    public void What_was_saved_is_read_back()
    {
        Random random = new(1);
        string text = RandomText.Repetitive(random, 2000);
        BytePairTokenizer tokenizer = BytePairTokenizer.Train([text], 400, ["<|endoftext|>", "a b \" special\n"]);
        tokenizer.Save(folder.File("vocab.json"), folder.File("merges.txt"));
        BytePairTokenizer read = BytePairTokenizer.Load(
            folder.File("vocab.json"), folder.File("merges.txt"), ["<|endoftext|>", "a b \" special\n"]);
        Assert.Equal(tokenizer.VocabularySize, read.VocabularySize);
        Assert.Equal(tokenizer.SpecialTokens, read.SpecialTokens);
        string other = text + "<|endoftext|>" + RandomText.Any(random, 500) + "a b \" special\n!";
        Assert.Equal(tokenizer.Encode(other), read.Encode(other));
        Assert.Equal(["merges.txt", "vocab.json"], folder.Files);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{}", "empty")]
    [InlineData("{\"a\":0", "not JSON")]
    [InlineData("{\"a\":0} x", "not JSON")]
    [InlineData("{\"a\":0}{", "not JSON")]
    [InlineData("{\"a\":\"0\"}", "not a whole number")]
    [InlineData("{\"a\":0.5}", "not a whole number")]
    [InlineData("{\"a\":99999999999}", "not a whole number")]
    [InlineData("{\"a\":{\"b\":0}}", "not a whole number")]
    [InlineData("{\"a\":0,\"a\":1}", "twice")]
    [InlineData("{\"a\":0,\"b\":0}", "two tokens")]
    [InlineData("{\"a\":-1}", "is -1")]
    [InlineData("{\"a\":2147483647}", "is 2147483647")]
    [InlineData("{\"a b\":0}", "alphabet of bytes")]
    [InlineData("{\"\":0}", "alphabet of bytes")]
    [InlineData("{\"\\uD800\":0}", "not JSON")]
    [InlineData("{\"中\":0}", "alphabet of bytes")]
    public void A_malformed_vocabulary_is_refused(string vocabulary, string complaint) =>
        AssertRefused(vocabulary, "", complaint);

    [Theory]
    [InlineData("l\n", "not two tokens")]
    [InlineData("l o w\n", "not two tokens")]
    [InlineData("l  o\n", "not two tokens")]
    [InlineData(" l\n", "not two tokens")]
    [InlineData("l x\n", "no token 'x'")]
    [InlineData("l o\n", "no token 'lo'")]
    [InlineData("e r\ne r\n", "twice")]
    [InlineData("Ġl o\n", "neither a byte nor the result")]
    public void Malformed_merges_are_refused(string merges, string complaint) =>
        AssertRefused(SmallVocabulary, merges, complaint);

    [Fact]
    public void Random_files_are_refused_with_a_message()
    {
        Random random = new(7);
        for (int round = 0; round < 300; round++)
        {
            byte[] vocabulary = System.Text.Encoding.UTF8.GetBytes(SmallVocabulary);
            byte[] merges = System.Text.Encoding.UTF8.GetBytes(SmallMerges);
            byte[] changed = random.Next(2) == 0 ? vocabulary : merges;
            for (int i = 0; i < 3; i++)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(folder.File("vocab.json"), vocabulary[..random.Next(vocabulary.Length * 2 / 3, vocabulary.Length + 1)]);
            File.WriteAllBytes(folder.File("merges.txt"), merges);
            try
            {
                BytePairTokenizer.Load(folder.File("vocab.json"), folder.File("merges.txt")).Decode([0]);
            }
            catch (InvalidDataException refused)
            {
                Assert.Contains(folder.File(""), refused.Message, StringComparison.Ordinal);
            }
        }
    }

    void AssertRefused(string vocabulary, string merges, string complaint)
    {
        string message = Assert.Throws<InvalidDataException>(() => Load(vocabulary, merges)).Message;
        Assert.Contains(complaint, message, StringComparison.Ordinal);
    }

    BytePairTokenizer Load(string vocabulary, string merges) =>
        BytePairTokenizer.Load(Written("vocab.json", vocabulary), Written("merges.txt", merges));

    string Written(string name, string content)
    {
        File.WriteAllText(folder.File(name), content);
        return folder.File(name);
    }
}
