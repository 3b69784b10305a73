namespace GraphCompiler.Generator.Tests;

/// <summary>The repository that the tests run in, found from where they were built: sources do not say where they lie.</summary>
static class Repository
{
    public static string Root { get; } = Find();

    static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "GraphCompiler.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests run inside the repository.");
    }
}
