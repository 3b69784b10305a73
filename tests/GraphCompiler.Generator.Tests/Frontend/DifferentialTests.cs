using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>Pieces of C#, a line each, give the same compiled and evaluated at build time.</summary>
public sealed class DifferentialTests
{
    static readonly string Folder = Path.Combine(Repository.Root, "tests/GraphCompiler.Generator.Tests/Frontend/pieces");

    [Theory]
    [InlineData("numbers", 50)]
    [InlineData("texts", 40)]
    [InlineData("queries", 70)]
    [InlineData("collections", 40)]
    [InlineData("types", 120)]
    [InlineData("programs", 50)]
    public void Pieces_are_evaluated_as_they_run(string file, int least)
    {
        string[] pieces = [.. File.ReadAllLines(Path.Combine(Folder, file + ".txt")).Where(line => line.Length > 0)];
        Assert.True(pieces.Length >= least);
        var outcomes = Differential.Run(pieces, File.ReadAllText(Path.Combine(Folder, "declarations.txt")));
        Assert.Empty(outcomes.Where(o => o.Compiled != o.Evaluated).Select(o => $"{o.Piece} is {o.Compiled} and evaluated as {o.Evaluated}"));
    }
}
