using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using GraphCompiler.Generator.Targets.Common;
using GraphCompiler.Generator.Targets.Cpu;
using GraphCompiler.Generator.Targets.Ilgpu;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphCompiler.Generator.Tests.Pipeline;

/// <summary>
/// Whatever compiles without [Graph] compiles with it and computes the same under any names, or one GC diagnostic says what
/// clashes. The names are all that emitted code contains; every one is tried in every role that the user has.
/// </summary>
public sealed class NameTests
{
    /// <summary>How many of the some 250 names are tried, by seed: compiling them all takes minutes, and <c>NAMES=1000 dotnet test --filter NameTests</c> does it.</summary>
    static readonly int Tried = MutationTests.Setting("NAMES", 60);

    static readonly Role[] Roles = Enum.GetValues<Role>();

    /// <summary>What is named after something of the user's is none of the words that a target's templates write ("V" is no small one).</summary>
    [Fact]
    public void Words_of_templates_are_no_names_of_users() => Assert.All(
        CpuNames.OfStructs.Concat(DeviceNames.OfKernels).Where(word => char.IsLower(word[0])), word => Assert.Contains(word, EmittedNames.Words));

    /// <summary>The identifiers in the code for a model of every kind.</summary>
    internal static IEnumerable<string> EmittedNamesOf(IEnumerable<MetadataReference> more)
    {
        var sources = Enumerable.Range(0, NamedModels.Kinds).Select(kind => NamedModels.Source(kind, NamedModels.PlainNames(), kind)).Append(GeneratorRun.Net("""
            readonly Embedding tokens = new(5000, 16);
            readonly TransformerBlock block = new(16, 2);
            readonly BatchNorm norm = new(16);
            readonly KeyValueCache cache = new(8, 2, 8);

            [Objective]
            public Tensor Loss([Shape(64, "time")] Tensor<int> ids, [Shape(64, "time")] Tensor<int> next)
                => CrossEntropy(MatMul(norm.Forward(Reshape(block.Forward(tokens.Forward(ids)), -1, 16)), Transpose(tokens.Weight)), Reshape(next, -1));

            public Tensor Next([Shape(2, 1, 8)] Tensor x, [Shape] Tensor<int> position) => cache.Attend(x, x, x, position);
            """, "Graph, Dim(\"time\", Max = 64)"));
        var compilation = GeneratorRun.Compile([.. sources]).AddReferences(more);
        var emitted = GeneratorRun.Run(compilation);
        Assert.Empty(emitted.Diagnostics);
        return emitted.GeneratedSources.SelectMany(s => s.SyntaxTree.GetRoot().DescendantTokens())
            .Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText).Distinct().Where(n => !NamedModels.IsOurs(n)).Order(StringComparer.Ordinal);
    }

    /// <summary>Some of the names, by seed; of kernels, whose names differ in sizes alone, at most a few.</summary>
    internal static string[] Sample(IEnumerable<string> names, int seed, int count)
    {
        const int MostKernels = 6;
        var random = new Random(seed);
        string[] shuffled = [.. names.OrderBy(_ => random.Next())];
        return [.. shuffled.Where(IsKernel).Take(MostKernels).Concat(shuffled.Where(n => !IsKernel(n))).Take(count)];
    }

    static bool IsKernel(string name) => Regex.IsMatch(name, "_[0-9]");

    /// <summary>Class k gives to role r the name at k and an offset of the role's own, so each name has each role once.</summary>
    static Dictionary<Role, string> NamesOf(string[] names, int number) =>
        Roles.ToDictionary(role => role, role => names[(number + ((int)role * (names.Length / Roles.Length))) % names.Length]);

    [Fact]
    public void Every_name_in_every_role() => Check(Sample(EmittedNamesOf([]), seed: 1, Tried), []);

    internal static void Check(string[] names, MetadataReference[] more)
    {
        var open = Enumerable.Range(0, names.Length).ToDictionary(number => number, number => NamesOf(names, number));
        var plain = Enumerable.Range(0, NamedModels.Kinds).ToDictionary(kind => names.Length + kind, _ => NamedModels.PlainNames());
        // A class that has a clash is tried again without it, so that its other names are tried too.
        for (int round = 0; open.Count > 0; round++)
        {
            Assert.True(round < 4, $"{open.Count} classes still clash.");
            open = CheckRound(open, plain, more);
        }
    }

    /// <summary>Compiles and runs classes at once; gives those that clash, with a plain name in place of each that does.</summary>
    static Dictionary<int, Dictionary<Role, string>> CheckRound(
        Dictionary<int, Dictionary<Role, string>> classes, Dictionary<int, Dictionary<Role, string>> plain, MetadataReference[] more)
    {
        var all = classes.Concat(plain).ToDictionary();
        var trees = all.Select(c => GeneratorRun.Parse(NamedModels.Source(c.Key % NamedModels.Kinds, c.Value, c.Key), NamedModels.File(c.Key))).ToList();
        var compilation = GeneratorRun.Compile().AddSyntaxTrees(trees).AddReferences(more)
            .WithOptions(GeneratorRun.Compile().Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default));
        NoErrors(compilation.GetDiagnostics());

        GeneratorRun.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var updated, out var diagnostics);

        var clashing = new Dictionary<int, Dictionary<Role, string>>();
        foreach (var group in diagnostics.GroupBy(d => d.Location.GetLineSpan().Path))
        {
            int number = all.Keys.Single(n => NamedModels.File(n) == group.Key);
            clashing.Add(number, new(all[number]));
            foreach (var diagnostic in group)
            {
                Assert.True(diagnostic.Id == "GC0109", diagnostic.ToString());
                string named = Assert.Single(Regex.Matches(diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture),
                    "^The name '([^']+)' is taken")).Groups[1].Value;
                var roles = Roles.Where(r => clashing[number][r] == named).ToList();
                Assert.True(roles.Count == 1, $"{diagnostic} names {roles.Count} names");
                clashing[number][roles[0]] = NamedModels.Plain(roles[0]);
            }
        }
        Assert.Empty(clashing.Keys.Intersect(plain.Keys));
        NoErrors(updated.GetDiagnostics());

        var sound = all.Where(c => !clashing.ContainsKey(c.Key)).ToList();
        var complete = updated.AddSyntaxTrees(sound.Select(c => GeneratorRun.Parse(NamedModels.Runner(c.Value, c.Key), "Runner" + NamedModels.File(c.Key))));
        using var assembly = new MemoryStream();
        NoErrors(complete.Emit(assembly).Diagnostics);
        Run(assembly, sound.Select(c => c.Key), plain.Keys.ToDictionary(n => n % NamedModels.Kinds));
        return clashing;
    }

    static void NoErrors(ImmutableArray<Diagnostic> diagnostics)
    {
        string errors = string.Join("\n", diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(Show).Take(20));
        Assert.True(errors.Length == 0, errors);
    }

    /// <summary>Runs all classes: those of a kind give the same bits, whatever they are called.</summary>
    static void Run(MemoryStream assembly, IEnumerable<int> numbers, Dictionary<int, int> plain)
    {
        assembly.Position = 0;
        var context = new AssemblyLoadContext(null, isCollectible: true);
        var loaded = context.LoadFromStream(assembly);
        float Value(int number) => (float)loaded.GetType($"Runner{number}")!.GetMethod("Run", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, null)!;
        var expected = plain.ToDictionary(p => p.Key, p => Value(p.Value));
        Assert.All(numbers, number => Assert.Equal(expected[number % NamedModels.Kinds], Value(number)));
        context.Unload();
    }

    internal static string Show(Diagnostic diagnostic) => diagnostic.Location.SourceTree is { } tree
        ? $"{diagnostic}: {tree.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line].ToString().Trim()}"
        : diagnostic.ToString();
}
