using System.Text;
using GraphCompiler.Text;

namespace GraphCompiler.Tests.Text;

public class BytePairTokenizerTests
{
    // "low low low low low lower lower newest newest newest newest newest newest": the example of Sennrich et al.,
    // "Neural machine translation of rare words with subword units", 2016, with a space where they mark a word's end.
    const string Example = "low low low low low lower lower newest newest newest newest newest newest widest widest widest";

    [Fact]
    public void Training_makes_the_merges_worked_out_by_hand()
    {
        // Counts: es 9, st 9, we 8 (2 lower, 6 newest), "lo" 7, "ow" 7, "ne" 6, " n" 6 ... Of es and st the first is the
        // one whose left token has the lower number: e (68) before s (82).
        BytePairTokenizer tokenizer = BytePairTokenizer.Train([Example], 256 + 4);
        Assert.Equal(["es", "est", "lo", "low"], Enumerable.Range(256, 4).Select(token => tokenizer.Decode([token])));

        // "lowest": l o w es t, then est, then lo, then low.
        Assert.Equal([259, 257], tokenizer.Encode("lowest"));
        Assert.Equal("lowest", tokenizer.Decode([259, 257]));
    }

    [Fact]
    public void Bytes_are_numbered_as_by_GPT2()
    {
        BytePairTokenizer tokenizer = BytePairTokenizer.Train([], 256 + 1, [BytePairTokenizer.EndOfText]);
        Assert.Equal([0, 32, 93, 187, 220, 198, 188, 255], tokenizer.Encode("!A~").Concat(tokenizer.EncodeBytes([0xFF, (byte)' ', (byte)'\n', 0, 0xAD])));
        Assert.Equal(256, tokenizer.SpecialTokens[BytePairTokenizer.EndOfText]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 5)]
    [InlineData(4, 1)]
    public void Training_and_encoding_agree_with_the_definition(int seed, int minimumFrequency)
    {
        Random random = new(seed);
        string text = RandomText.Repetitive(random, 1500) + new string('a', 60) + string.Concat(Enumerable.Repeat("ab", 40));
        BytePairTokenizer tokenizer = BytePairTokenizer.Train([text], 256 + 120, minimumFrequency: minimumFrequency);
        List<(string Left, string Right)> merges = ReferenceBytePairs.Train(text, 120, minimumFrequency);
        Assert.Equal(merges.Count, tokenizer.MergeCount);
        Assert.Equal(
            merges.Select(pair => pair.Left + pair.Right),
            Enumerable.Range(256, merges.Count).Select(token => ByteAlphabet.Write(tokenizer.DecodeBytes([token]))));

        foreach (string other in new[] { text, RandomText.Repetitive(random, 400), "aaaaaaa", new string('a', 333) + "b" })
        {
            Assert.Equal(
                ReferenceBytePairs.Encode(other, merges),
                tokenizer.Encode(other).Select(token => ByteAlphabet.Write(tokenizer.DecodeBytes([token]))));
        }
    }

    [Fact]
    public void Training_does_not_depend_on_the_documents_order()
    {
        Random random = new(5);
        string[] documents = [.. Enumerable.Range(0, 20).Select(_ => RandomText.Repetitive(random, 200))];
        BytePairTokenizer tokenizer = BytePairTokenizer.Train(documents, 400);
        BytePairTokenizer other = BytePairTokenizer.Train(documents.Reverse(), 400);
        Assert.Equal(400, tokenizer.VocabularySize);
        Assert.All(Enumerable.Range(0, 400), token => Assert.Equal(tokenizer.DecodeBytes([token]), other.DecodeBytes([token])));
    }

    [Fact]
    public void Every_text_and_all_bytes_come_back()
    {
        Random random = new(6);
        BytePairTokenizer tokenizer = BytePairTokenizer.Train(
            Enumerable.Range(0, 20).Select(_ => RandomText.Any(random, 300)), 700, [BytePairTokenizer.EndOfText], 1);
        for (int round = 0; round < 200; round++)
        {
            string text = RandomText.Any(random, random.Next(200));
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
            Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeOrdinary(text)));
            Assert.Equal(tokenizer.EncodeOrdinary(text), tokenizer.EncodeBytes(Encoding.UTF8.GetBytes(text)));

            byte[] bytes = new byte[random.Next(100)];
            random.NextBytes(bytes);
            Assert.Equal(bytes, tokenizer.DecodeBytes(tokenizer.EncodeBytes(bytes)));
        }
    }

    [Fact]
    public void Special_tokens_are_recognised_the_longest_first_or_not_at_all()
    {
        BytePairTokenizer tokenizer = BytePairTokenizer.Train(["<|x|> end of <|x|> text"], 300, ["<|x|>", "<|x|><|y|>"]);
        int x = tokenizer.SpecialTokens["<|x|>"], xy = tokenizer.SpecialTokens["<|x|><|y|>"];
        Assert.Equal([x, .. tokenizer.Encode("a"), xy, x], tokenizer.Encode("<|x|>a<|x|><|y|><|x|>"));
        Assert.Equal("<|x|>a<|x|><|y|>", tokenizer.Decode([x, .. tokenizer.Encode("a"), xy]));
        Assert.DoesNotContain(x, tokenizer.EncodeOrdinary("<|x|>"));
        Assert.Equal("<|x|>", tokenizer.Decode(tokenizer.EncodeOrdinary("<|x|>")));

        // Training has not looked into the special token: no pair of its letters was merged.
        Assert.DoesNotContain("<|", Enumerable.Range(256, tokenizer.MergeCount).Select(token => tokenizer.Decode([token])));
    }

    [Fact]
    public void A_megabyte_without_a_break_is_encoded_in_reasonable_time()
    {
        BytePairTokenizer tokenizer = BytePairTokenizer.Train([new string('a', 4096)], 256 + 12, minimumFrequency: 1);
        string text = new('a', 1_000_000);
        IReadOnlyList<int> tokens = tokenizer.Encode(text);
        Assert.Equal(text, tokenizer.Decode(tokens));
        Assert.True(tokens.Count <= 1_000_000 / 4096 + 12);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BytePairTokenizer.Train([], 255));
        Assert.Throws<ArgumentOutOfRangeException>(() => BytePairTokenizer.Train([], 256, ["x"]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BytePairTokenizer.Train([], 256, minimumFrequency: 0));
        Assert.Throws<ArgumentException>(() => BytePairTokenizer.Train([], 300, ["<x>", "<x>"]));
        Assert.Throws<ArgumentException>(() => BytePairTokenizer.Train([], 300, [""]));
        Assert.Throws<ArgumentException>(() => BytePairTokenizer.Train([], 300, ["a"]));
        BytePairTokenizer tokenizer = BytePairTokenizer.Train([], 256);
        Assert.Throws<ArgumentException>(() => tokenizer.Decode([256]));
        Assert.Throws<ArgumentException>(() => tokenizer.DecodeBytes([-1]));
    }
}
