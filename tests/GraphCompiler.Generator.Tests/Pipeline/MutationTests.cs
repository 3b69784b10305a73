using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Xunit;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>
/// Mutants of the repository's models through the whole generator: it answers in time, never blames itself, and what it
/// emits for a class that it accepts compiles. A longer run has other seeds:
/// <c>MUTANTS=5000 MUTATION_SEED=1 dotnet test --filter MutationTests</c>.
/// </summary>
public sealed class MutationTests
{
    const int DefaultMutants = 120;

    const int Attempts = 3;

    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    static readonly string[] Models = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests/GraphCompiler.EndToEnd.Tests/Models"), "*.cs")
        .Append(Path.Combine(Repository.Root, "samples/TinyGpt/Gpt.cs")).Append(Path.Combine(Repository.Root, "samples/Digits/DigitClassifier.cs")).Order(StringComparer.Ordinal)];

    internal static int Setting(string name, int otherwise)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    [Fact]
    public void Mutants_of_models()
    {
        int seed = Setting("MUTATION_SEED", 1), count = Setting("MUTANTS", DefaultMutants);
        string[] sources = [.. Models.Select(File.ReadAllText)];
        var faults = new List<string>();
        for (int i = 0; i < count && faults.Count < 5; i++)
        {
            int number = unchecked((seed * 1_000_003) + i);
            string mutant = SourceMutations.Mutate(sources[i % sources.Length], number);
            if (FaultOf(mutant) is { } fault)
                faults.Add($"{Path.GetFileName(Models[i % sources.Length])}, mutant {number}: {fault}\n{mutant}");
        }
        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
    }

    /// <summary>What mutants have found, and its kin.</summary>
    [Theory]
    [InlineData("public Tensor F([Shape(2, 3)] Tensor x) => x[-2147483648];")]
    [InlineData("public Tensor F([Shape(2, 3)] Tensor x) => x[.., -2147483648];")]
    [InlineData("public Tensor F([Shape(2, 3)] Tensor x) => x[-2147483648..];")]
    [InlineData("public Tensor F([Shape(2, 3)] Tensor x) => x[..int.MinValue];")]
    [InlineData("public Tensor F([Shape(2, 3)] Tensor x) => x[^int.MinValue];")]
    [InlineData("public Tensor F([Shape(2, 3)] Tensor x) => x[^int.MaxValue, 0];")]
    [InlineData("public Tensor F([Shape(2, 3)] Tensor x) => x.Sum(int.MinValue);")]
    [InlineData("public Tensor F([Shape(2, 3)] Tensor x) => Reshape(x, int.MinValue);")]
    [InlineData("readonly Linear[] layers = [new(3, 3)]; public Tensor F([Shape(2, 3)] Tensor x) { foreach (Linear layer in layers) layer = layer.Forward(x); return x; }")]
    [InlineData("readonly Linear[] layers = [new(3, 3)]; public Tensor F([Shape(2, 3)] Tensor x) { foreach (Linear layer in layers) { layer = new Linear(3, 3); x = layer.Forward(x); } return x; }")]
    [InlineData("readonly Inner inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);", "foreach (Base layer in layers) layer = layer.Forward(x); return x;")]
    [InlineData("readonly Inner inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);",
        "foreach (Base layer in layers) if (Relu(layer = layer.Forward(x)) is var y) return y; return x;")]
    [InlineData("readonly Inner inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);",
        "foreach (Base layer in layers) { using var y = x; return layer = layer.Forward(x); } return x;")]
    [InlineData("readonly Inner inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);", "return Relu(layers[0].Forward(x), 1);")]
    [InlineData("readonly Inner inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);", "return new Inner(x.Shape).Forward(x);")]
    [InlineData("readonly Derived inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);", "return x;")]
    [InlineData("readonly Inner inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);", "return layers[0].Missing(x);")]
    [InlineData("readonly Faulty inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);", "return x;")]
    [InlineData("readonly Faulty inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Through(x);", "return x;")]
    [InlineData("readonly Linear inner = new(Faulty.Size, 3); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);", "return x;")]
    [InlineData("public Tensor F([Shape(2, 3)] Tensor x) => x * Faulty.Shares[1];", "return x;")]
    [InlineData("readonly Outer inner = new(); public Tensor F([Shape(2, 3)] Tensor x) => inner.Forward(x);", "return x;")]
    public void Found_before(string members, string body = "return x;") => Assert.Null(FaultOf(GeneratorRun.Net(members) + $$"""

        [Module]
        public class Inner
        {
            readonly Base[] layers = [new(3)];

            public Tensor Forward(Tensor x) { {{body}} }
        }

        [Module]
        public class Base(int size)
        {
            readonly Linear layer = new(size, size);

            public Tensor Forward(Tensor x) => layer.Forward(x);
        }

        [Module]
        public class Derived : Base;

        [Module]
        public class Faulty
        {
            public static readonly var Shares = [0.5f, 0.25f];
            public static readonly Missing Size = 3;
            readonly Missing layer = new(3, 3);
            readonly Base sound = new(3);

            public layer Forward(Tensor x) => sound.Forward(x);

            public Tensor Through(Tensor x) => layer.Forward(x);
        }

        [Module]
        public class Outer
        {
            readonly Missing layer;

            public Outer() => layer = new(3, 3);

            public Tensor Forward(Tensor x) => layer.Forward(x);
        }
        """));

    /// <summary>What is wrong with the generator's answer to a source; null where nothing is.</summary>
    internal static string? FaultOf(string source)
    {
        var compilation = GeneratorRun.CompileLikeAProject(source);
        var fastest = TimeSpan.MaxValue;
        for (int attempt = 0; attempt < Attempts && fastest > Limit; attempt++)
        {
            var (fault, time) = Answer(compilation);
            if (fault is not null)
                return fault;
            fastest = time < fastest ? time : fastest;
        }
        return fastest > Limit ? $"took {fastest.TotalSeconds:F1} s" : null;
    }

    /// <summary>What is wrong, and how long the answer took: other programs and tests make a run longer, so the fastest of some counts.</summary>
    static (string? Fault, TimeSpan Time) Answer(Compilation compilation)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        Compilation updated;
        GeneratorDriverRunResult result;
        try
        {
            result = GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(compilation, out updated, out _, timeout.Token).GetRunResult();
        }
        catch (OperationCanceledException)
        {
            return ($"no answer in {Patience.TotalSeconds} s", default);
        }
        processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
        var time = processor < clock.Elapsed ? processor : clock.Elapsed;
        if (result.Results[0].Exception is { } exception)
            return (exception.ToString(), time);
        if (result.Diagnostics.FirstOrDefault(d => d.Id is "GC9999" or "CS8785" or "CS8784") is { } blame)
            return (blame.ToString(), time);
        if (time > Limit || result.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error))
            return (null, time);
        var errors = updated.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        bool isUsers = errors.Any(d => d.Location.SourceTree is { } tree && compilation.SyntaxTrees.Contains(tree));
        return (isUsers || errors.Count == 0 ? null : "generated code does not compile: " + string.Join("; ", errors.Take(3)), time);
    }
}
