using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using GraphCompiler.Runtime;

namespace GraphCompiler.Tests.Checkpoints;

public sealed class ModelFileTests : IDisposable
{
    static readonly (string, int[])[] Parameters = [("hidden.weight", [3, 5]), ("hidden.bias", [3]), ("gain", []), ("empty", [0, 4])];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static TestModel Model(ulong seed = 1) => new(TestModel.LayoutOf(Parameters), seed);

    [Fact]
    public void Loads_what_it_saved_bit_for_bit()
    {
        using TestModel saved = Model(1), loaded = Model(2);
        saved.Parameters[0].Values[0] = BitConverter.UInt32BitsToSingle(0x7FC12345);
        saved.Parameters[0].Values[1] = -0f;
        saved.Parameters[0].Values[2] = float.Epsilon;
        saved.Parameters[0].Values[3] = float.NegativeInfinity;
        saved.Save(folder.File("model.safetensors"));
        loaded.Load(folder.File("model.safetensors"));

        Assert.Equal(Bits(saved), Bits(loaded));
        Assert.Equal(["model.safetensors"], folder.Files);
    }

    [Fact]
    public void The_file_is_what_the_format_asks_for()
    {
        using TestModel model = Model();
        model.Save(folder.File("model.safetensors"));
        byte[] file = File.ReadAllBytes(folder.File("model.safetensors"));

        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, headerLength % 8);
        Assert.Equal((byte)'{', file[8]);
        JsonElement header = JsonDocument.Parse(file.AsMemory(8, headerLength)).RootElement;
        Assert.Equal("pt", header.GetProperty("__metadata__").GetProperty("format").GetString());
        Assert.Equal(8 + headerLength + 19 * 4, file.Length);

        foreach (ModelParameter parameter in model.Parameters)
        {
            JsonElement tensor = header.GetProperty(parameter.Name);
            Assert.Equal("F32", tensor.GetProperty("dtype").GetString());
            Assert.Equal(parameter.Shape, tensor.GetProperty("shape").EnumerateArray().Select(length => length.GetInt32()));
            int begin = tensor.GetProperty("data_offsets")[0].GetInt32(), end = tensor.GetProperty("data_offsets")[1].GetInt32();
            Assert.Equal(parameter.Count * 4, end - begin);
            for (int index = 0; index < parameter.Count; index++)
                Assert.Equal(parameter.Values[index], BinaryPrimitives.ReadSingleLittleEndian(file.AsSpan(8 + headerLength + begin + 4 * index)));
        }
    }

    [Fact]
    public void Loads_files_in_another_order_with_padding_and_metadata()
    {
        const string header = """
            {"hidden.bias":{"shape":[3],"data_offsets":[4,16],"dtype":"F32"}, "__metadata__":{"a":"b","c":""},
             "empty":{"dtype":"F32","shape":[0,4],"data_offsets":[16,16]},
             "hidden.weight":{"dtype":"F32","shape":[3,5],"data_offsets":[16,76]},
             "g\u0061in":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}
            """;
        byte[] data = new byte[76];
        for (int index = 0; index < 19; index++)
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4 * index), index);
        File.WriteAllBytes(folder.File("m"), SafetensorsBytes.File(Encoding.UTF8.GetBytes(header + "   \n"), data));

        using TestModel model = Model();
        model.Load(folder.File("m"));
        Assert.Equal([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 1, 2, 3, 0], model.Values());
    }

    [Fact]
    public void Names_that_json_must_escape_come_back()
    {
        ModelLayout layout = TestModel.LayoutOf(("a\"b\\c\n\u0001é漢😀", [2]), ("__metadata", [1]));
        using TestModel saved = new(layout, 1), loaded = new(layout, 2);
        saved.Save(folder.File("m"));
        loaded.Load(folder.File("m"));
        Assert.Equal(Bits(saved), Bits(loaded));
    }

    [Fact]
    public void Saving_replaces_the_old_file_only_when_the_new_one_is_whole()
    {
        using TestModel model = Model();
        string path = folder.File("model.safetensors");
        File.WriteAllText(path, "old");
        model.Save(path);
        Assert.True(new FileInfo(path).Length > 76);
        Assert.Equal(["model.safetensors"], folder.Files);

        // The rename fails on a folder: the temporary file must be gone.
        Directory.CreateDirectory(folder.File("taken"));
        Assert.ThrowsAny<Exception>(() => model.Save(folder.File("taken")));
        Assert.Equal(["model.safetensors"], folder.Files);
        Assert.Throws<DirectoryNotFoundException>(() => model.Save(Path.Combine(folder.File("absent"), "m")));
    }

    [Fact]
    public void A_missing_file_is_an_ordinary_error()
    {
        using TestModel model = Model();
        Assert.Throws<FileNotFoundException>(() => model.Load(folder.File("absent")));
        Assert.Throws<ArgumentException>(() => model.Load(""));
        Assert.Throws<ArgumentNullException>(() => model.Save(null!));
    }

    static uint[] Bits(TestModel model) => [.. model.Values().Select(BitConverter.SingleToUInt32Bits)];
}
