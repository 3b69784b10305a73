using System.Text;

namespace GraphCompiler.LlamaComparison;

/// <summary>The formats of llama.cpp's weights that are measured: blocks of 32 numbers with a scale in half precision.</summary>
internal enum GgufType : uint
{
    F32 = 0,
    Q4_0 = 2,
    Q8_0 = 8,
}

/// <summary>
/// Writes a GPT-2 of random weights as llama.cpp reads it (GGUF, version 3: a header, metadata, a list of tensors, their data from a multiple of 32 bytes on).
/// What the numbers are does not matter for how long they take, so blocks are drawn as they lie in the file.
/// </summary>
internal static class GgufFile
{
    const int Alignment = 32, Block = 32;
    const uint UInt32 = 4, Float32 = 6, Text = 8, Array = 9;

    public static void WriteGpt2(string path, GgufType weights)
    {
        var tensors = Tensors(weights).ToList();
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        WriteMetadata(writer);
        ulong offset = 0;
        foreach (var (name, sizes, type) in tensors)
        {
            WriteText(writer, name);
            writer.Write((uint)sizes.Length);
            foreach (int size in sizes)
                writer.Write((ulong)size);
            writer.Write((uint)type);
            writer.Write(offset);
            offset += (ulong)Aligned(Bytes(sizes, type));
        }
        Pad(writer);
        var random = new Random(1);
        foreach (var (_, sizes, type) in tensors)
        {
            WriteNumbers(writer, random, sizes.Aggregate(1, (count, size) => count * size), type);
            Pad(writer);
        }
    }

    /// <summary>The tensors that llama.cpp asks of the architecture, with the size of rows first.</summary>
    static IEnumerable<(string Name, int[] Sizes, GgufType Type)> Tensors(GgufType weights)
    {
        const int width = Gpt2Sizes.Width;
        yield return ("token_embd.weight", [width, Gpt2Sizes.Vocabulary], weights);
        yield return ("position_embd.weight", [width, Gpt2Sizes.Context], GgufType.F32);
        yield return ("output_norm.weight", [width], GgufType.F32);
        yield return ("output_norm.bias", [width], GgufType.F32);
        for (int layer = 0; layer < Gpt2Sizes.Layers; layer++)
        {
            foreach (var (name, from, to) in new[] { ("attn_qkv", width, 3 * width), ("attn_output", width, width), ("ffn_up", width, 4 * width), ("ffn_down", 4 * width, width) })
            {
                yield return ($"blk.{layer}.{name}.weight", [from, to], weights);
                yield return ($"blk.{layer}.{name}.bias", [to], GgufType.F32);
            }
            foreach (string norm in new[] { "attn_norm", "ffn_norm" })
            {
                yield return ($"blk.{layer}.{norm}.weight", [width], GgufType.F32);
                yield return ($"blk.{layer}.{norm}.bias", [width], GgufType.F32);
            }
        }
    }

    static void WriteMetadata(BinaryWriter writer)
    {
        var numbers = new (string Key, uint Value)[]
        {
            ("gpt2.context_length", Gpt2Sizes.Context), ("gpt2.embedding_length", Gpt2Sizes.Width), ("gpt2.feed_forward_length", 4 * Gpt2Sizes.Width),
            ("gpt2.block_count", Gpt2Sizes.Layers), ("gpt2.attention.head_count", Gpt2Sizes.Heads), ("tokenizer.ggml.bos_token_id", Gpt2Sizes.Vocabulary - 1),
            ("tokenizer.ggml.eos_token_id", Gpt2Sizes.Vocabulary - 1),
        };
        writer.Write((ulong)(numbers.Length + 6));
        WriteKey(writer, "general.architecture", Text);
        WriteText(writer, "gpt2");
        foreach (var (key, value) in numbers)
        {
            WriteKey(writer, key, UInt32);
            writer.Write(value);
        }
        WriteKey(writer, "gpt2.attention.layer_norm_epsilon", Float32);
        writer.Write(1e-5f);
        WriteKey(writer, "tokenizer.ggml.model", Text);
        WriteText(writer, "gpt2");
        WriteKey(writer, "tokenizer.ggml.pre", Text);
        WriteText(writer, "gpt-2");
        WriteTexts(writer, "tokenizer.ggml.tokens", [.. Enumerable.Range(0, Gpt2Sizes.Vocabulary).Select(TokenOf)]);
        WriteTexts(writer, "tokenizer.ggml.merges", ["a b"]);
    }

    /// <summary>Bytes as GPT-2 writes them, so that any text has tokens; the others are never met.</summary>
    static string TokenOf(int token) => token < 256 ? ((char)(token is > 32 and < 127 or > 160 and not 173 ? token : 256 + token)).ToString() : $"token{token}";

    static void WriteNumbers(BinaryWriter writer, Random random, int count, GgufType type)
    {
        if (type == GgufType.F32)
        {
            for (int i = 0; i < count; i++)
                writer.Write((float)(random.NextDouble() - 0.5) * 0.1f);
            return;
        }
        byte[] block = new byte[type == GgufType.Q8_0 ? Block : Block / 2];
        for (int i = 0; i < count; i += Block)
        {
            writer.Write(BitConverter.HalfToUInt16Bits((Half)(type == GgufType.Q8_0 ? 0.0003f : 0.005f)));
            random.NextBytes(block);
            writer.Write(block);
        }
    }

    static long Bytes(int[] sizes, GgufType type)
    {
        long count = sizes.Aggregate(1L, (product, size) => product * size);
        return type switch
        {
            GgufType.Q8_0 => count / Block * (2 + Block),
            GgufType.Q4_0 => count / Block * (2 + Block / 2),
            _ => 4 * count,
        };
    }

    static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    static void Pad(BinaryWriter writer)
    {
        writer.Flush();
        long position = writer.BaseStream.Position;
        writer.Write(new byte[Aligned(position) - position]);
    }

    static void WriteKey(BinaryWriter writer, string key, uint type)
    {
        WriteText(writer, key);
        writer.Write(type);
    }

    static void WriteTexts(BinaryWriter writer, string key, string[] texts)
    {
        WriteKey(writer, key, Array);
        writer.Write(Text);
        writer.Write((ulong)texts.Length);
        foreach (string text in texts)
            WriteText(writer, text);
    }

    static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
