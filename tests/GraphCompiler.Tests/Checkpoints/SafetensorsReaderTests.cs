namespace GraphCompiler.Tests.Checkpoints;

/// <summary>The public reader and writer of tensors by name.</summary>
public sealed class SafetensorsReaderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Written()
    {
        SafetensorsWriter file = new();
        file.Metadata["who"] = "a test";
        file.Add("flags", [3], new bool[] { true, false, true });
        file.Add("bytes", [2], new byte[] { 1, 255 });
        file.Add("half", [2, 1], new Half[] { (Half)1.5f, (Half)(-2f) });
        file.Add("brain", [2], new float[] { 1, 3.140625f }, SafetensorsDataType.BF16);
        file.Add("long", [], new long[] { long.MinValue });
        file.Add("floats", [2, 2], new float[] { 1, 2, 3, float.NaN });
        file.Add("none", [0, 7], Array.Empty<double>());
        string path = folder.File("x.safetensors");
        file.Save(path);
        return path;
    }

    [Fact]
    public void Every_tensor_comes_back_as_it_was()
    {
        using SafetensorsReader file = SafetensorsReader.Open(Written());
        Assert.Equal("a test", file.Metadata["who"]);
        Assert.Equal(["long", "none", "floats", "half", "brain", "flags", "bytes"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1f, 2f, 3f, float.NaN], file["floats"].Values<float>().ToArray());
        Assert.Equal([(Half)1.5f, (Half)(-2f)], file["half"].Values<Half>().ToArray());
        Assert.Equal([long.MinValue], file["long"].Values<long>().ToArray());
        Assert.Equal([1, 0, 1], file["flags"].Values<byte>().ToArray());
        Assert.Equal([0x3F80, 0x4049], file["brain"].Values<ushort>().ToArray().Select(bits => (int)bits));
        Assert.Equal([1f, 3.140625f], file["brain"].ToArray());
        Assert.Equal([1f, 255f], file["bytes"].ToArray());
        Assert.Equal([2L, 1L], file["half"].Shape);
        Assert.Empty(file["long"].Shape);
        Assert.Equal(0, file["none"].Count);
        Assert.Empty(file["none"].ToArray());
        Assert.Equal("half: F16 [2, 1]", file["half"].ToString());
        Assert.False(file.TryFind("other", out _));
        Assert.Throws<KeyNotFoundException>(() => file["other"]);
    }

    [Fact]
    public void Parts_are_read_and_nothing_beyond()
    {
        using SafetensorsReader file = SafetensorsReader.Open(Written());
        SafetensorsTensor floats = file["floats"];
        float[] two = new float[2];
        floats.Read(two, first: 1);
        Assert.Equal([2, 3], two);
        Assert.Equal(BitConverter.GetBytes(2f), floats.Bytes(4, 4).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => floats.Read(two, first: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => floats.Read(two, first: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => floats.Bytes(13, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => floats.Bytes(-1, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => floats.Bytes(0, 17));
    }

    [Fact]
    public void A_tensor_is_handed_out_as_its_own_type_alone()
    {
        using SafetensorsReader file = SafetensorsReader.Open(Written());
        Assert.Equal("Tensor 'half' is F16, and not of Single.", Assert.Throws<InvalidOperationException>(() => file["half"].Values<float>().Length).Message);
        // A byte that is neither 0 nor 1 would be a bool that C# does not know.
        Assert.Throws<InvalidOperationException>(() => file["flags"].Values<bool>().Length);
    }

    [Fact]
    public void Nothing_is_read_after_the_end()
    {
        SafetensorsReader file = SafetensorsReader.Open(Written());
        SafetensorsTensor floats = file["floats"];
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => floats.ToArray());
        Assert.Throws<ObjectDisposedException>(() => floats.Bytes(0, 1).Length);
        Assert.Throws<ObjectDisposedException>(() => floats.Values<float>().Length);
    }

    [Fact]
    public void A_malformed_file_is_refused_as_by_a_model()
    {
        File.WriteAllBytes(folder.File("bad"), new byte[7]);
        Assert.Contains("cannot be loaded", Assert.Throws<SafetensorsException>(() => SafetensorsReader.Open(folder.File("bad"))).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => SafetensorsReader.Open(folder.File("nowhere")));
    }

    [Fact]
    public void The_writer_refuses_what_no_file_can_hold()
    {
        SafetensorsWriter file = new();
        file.Add("a", [2], new int[] { 1, 2 });
        Assert.Contains("'a' is taken", Assert.Throws<ArgumentException>(() => file.Add("a", [1], new int[] { 1 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => file.Add("__metadata__", [1], new int[] { 1 }));
        Assert.Contains("'b' has 3 values; the shape [2] has 2", Assert.Throws<ArgumentException>(() => file.Add("b", [2], new int[] { 1, 2, 3 })).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Add("b", [-1], new int[] { 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Add("b", [1], new float[1], SafetensorsDataType.F64));
        Assert.Throws<ArgumentException>(() => file.Add("b", [1], new decimal[] { 1 }));
        file.Add("c", [1], new float[] { 1e9f }, SafetensorsDataType.F16);
        Assert.Throws<OverflowException>(() => file.Save(folder.File("c.safetensors")));
        Assert.Empty(folder.Files);
    }
}
