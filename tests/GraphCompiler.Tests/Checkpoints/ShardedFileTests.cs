using System.Text;

namespace GraphCompiler.Tests.Checkpoints;

/// <summary>Weights in several files with an index, and folders of them.</summary>
public sealed class ShardedFileTests : IDisposable
{
    const string Index = "model.safetensors.index.json";

    readonly TemporaryFolder folder = new();
    readonly TestModel model = new(TestModel.LayoutOf(("a", [2]), ("b", [3])), seed: 9);

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    string Root => Path.GetDirectoryName(folder.File("x"))!;

    void Shard(string file, params (string Name, float[] Values)[] tensors)
    {
        SafetensorsWriter writer = new();
        foreach (var (name, values) in tensors)
            writer.Add(name, [values.Length], values);
        writer.Save(folder.File(file));
    }

    void WriteIndex(string json) => File.WriteAllText(folder.File(Index), json);

    void WriteBoth()
    {
        Shard("1.safetensors", ("a", [1, 2]));
        Shard("2.safetensors", ("b", [3, 4, 5]));
    }

    [Fact]
    public void Several_files_are_one_set_of_weights()
    {
        WriteBoth();
        WriteIndex("""{"metadata":{"total_size":20},"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""");
        Assert.True(model.Load(Root).IsComplete);
        Assert.Equal([1, 2, 3, 4, 5], model.Values());
        model.Parameters[0].Values.Clear();
        Assert.True(model.Load(folder.File(Index)).IsComplete);
        Assert.Equal([1, 2, 3, 4, 5], model.Values());
    }

    [Fact]
    public void A_folder_may_hold_one_file()
    {
        Shard("weights.safetensors", ("a", [1, 2]), ("b", [3, 4, 5]));
        File.WriteAllText(folder.File("config.json"), "{}");
        model.Load(Root);
        Assert.Equal([1, 2, 3, 4, 5], model.Values());

        Shard("model.safetensors", ("a", [6, 7]), ("b", [8, 9, 10]));
        model.Load(Root);
        Assert.Equal([6, 7, 8, 9, 10], model.Values());
    }

    [Theory]
    [InlineData("it has none", "readme.txt")]
    [InlineData("it has 2 of them, and none is called 'model.safetensors.index.json' or 'model.safetensors'", "x.safetensors", "y.safetensors")]
    [InlineData("'model.Q4.gguf' is a GGUF file, of llama.cpp", "model.Q4.gguf")]
    [InlineData("'pytorch_model.bin' is a file of torch.save", "pytorch_model.bin")]
    public void A_folder_without_the_one_says_what_it_has(string complaint, params string[] files)
    {
        foreach (string file in files)
            File.WriteAllText(folder.File(file), "x");
        Assert.Contains(complaint, Refused(Root), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("it is not JSON", """{"weight_map":""")]
    [InlineData("it has no 'weight_map'", """{"metadata":{}}""")]
    [InlineData("it has no 'weight_map'", """[1]""")]
    [InlineData("it has no 'weight_map'", """{"weight_map":[]}""")]
    [InlineData("it names no tensors", """{"weight_map":{}}""")]
    [InlineData("it names 'a' twice", """{"weight_map":{"a":"1.safetensors","a":"1.safetensors","b":"2.safetensors"}}""")]
    [InlineData("the place of 'b' is not the name of a file in its folder", """{"weight_map":{"a":"1.safetensors","b":7}}""")]
    [InlineData("the place of 'b' is not the name of a file in its folder", """{"weight_map":{"a":"1.safetensors","b":"../2.safetensors"}}""")]
    [InlineData("the place of 'b' is not the name of a file in its folder", """{"weight_map":{"a":"1.safetensors","b":"/etc/2.safetensors"}}""")]
    [InlineData("the place of 'b' is not the name of a file in its folder", """{"weight_map":{"a":"1.safetensors","b":"..\\2.safetensors"}}""")]
    [InlineData("the place of 'b' is not the name of a file in its folder", """{"weight_map":{"a":"1.safetensors","b":".."}}""")]
    [InlineData("the place of 'b' is not the name of a file in its folder", """{"weight_map":{"a":"1.safetensors","b":"config.json"}}""")]
    [InlineData("it names '3.safetensors', which is not in its folder", """{"weight_map":{"a":"1.safetensors","b":"3.safetensors"}}""")]
    [InlineData("'b' is not in '1.safetensors'", """{"weight_map":{"a":"1.safetensors","b":"1.safetensors"}}""")]
    [InlineData("'2.safetensors' holds 'b', which the index says to be in '1.safetensors'", """{"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors"}}""")]
    [InlineData("'2.safetensors' holds 'b', which the index does not name", """{"weight_map":{"a":"1.safetensors","c":"2.safetensors"}}""")]
    [InlineData("a string that is not Unicode", """{"weight_map":{"a":"\ud800"}}""")]
    public void An_index_must_be_that_of_its_files(string complaint, string index)
    {
        WriteBoth();
        WriteIndex(index);
        float[] before = model.Values();
        Assert.Contains(complaint, Refused(Root), StringComparison.Ordinal);
        Assert.Equal(before, model.Values());
    }

    [Fact]
    public void A_damaged_file_among_them_is_named()
    {
        WriteBoth();
        WriteIndex("""{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}""");
        File.WriteAllBytes(folder.File("2.safetensors"), Encoding.ASCII.GetBytes("GGUF and more"));
        float[] before = model.Values();
        string message = Refused(Root);
        Assert.Contains("2.safetensors' cannot be loaded: it is a GGUF file, of llama.cpp", message, StringComparison.Ordinal);
        Assert.Equal(before, model.Values());
    }

    [Fact]
    public void What_is_missing_in_all_files_is_said_as_in_one()
    {
        WriteBoth();
        Shard("1.safetensors", ("c", [1, 2]));
        WriteIndex("""{"weight_map":{"c":"1.safetensors","b":"2.safetensors"}}""");
        Assert.Contains("missing 'a'; unexpected 'c'", Refused(Root), StringComparison.Ordinal);
    }

    string Refused(string path) => Assert.Throws<SafetensorsException>(() => model.Load(path)).Message;
}
