using GraphCompiler.Checkpoints;

namespace GraphCompiler.Tests.Checkpoints;

public sealed class AtomicFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static void Write(string path, byte value) => AtomicFile.Write(path, file => RandomAccess.Write(file, [value], 0));

    /// <summary>The temporary file that a writer of a path has, as one that was killed leaves it.</summary>
    string Abandoned(string name)
    {
        string temporary = "";
        AtomicFile.Write(folder.File(name), _ => temporary = folder.Files.Single(
            file => file.StartsWith(name + ".", StringComparison.Ordinal) && file.EndsWith(".tmp", StringComparison.Ordinal)));
        File.WriteAllBytes(folder.File(temporary), [1, 2, 3]);
        return temporary;
    }

    [Fact]
    public void What_killed_writers_left_is_removed_by_the_next_write_of_the_same_file()
    {
        string own = Abandoned("model"), other = Abandoned("other");
        File.Copy(folder.File(own), folder.File("model.0123456789abcdef.tmp"));
        string[] strangers = ["model.original.tmp", "model.0123456789abcdeg.tmp", "model.0123456789abcdef0.tmp", "model.0123456789abcdef.bak", "mode.0123456789abcdef.tmp"];
        foreach (string stranger in strangers)
            File.WriteAllBytes(folder.File(stranger), [4]);
        Write(folder.File("model"), 7);
        Assert.Equal(((string[])["model", "other", other, .. strangers]).Order(StringComparer.Ordinal), folder.Files);
        Assert.Equal([7], File.ReadAllBytes(folder.File("model")));
        Write(folder.File("other"), 8);
        Assert.DoesNotContain(other, folder.Files);
    }

    [Fact]
    public void A_writer_that_lives_keeps_its_file()
    {
        string path = folder.File("model");
        AtomicFile.Write(path, outer =>
        {
            RandomAccess.Write(outer, [1], 0);
            Write(path, 2);
            Assert.Equal([2], File.ReadAllBytes(path));
            Assert.Equal(2, folder.Files.Length);
        });
        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Equal(["model"], folder.Files);
    }

    [Fact]
    public void Many_writers_of_one_file_all_succeed()
    {
        string path = folder.File("model");
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, round => Write(path, (byte)round));
        Assert.Equal(["model"], folder.Files);
        Assert.Single(File.ReadAllBytes(path));
    }

    [Fact]
    public void A_writer_that_fails_leaves_nothing()
    {
        Write(folder.File("model"), 1);
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("model"), _ => throw new InvalidOperationException()));
        Assert.Equal(["model"], folder.Files);
        Assert.Equal([1], File.ReadAllBytes(folder.File("model")));
    }
}
