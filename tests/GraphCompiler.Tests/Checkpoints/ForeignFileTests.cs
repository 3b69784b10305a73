namespace GraphCompiler.Tests.Checkpoints;

/// <summary>Files as other programs write them: other types, names, layouts, several files, and what is not the model's.</summary>
public sealed class ForeignFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly TestModel model = new(TestModel.LayoutOf(("blocks.0.query.weight", [2, 3]), ("blocks.0.query.bias", [2]), ("head", [2])), seed: 9);

    static readonly float[] Weight = [1, 2, 3, 4, 5, 6], Bias = [7, 8], Head = [9, 10];

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(SafetensorsDataType.F32)]
    [InlineData(SafetensorsDataType.F16)]
    [InlineData(SafetensorsDataType.BF16)]
    [InlineData(SafetensorsDataType.F64)]
    public void Floats_of_any_width_are_read(SafetensorsDataType type)
    {
        SafetensorsWriter file = new();
        foreach (var (name, shape, values) in Tensors())
        {
            if (type == SafetensorsDataType.F64)
                file.Add(name, shape, Array.ConvertAll(values, value => (double)value));
            else
                file.Add(name, shape, values, type);
        }
        file.Save(folder.File("m.safetensors"));
        LoadReport report = model.Load(folder.File("m.safetensors"));
        Assert.Equal([.. Weight, .. Bias, .. Head], model.Values());
        Assert.True(report.IsComplete);
        Assert.Equal(["blocks.0.query.weight", "blocks.0.query.bias", "head"], report.Loaded);
        Assert.Equal("loaded 3 of 3 tensors", report.ToString());
    }

    [Fact]
    public void Names_follow_patterns_in_their_order()
    {
        SafetensorsWriter file = new();
        file.Add("bert.layer.0.attention.q.w", [2, 3], Weight);
        file.Add("bert.layer.0.attention.q.bias", [2], Bias);
        file.Add("bert.head", [2], Head);
        file.Save(folder.File("m.safetensors"));
        model.Load(folder.File("m.safetensors"), new LoadOptions
        {
            Prefix = "bert.",
            Names = [("blocks.*.query.weight", "layer.*.attention.q.w"), ("blocks.*.query.*", "layer.*.attention.q.*")],
        });
        Assert.Equal([.. Weight, .. Bias, .. Head], model.Values());
    }

    [Fact]
    public void A_pattern_with_stars_from_nowhere_is_refused()
    {
        Write(folder.File("m.safetensors"));
        var error = Assert.Throws<ArgumentException>(() => model.Load(folder.File("m.safetensors"), new LoadOptions { Names = [("head", "*.head")] }));
        Assert.Contains("'*.head' has more stars than 'head'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b", "aXb", false)]
    [InlineData("*", "", true)]
    [InlineData("*.attention.*", "blocks.0.attention.query.weight", true)]
    [InlineData("*.attention.*", "blocks.0.attention", false)]
    [InlineData("head", "head\n", false)]
    [InlineData("a(b)*", "a(b)[c]", true)]
    public void A_star_is_any_characters_and_all_else_is_itself(string pattern, string name, bool matches)
        => Assert.Equal(matches, GraphCompiler.Contracts.NamePattern.OfNames(pattern).IsMatch(name));

    [Fact]
    public void Names_may_be_a_function()
    {
        SafetensorsWriter file = new();
        foreach (var (name, shape, values) in Tensors())
            file.Add(name.ToUpperInvariant(), shape, values);
        file.Save(folder.File("m.safetensors"));
        model.Load(folder.File("m.safetensors"), new LoadOptions { Rename = name => name.ToUpperInvariant() });
        Assert.Equal([.. Weight, .. Bias, .. Head], model.Values());

        float[] before = model.Values();
        var error = Assert.Throws<SafetensorsException>(() => model.Load(
            folder.File("m.safetensors"), new LoadOptions { Rename = name => name == "head" ? null : name.ToUpperInvariant() }));
        Assert.Contains("missing 'head'; unexpected 'HEAD'", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, model.Values());
    }

    [Fact]
    public void Weights_are_transposed_where_asked()
    {
        SafetensorsWriter file = new();
        file.Add("blocks.0.query.weight", [3, 2], new float[] { 1, 4, 2, 5, 3, 6 });
        file.Add("blocks.0.query.bias", [2], Bias);
        file.Add("head", [2], Head);
        file.Save(folder.File("m.safetensors"));
        var error = Assert.Throws<SafetensorsException>(() => model.Load(folder.File("m.safetensors")));
        Assert.Contains("has the shape [3, 2]; the model needs [2, 3], which is its transposed: LoadOptions.Transposed reads it", error.Message, StringComparison.Ordinal);
        // The pattern fits the bias too, which has no axes to exchange.
        model.Load(folder.File("m.safetensors"), new LoadOptions { Transposed = ["*.query.*"] });
        Assert.Equal([.. Weight, .. Bias, .. Head], model.Values());
    }

    [Fact]
    public void A_report_says_of_a_transposed_tensor_what_reads_it()
    {
        SafetensorsWriter file = new();
        file.Add("blocks.0.query.weight", [3, 2], Weight);
        file.Add("blocks.0.query.bias", [2], Bias);
        file.Add("head", [2], Head);
        file.Save(folder.File("m.safetensors"));
        Assert.Equal(
            """
            loaded 2 of 3 tensors
              other shape  blocks.0.query.weight: F32 [3, 2] in the file, [2, 3] in the model; LoadOptions.Transposed reads it
            """, model.Load(folder.File("m.safetensors"), new LoadOptions { Strict = false }).ToString());
    }

    [Theory]
    [InlineData("*.querry.*")]
    [InlineData("head")]
    public void A_pattern_that_transposes_nothing_is_refused(string pattern)
    {
        Write(folder.File("m.safetensors"));
        float[] before = model.Values();
        var error = Assert.Throws<ArgumentException>("options", () => model.Load(
            folder.File("m.safetensors"), new LoadOptions { Transposed = ["*.weight", pattern] }));
        Assert.Contains($"The pattern '{pattern}' of LoadOptions.Transposed fits no tensor of two axes", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, model.Values());
    }

    [Fact]
    public void A_double_beyond_the_range_of_floats_is_refused()
    {
        SafetensorsWriter file = new();
        file.Add("blocks.0.query.weight", [2, 3], Array.ConvertAll(Weight, value => (double)value));
        file.Add("blocks.0.query.bias", [2], new double[] { double.PositiveInfinity, -1e39 });
        file.Add("head", [2], Head);
        file.Save(folder.File("m.safetensors"));
        float[] before = model.Values();
        var error = Assert.Throws<SafetensorsException>(() => model.Load(folder.File("m.safetensors"), new LoadOptions { Strict = false }));
        Assert.Contains("tensor 'blocks.0.query.bias' has -1E+39, which is beyond the range of F32", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, model.Values());
    }

    [Fact]
    public void What_fits_is_loaded_and_the_report_says_the_rest()
    {
        using TestModel larger = new(TestModel.LayoutOf(("a", [2]), ("head", [3]), ("counts", [2]), ("new", [1])), seed: 4);
        float[] before = larger.Values();
        SafetensorsWriter file = new();
        file.Add("m.a", [2], Bias, SafetensorsDataType.BF16);
        file.Add("m.head", [2], Head);
        file.Add("m.counts", [2], new int[] { 1, 2 });
        file.Add("m.old", [1], new byte[] { 1 });
        file.Save(folder.File("m.safetensors"));

        LoadReport report = larger.Load(folder.File("m.safetensors"), new LoadOptions { Prefix = "m.", Strict = false });
        Assert.Equal([7, 8, .. before[2..]], larger.Values());
        Assert.False(report.IsComplete);
        Assert.Equal(
            """
            loaded 1 of 4 tensors
              missing      new: the file has no m.new
              other shape  head: m.head is F32 [2] in the file, [3] in the model
              other type   counts: m.counts is I32 [2] in the file, F32 [2] in the model
              left over    m.old
            """, report.ToString());
        Assert.Equal(["new"], report.Missing);
        Assert.Equal(["m.old"], report.LeftOver);
    }

    [Fact]
    public void All_that_does_not_fit_is_said_at_once()
    {
        using TestModel other = new(TestModel.LayoutOf(("blocks.0.query.weight", [3, 3]), ("blocks.0.query.bias", [4]), ("tail", [2])), seed: 4);
        Write(folder.File("m.safetensors"));
        var error = Assert.Throws<SafetensorsException>(() => other.Load(folder.File("m.safetensors")));
        Assert.Contains(
            "missing 'tail'; unexpected 'head'; tensor 'blocks.0.query.weight' has the shape [2, 3]; the model needs [3, 3]; tensor 'blocks.0.query.bias' has",
            error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SafetensorsDataType.F16)]
    [InlineData(SafetensorsDataType.BF16)]
    public void Half_the_bytes_come_back_as_the_nearest_numbers(SafetensorsDataType type)
    {
        model.Save(folder.File("m.safetensors"), new SaveOptions { DataType = type, Prefix = "p." });
        using SafetensorsReader file = SafetensorsReader.Open(folder.File("m.safetensors"));
        Assert.All(file.Tensors, tensor => Assert.Equal(type, tensor.DataType));
        using TestModel read = new(model.Layout, seed: 1);
        read.Load(folder.File("m.safetensors"), new LoadOptions { Prefix = "p." });
        float unit = type == SafetensorsDataType.F16 ? 1f / 2048 : 1f / 256;
        foreach (var (saved, loaded) in model.Values().Zip(read.Values()))
            Assert.InRange(loaded, saved - MathF.Abs(saved) * unit, saved + MathF.Abs(saved) * unit);
        read.Save(folder.File("again.safetensors"), new SaveOptions { DataType = type, Prefix = "p." });
        Assert.Equal(File.ReadAllBytes(folder.File("m.safetensors")), File.ReadAllBytes(folder.File("again.safetensors")));
    }

    [Fact]
    public void A_number_that_16_bits_cannot_hold_leaves_the_old_file()
    {
        model.Save(folder.File("m.safetensors"));
        byte[] before = File.ReadAllBytes(folder.File("m.safetensors"));
        model.Parameters[1].Values[1] = -70000;
        var error = Assert.Throws<OverflowException>(() => model.Save(folder.File("m.safetensors"), new SaveOptions { DataType = SafetensorsDataType.F16 }));
        Assert.Equal("'blocks.0.query.bias' holds -70000, which is beyond the range of F16.", error.Message);
        Assert.Equal(before, File.ReadAllBytes(folder.File("m.safetensors")));
        Assert.Equal(["m.safetensors"], folder.Files);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SaveOptions { DataType = SafetensorsDataType.I8 });
    }

    void Write(string path)
    {
        SafetensorsWriter file = new();
        foreach (var (name, shape, values) in Tensors())
            file.Add(name, shape, values);
        file.Save(path);
    }

    static (string Name, int[] Shape, float[] Values)[] Tensors() =>
        [("blocks.0.query.weight", [2, 3], Weight), ("blocks.0.query.bias", [2], Bias), ("head", [2], Head)];
}
