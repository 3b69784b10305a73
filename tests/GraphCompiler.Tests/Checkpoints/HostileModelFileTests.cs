using System.Text;

namespace GraphCompiler.Tests.Checkpoints;

/// <summary>Files that must be refused: always with the one exception, and without a trace in the model.</summary>
public sealed class HostileModelFileTests : IDisposable
{
    const string Good = """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""";

    readonly TemporaryFolder folder = new();
    readonly TestModel model = new(TestModel.LayoutOf(("a", [2, 3]), ("b", [2])), seed: 9);

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void The_good_file_is_good() => Assert.True(TryLoad(SafetensorsBytes.File(Good, 32)));

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"format":"pt","":""}""")]
    public void Metadata_may_be_empty_or_null(string metadata)
        => Assert.True(TryLoad(SafetensorsBytes.File(Good.Replace("{\"a\"", "{\"__metadata__\":" + metadata + ",\"a\"", StringComparison.Ordinal), 32)));

    const string WithOthers = """{"m.c":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"F16","shape":[2],"data_offsets":[4,8]},"m.a":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},"m.b":{"dtype":"F32","shape":[2],"data_offsets":[32,40]}}""";

    [Fact]
    public void Others_are_read_past_if_allowed()
    {
        byte[] file = SafetensorsBytes.File(WithOthers, 40);
        file.AsSpan(file.Length - 40).Fill(7);
        Assert.True(TryLoad(file, options: new LoadOptions { Prefix = "m.", IgnoreOthers = true }));
        Assert.Contains("unexpected 'a', 'm.c'", Refused(file, new LoadOptions { Prefix = "m." }).Message, StringComparison.Ordinal);
        Assert.Contains("'a' has the shape [2]", Refused(file, new LoadOptions { IgnoreOthers = true }).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing 'b'", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"c":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""", 32)]
    [InlineData("overlaps", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"c":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""", 32)]
    [InlineData("hole before tensor 'c'", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"c":{"dtype":"F32","shape":[2],"data_offsets":[36,44]}}""", 44)]
    [InlineData("truncated", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"c":{"dtype":"F32","shape":[99],"data_offsets":[32,428]}}""", 40)]
    [InlineData("unknown dtype 'x'", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"c":{"dtype":"x","shape":[2],"data_offsets":[32,40]}}""", 40)]
    public void Others_must_be_sound_too(string complaint, string header, int dataBytes) => Assert.Contains(
        complaint, Refused(SafetensorsBytes.File(header, dataBytes), new LoadOptions { IgnoreOthers = true }).Message, StringComparison.Ordinal);

    [Theory]
    // Names, types, shapes that are not the model's.
    [InlineData("missing 'b'", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("unexpected 'c'", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]},"c":{"dtype":"F32","shape":[1],"data_offsets":[32,36]}}""", 36)]
    [InlineData("missing 'a', 'b'; unexpected 'A'", """{"A":{"dtype":"F32","shape":[8],"data_offsets":[0,32]}}""", 32)]
    [InlineData("'b' is I32", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"I32","shape":[2],"data_offsets":[24,32]}}""", 32)]
    [InlineData("'b' is F8_E4M3", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[24,26]}}""", 26)]
    [InlineData("shape [3, 2]; the model needs [2, 3]", """{"a":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""", 32)]
    [InlineData("shape [6]; the model needs [2, 3]", """{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""", 32)]
    [InlineData("shape [2, 3, 1]; the model needs [2, 3]", """{"a":{"dtype":"F32","shape":[2,3,1],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""", 32)]
    [InlineData("unknown dtype 'f32'", """{"a":{"dtype":"f32","shape":[2,3],"data_offsets":[0,24]}}""", 24)]
    // Places that are not whole.
    [InlineData("overlaps tensor 'a'", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[20,28]}}""", 32)]
    [InlineData("overlaps", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 32)]
    [InlineData("hole before tensor 'b'", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[2],"data_offsets":[28,36]}}""", 36)]
    [InlineData("hole before tensor 'a'", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]},"b":{"dtype":"F32","shape":[2],"data_offsets":[28,36]}}""", 36)]
    [InlineData("truncated", Good, 31)]
    [InlineData("1 bytes after the end", Good, 33)]
    [InlineData("8 bytes of data; it needs 24", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16)]
    [InlineData("before it begins", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[24,0]}}""", 24)]
    [InlineData("1 data_offsets", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[24]}}""", 24)]
    [InlineData("3 data_offsets", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24,24]}}""", 24)]
    // Numbers.
    [InlineData("shape with a number", """{"a":{"dtype":"F32","shape":[-2,-3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("data_offsets with a number", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[-24,0]}}""", 24)]
    [InlineData("shape with a number", """{"a":{"dtype":"F32","shape":[2.0,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("shape with a number", """{"a":{"dtype":"F32","shape":[2e0,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("shape with a number", """{"a":{"dtype":"F32","shape":[18446744073709551618,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("something that is not a number", """{"a":{"dtype":"F32","shape":["2",3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("something that is not a number", """{"a":{"dtype":"F32","shape":[null,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("something that is not a number", """{"a":{"dtype":"F32","shape":[[2,3]],"data_offsets":[0,24]}}""", 24)]
    [InlineData("overflows", """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0)]
    [InlineData("overflows", """{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,24]}}""", 24)]
    [InlineData("overflows", """{"a":{"dtype":"F32","shape":[4611686018427387904,2,0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("truncated", """{"a":{"dtype":"F32","shape":[288230376151711743],"data_offsets":[0,1152921504606846972]}}""", 24)]
    // Keys.
    [InlineData("'a' twice", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"a":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""", 32)]
    [InlineData("'a' twice", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}""", 32)]
    [InlineData("'__metadata__' twice", """{"__metadata__":{},"__metadata__":{}}""", 0)]
    [InlineData("'k' twice", """{"__metadata__":{"k":"1","k":"2"}}""", 0)]
    [InlineData("'dtype' twice", """{"a":{"dtype":"F32","dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("'shape' twice", """{"a":{"dtype":"F32","shape":[2,3],"shape":[2,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("no 'dtype'", """{"a":{"shape":[2,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("no 'shape'", """{"a":{"dtype":"F32","data_offsets":[0,24]}}""", 24)]
    [InlineData("no 'data_offsets'", """{"a":{"dtype":"F32","shape":[2,3]}}""", 24)]
    [InlineData("unknown key 'extra'", """{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24],"extra":1}}""", 24)]
    [InlineData("not a string", """{"__metadata__":{"k":1}}""", 0)]
    [InlineData("not an object", """{"__metadata__":[]}""", 0)]
    [InlineData("not an object", """{"__metadata__":"x"}""", 0)]
    [InlineData("'__metadata__' twice", """{"__metadata__":null,"__metadata__":null}""", 0)]
    [InlineData("missing", """{"__metadata__":null}""", 0)]
    [InlineData("not described by an object", """{"a":[]}""", 0)]
    [InlineData("dtype that is not a string", """{"a":{"dtype":32,"shape":[2,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("not an array", """{"a":{"dtype":"F32","shape":6,"data_offsets":[0,24]}}""", 24)]
    // JSON.
    [InlineData("missing", "{}", 0)]
    [InlineData("not begin with '{'", "", 0)]
    [InlineData("not begin with '{'", "[]", 0)]
    [InlineData("not begin with '{'", " {}", 0)]
    [InlineData("not begin with '{'", "\uFEFF{}", 0)]
    [InlineData("not JSON", "{", 0)]
    [InlineData("not JSON", "{}}", 0)]
    [InlineData("not JSON", "{} {}", 0)]
    [InlineData("not JSON", "{}\0\0", 0)]
    [InlineData("not JSON", """{"a":{"dtype":"F32","shape":[2,3,],"data_offsets":[0,24]}}""", 24)]
    [InlineData("not JSON", """{/**/"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 24)]
    [InlineData("not JSON", """{"__metadata__":{"k":NaN}}""", 0)]
    [InlineData("not Unicode", """{"__metadata__":{"k":"\ud800"}}""", 0)]
    [InlineData("not Unicode", """{"\udc00":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}""", 24)]
    public void Refuses(string complaint, string header, int dataBytes)
    {
        SafetensorsException exception = Refused(SafetensorsBytes.File(header, dataBytes));
        Assert.Contains(complaint, exception.Message, StringComparison.Ordinal);
        Assert.Contains("hostile.safetensors", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_headers_that_are_not_utf8()
    {
        byte[] header = Encoding.Latin1.GetBytes(Good.Replace("\"b\"", "\"\xE4\"", StringComparison.Ordinal));
        Assert.Contains("not UTF-8", Refused(SafetensorsBytes.File(header, new byte[32])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100_000_001UL, "over the cap")]
    [InlineData(ulong.MaxValue, "over the cap")]
    [InlineData(1UL << 63, "over the cap")]
    [InlineData(100_000_000UL, "the header is truncated")]
    [InlineData(10_000UL, "the header is truncated")]
    public void Refuses_header_lengths_that_the_file_does_not_have(ulong length, string complaint)
        => Assert.Contains(
            complaint, Refused(SafetensorsBytes.File(Encoding.UTF8.GetBytes(Good), new byte[32], length)).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_deep_nesting_without_overflowing_the_stack()
        => Refused(SafetensorsBytes.File("""{"a":""" + new string('[', 1_000_000), 0));

    [Fact]
    public void Refuses_every_truncation()
    {
        byte[] file = SafetensorsBytes.File(Good, 32);
        for (int length = 0; length < file.Length; length++)
            Refused(file[..length]);
    }

    [Fact]
    public void Refuses_every_extension()
    {
        byte[] file = SafetensorsBytes.File(Good, 32);
        for (int extra = 1; extra < 20; extra++)
            Refused([.. file, .. new byte[extra]]);
    }

    /// <summary>
    /// Random damage: bytes changed, removed, repeated. Whatever still loads must have loaded the file's own data.
    /// </summary>
    [Fact]
    public void Damage_is_refused_or_harmless()
    {
        Random random = new(12345);
        byte[] good = SafetensorsBytes.File(Good, 32);
        int refused = 0;
        for (int round = 0; round < 4000; round++)
        {
            List<byte> file = [.. good];
            for (int change = random.Next(1, 4); change > 0 && file.Count > 0; change--)
            {
                int place = random.Next(file.Count);
                switch (random.Next(5))
                {
                    case 0:
                        file[place] = (byte)random.Next(256);
                        break;
                    case 1:
                        file[place] ^= (byte)(1 << random.Next(8));
                        break;
                    case 2:
                        file.RemoveRange(place, Math.Min(file.Count - place, random.Next(1, 9)));
                        break;
                    case 3:
                        file.InsertRange(place, file.GetRange(place, Math.Min(file.Count - place, random.Next(1, 30))));
                        break;
                    default:
                        file[place] = (byte)"0123456789{}[]\",:-."[random.Next(19)];
                        break;
                }
            }

            if (!TryLoad([.. file]))
                refused++;
        }

        Assert.InRange(refused, 2000, 3999);
    }

    [Fact]
    public void Noise_is_refused()
    {
        Random random = new(54321);
        for (int round = 0; round < 500; round++)
        {
            byte[] noise = new byte[random.Next(300)];
            random.NextBytes(noise);
            Refused(noise);

            // The same with a header length that fits, so that the noise is read as a header.
            Refused(SafetensorsBytes.File(noise, new byte[32]));
        }
    }

    SafetensorsException Refused(byte[] file, LoadOptions? options = null)
    {
        SafetensorsException? exception = null;
        Assert.False(TryLoad(file, caught => exception = caught, options));
        return exception!;
    }

    /// <summary>Loads; a refusal must leave the model as it was, down to the gaps between parameters.</summary>
    bool TryLoad(byte[] file, Action<SafetensorsException>? refused = null, LoadOptions? options = null)
    {
        string path = folder.File("hostile.safetensors");
        File.WriteAllBytes(path, file);
        float[] before = model.Block.ToArray();
        try
        {
            model.Load(path, options);
            Assert.Equal(Bits(file.AsSpan(file.Length - 32)), Bits([.. model.Parameters.SelectMany(p => p.Values.ToArray())]));
            return true;
        }
        catch (SafetensorsException exception)
        {
            Assert.Equal(before, model.Block.ToArray());
            refused?.Invoke(exception);
            return false;
        }
    }

    static uint[] Bits(Span<byte> bytes)
        => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(bytes).ToArray();

    static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];
}
