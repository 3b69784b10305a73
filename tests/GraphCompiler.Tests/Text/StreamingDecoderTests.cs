using GraphCompiler.Text;

namespace GraphCompiler.Tests.Text;

public class StreamingDecoderTests
{
    static readonly BytePairTokenizer Bytes = BytePairTokenizer.Train([], 256);

    [Fact]
    public void Characters_come_out_when_they_are_complete()
    {
        StreamingDecoder decoder = new(Bytes);
        Assert.Equal(["a", "", "é", "", "", "", "😀", "b"], Bytes.Encode("aé😀b").Select(decoder.Next));
        Assert.Equal("", decoder.Flush());
    }

    [Fact]
    public void Together_the_parts_are_the_text_of_any_tokens()
    {
        Random random = new(1);
        for (int round = 0; round < 300; round++)
        {
            // Text with bytes that are none, in tokens of one byte: every cut there is.
            byte[] bytes = [.. System.Text.Encoding.UTF8.GetBytes(RandomText.Any(random, 20)), .. new byte[random.Next(8)]];
            for (int i = random.Next(4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            IReadOnlyList<int> tokens = Bytes.EncodeBytes(bytes);
            StreamingDecoder decoder = new(Bytes);
            string streamed = string.Concat(tokens.Select(decoder.Next)) + decoder.Flush();
            Assert.Equal(Bytes.Decode(tokens), streamed);
        }
    }
}
