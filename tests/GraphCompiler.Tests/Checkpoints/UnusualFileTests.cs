using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using GraphCompiler.Data;
using GraphCompiler.Text;

namespace GraphCompiler.Tests.Checkpoints;

/// <summary>Paths that stand for something else than weights: an exception that says what, at once, and nothing changed.</summary>
public sealed class UnusualFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly TestModel model = new(TestModel.LayoutOf(("a", [2, 3])), seed: 9);

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
    }

    static byte[] Gzip(byte[] content)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.Optimal))
            gzip.Write(content);
        return stream.ToArray();
    }

    static byte[] Zip()
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create))
            archive.CreateEntry("archive/data.pkl");
        return stream.ToArray();
    }

    public static TheoryData<string, byte[]> Kinds => new()
    {
        { "is empty", [] },
        { "it is text", Encoding.UTF8.GetBytes("Once upon a time there were weights.\n") },
        { "it is text", [.. Enumerable.Repeat((byte)'x', 2000)] },
        { "it is text", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("größer und größer ", 200))) },
        { "it is text", Encoding.UTF8.GetBytes("short") },
        { "JSON", Encoding.UTF8.GetBytes("""{ "metadata": { "total_size": 12 }, "weight_map": { "a": "model-00001-of-00002.safetensors" } }""") },
        { "HTML", Encoding.UTF8.GetBytes("\n<!DOCTYPE html><html><body>404</body></html>") },
        { "Git LFS", Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n") },
        { "gzip", Gzip(new byte[100]) },
        { "ZIP archive", Zip() },
        { "pickle", [0x80, 2, .. "}q\0X\u0001\0\0\0aq"u8, 0, 0, 0, 0] },
        { "GGUF", [.. "GGUF"u8, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] },
        { "NumPy", [0x93, .. "NUMPY"u8, 1, 0, 0x76, 0, .. "{'descr': '<f4'}"u8] },
        { "truncated", [5, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_message_says_what_the_file_is(string kind, byte[] content)
    {
        string path = folder.File("weights.safetensors");
        File.WriteAllBytes(path, content);
        float[] before = model.Values();
        foreach (Exception? exception in (Exception?[])[Record.Exception(() => model.Load(path)), Record.Exception(() => LoadCheckpoint(path))])
        {
            string message = Assert.IsType<SafetensorsException>(exception).Message;
            Assert.Contains(kind, message, StringComparison.Ordinal);
            Assert.Contains("weights.safetensors", message, StringComparison.Ordinal);
        }
        Assert.Equal(before, model.Values());
    }

    void LoadCheckpoint(string path)
    {
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd());
        trainer.LoadCheckpoint(path);
    }

    [Fact]
    public void Directories_are_refused_by_name()
    {
        string path = Directory.CreateDirectory(folder.File("weights")).FullName;
        foreach (Action action in (Action[])[
            () => model.Save(path), () => LoadCheckpoint(path), () => TokenFile.Open(path),
            () => TokenFile.Write(path, 10, [1]), () => IdxFile.Read(path), () => BytePairTokenizer.Load(path, path)])
        {
            Assert.Contains("is a directory", Assert.ThrowsAny<IOException>(action).Message, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFileSystemEntries(path));
        Assert.Contains("is a folder, in which", Assert.Throws<SafetensorsException>(() => model.Load(path)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => model.Load(folder.File("missing")));
        Assert.Throws<DirectoryNotFoundException>(() => model.Load(folder.File("missing/too")));
        Assert.Throws<DirectoryNotFoundException>(() => model.Save(folder.File("missing/too")));
        Assert.Empty(folder.Files);
    }

    /// <summary>A pipe that nobody writes to, and devices: nobody waits, and nothing is put in their place.</summary>
    [Fact]
    public async Task Pipes_and_devices_are_refused_at_once()
    {
        string pipe = folder.File("pipe");
        using (Process make = Process.Start("mkfifo", pipe))
            await make.WaitForExitAsync();
        Task refusals = Task.Run(() =>
        {
            foreach (string path in (string[])[pipe, "/dev/null", "/dev/zero"])
            {
                Assert.Contains("pipe or a device", Assert.Throws<SafetensorsException>(() => model.Load(path)).Message, StringComparison.Ordinal);
                Assert.Throws<SafetensorsException>(() => LoadCheckpoint(path));
                Assert.Throws<InvalidDataException>(() => TokenFile.Open(path));
                Assert.Throws<InvalidDataException>(() => TokenFile.OpenRaw(path, 2, 10));
                Assert.Throws<IdxFormatException>(() => IdxFile.Read(path));
                Assert.Throws<InvalidDataException>(() => BytePairTokenizer.Load(path, path));
            }
            foreach (string path in (string[])[pipe, "/dev/null"])
                Assert.Contains("pipe or a device", Assert.Throws<IOException>(() => model.Save(path)).Message, StringComparison.Ordinal);
        });
        await refusals.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(["pipe"], folder.Files);
    }

    [Fact]
    public void An_empty_file_is_replaced()
    {
        File.WriteAllBytes(folder.File("weights"), []);
        model.Save(folder.File("weights"));
        model.Load(folder.File("weights"));
    }

    static string Repeat(int count, Func<int, string> part) => string.Join(',', Enumerable.Range(0, count).Select(part));

    static string Tensor(string name, string type, string shape) => $"\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{shape}],\"data_offsets\":[0,0]}}";

    static string LargeHeader(string part) => "{" + part switch
    {
        "axes" => Tensor("a", "F32", Repeat(12_000_000, _ => "1")),
        "tensors" => Repeat(300_000, i => Tensor($"{i}", "U8", "0")),
        "metadata" => "\"__metadata__\":{" + Repeat(70_000, i => $"\"{i}\":\"\"") + "}",
        "name" => Tensor(new string('n', 5_000_000), "F32", "1"),
        _ => Tensor("a", new string('t', 5_000_000), "1"),
    } + "}";

    /// <summary>A header that is large for no reason costs a few times its length, whatever it is made of.</summary>
    [Theory]
    [InlineData("axes", "more than 64 numbers")]
    [InlineData("tensors", "more than 262144 tensors")]
    [InlineData("metadata", "more than 65536 entries")]
    [InlineData("name", "a name of 5000000 bytes")]
    [InlineData("type", "unknown dtype 'tttt")]
    public void Large_headers_are_refused_for_what_they_are(string part, string complaint)
    {
        string path = folder.File(part);
        byte[] file = SafetensorsBytes.File(LargeHeader(part), 4);
        File.WriteAllBytes(path, file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<SafetensorsException>(() => model.Load(path)).Message;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Contains(complaint, message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 1, 1000);
        Assert.InRange(allocated, 0, 4L * file.Length + 100_000_000);
    }
}
