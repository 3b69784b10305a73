using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using GraphCompiler.Checkpoints;
using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests;
using GraphCompiler.Tests.Reference;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>A GPT-2 reads files as Hugging Face's library writes them, with what such files hold besides the weights.</summary>
public sealed class HuggingFaceFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ReferenceFile reference = new("tiny_gpt2");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_of_weights_alone()
    {
        WriteFile("", withBuffers: false);
        using TinyGpt2 model = new();
        model.Load(folder.File("model.safetensors"));
        AssertIsTheReference(model);
    }

    [Fact]
    public void A_file_with_masks_and_a_prefix()
    {
        WriteFile("transformer.", withBuffers: true);
        using TinyGpt2 model = new();
        SafetensorsException strict = Assert.Throws<SafetensorsException>(
            () => model.Load(folder.File("model.safetensors"), new LoadOptions { Prefix = "transformer." }));
        Assert.Contains("unexpected 'lm_head.weight', 'transformer.h.0.attn.bias'", strict.Message, StringComparison.Ordinal);
        model.Load(folder.File("model.safetensors"), new LoadOptions { Prefix = "transformer.", IgnoreOthers = true });
        AssertIsTheReference(model);
    }

    [Fact]
    public void What_is_saved_has_the_same_names()
    {
        using TinyGpt2 first = new(1), second = new(2);
        first.Save(folder.File("saved.safetensors"));
        second.Load(folder.File("saved.safetensors"));
        Numbers.AssertSameBits(first.AllValues(), second.AllValues(), "parameters");
        Assert.Equal(reference.Names("parameters/").Order(), first.Parameters.Select(parameter => parameter.Name).Order());
    }

    void AssertIsTheReference(TinyGpt2 model)
    {
        foreach (ModelParameter parameter in model.Parameters)
            Numbers.AssertSameBits(reference.Row("parameters/" + parameter.Name, 0), parameter.Values, parameter.Name);
        float[] logits = new float[3 * 7 * TinyGpt2.Vocabulary];
        model.Logits(reference.Integers("inputs/ids", 0), 3, logits);
        Numbers.AssertClose(reference.Row("outputs/logits", 0), logits, 2e-6, "logits");
    }

    void WriteFile(string prefix, bool withBuffers)
    {
        List<(string Name, string Type, int[] Shape, byte[] Bytes)> tensors = [];
        using TinyGpt2 shapes = new();
        foreach (ModelParameter parameter in shapes.Parameters)
            tensors.Add((prefix + parameter.Name, "F32", [.. parameter.Shape], Bytes(reference.Row("parameters/" + parameter.Name, 0))));
        if (withBuffers)
        {
            for (int layer = 0; layer < 2; layer++)
            {
                tensors.Add(($"{prefix}h.{layer}.attn.bias", "BOOL", [1, 1, 12, 12], new byte[144]));
                tensors.Add(($"{prefix}h.{layer}.attn.masked_bias", "F32", [], Bytes([-1e4f])));
            }
            tensors.Add(("lm_head.weight", "F32", [TinyGpt2.Vocabulary, TinyGpt2.Width], Bytes(reference.Row("parameters/wte.weight", 0))));
        }
        int place = 0;
        List<string> entries = ["\"__metadata__\":{\"format\":\"pt\"}"];
        foreach (var (name, type, shape, bytes) in tensors)
        {
            entries.Add($"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(",", shape)}],\"data_offsets\":[{place},{place + bytes.Length}]}}");
            place += bytes.Length;
        }
        byte[] header = Encoding.UTF8.GetBytes("{" + string.Join(",", entries) + "}");
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(folder.File("model.safetensors"), [.. length, .. header, .. tensors.SelectMany(tensor => tensor.Bytes)]);
    }

    static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();
}
