using System.Diagnostics;
using System.Reflection;
using System.Text;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>Whatever a user is in the middle of typing, the reader neither throws nor blames itself.</summary>
public sealed class RobustnessTests
{
    const string Source = """
        [Graph, Dim("batch", Max = 16)]
        public sealed partial class Net
        {
            const int Width = 8;
            static readonly float[] Scales = [1, 2];
            readonly Block[] blocks = [.. Enumerable.Range(0, 2).Select(i => new Block(Width, i + 1))];
            readonly Sequential head = new(new Linear(Width, 4), new Relu());

            public (Tensor Logits, Tensor Mean) Logits([Shape("batch", Width)] Tensor x)
            {
                foreach (var block in blocks)
                    x = block.Forward(x) * Scales[^1];
                for (int i = 0; i < 2; i++)
                    x += i switch { 0 => Relu(x), _ => Exp(-x) };
                if (x.Shape[1] is 8 and > 3 && Width == 8)
                    x = Helper(x, scale: 2f);
                var (a, b) = (x[.., 1..], x);
                return (head.Forward(b), (a + 1).Mean());
                Tensor Helper(Tensor y, float scale) => y * scale;
            }

            [Objective]
            public Tensor Loss([Shape("batch", Width)] Tensor x, [Shape("batch")] Tensor<int> labels) => CrossEntropy(Logits(x).Logits, labels);
        }

        [Module]
        public sealed class Block(int width, int depth)
        {
            readonly Parameter gain = new([width], Init.Ones);
            public Tensor Forward(Tensor x) { var y = x; while (depth > 3) { break; } return LayerNorm(y, gain, epsilon: 1e-5f / depth); }
        }
        """;

    static void Survives(string source)
    {
        var compilation = Reading.Compile(source);
        foreach (var type in Reading.GraphClasses(compilation))
        {
            var reading = ModelReader.Read(compilation, type, default);
            Assert.DoesNotContain(reading.Diagnostics, d => d.Descriptor == Descriptors.InternalFault);
            Assert.True(reading.Model is not null || reading.Diagnostics.Count > 0 || compilation.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error), source);
            Assert.All(reading.Diagnostics, d => d.ToDiagnostic().GetMessage());
        }
    }

    [Fact]
    public void The_source_itself_is_accepted() => Reading.Accept(Source);

    [Fact]
    public void Truncated_sources()
    {
        for (int length = 0; length < Source.Length; length += 7)
            Survives(Source[..length]);
    }

    [Fact]
    public void Sources_with_a_piece_missing()
    {
        var random = new Random(1);
        for (int i = 0; i < 150; i++)
        {
            int start = random.Next(Source.Length), length = random.Next(1, 30);
            Survives(Source.Remove(start, Math.Min(length, Source.Length - start)));
        }
    }

    [Fact]
    public void Sources_with_tokens_mixed_up()
    {
        var tokens = CSharpSyntaxTree.ParseText(Source).GetRoot().DescendantTokens().Select(t => t.Text).ToArray();
        var random = new Random(2);
        for (int i = 0; i < 150; i++)
        {
            var mixed = (string[])tokens.Clone();
            for (int j = 0; j < 2; j++)
                mixed[random.Next(mixed.Length)] = tokens[random.Next(tokens.Length)];
            Survives(string.Join(' ', mixed));
        }
    }

    [Theory]
    [InlineData("public Tensor F([Shape(2)] Tensor x) => ")]
    [InlineData("public Tensor F([Shape(2)] Tensor x) => x.")]
    [InlineData("public Tensor F([Shape(2)] Tensor x) => Missing(x);")]
    [InlineData("public Tensor F([Shape(2)] Tensr x) => x;")]
    [InlineData("public Tensr F([Shape(2)] Tensor x) => x;")]
    [InlineData("public Tensor F([Shape(N)] Tensor x) => x;")]
    [InlineData("public Tensor F([Shape(Get())] Tensor x) => x; static int Get() => 2;")]
    [InlineData("public Tensor F([Shape(] Tensor x) => x;")]
    [InlineData("readonly Missing m = new(3); public Tensor F([Shape(2)] Tensor x) => m.Forward(x);")]
    [InlineData("readonly Linear m = new(\"3\", 4); public Tensor F([Shape(2)] Tensor x) => m.Forward(x);")]
    [InlineData("readonly Linear m; public Tensor F([Shape(2)] Tensor x) => m.Forward(x);")]
    [InlineData("readonly Linear m = m; public Tensor F([Shape(2)] Tensor x) => m.Forward(x);")]
    [InlineData("public Tensor F([Shape(2)] Tensor x); ")]
    [InlineData("public partial Tensor F([Shape(2)] Tensor x);")]
    [InlineData("public extern Tensor F([Shape(2)] Tensor x);")]
    [InlineData("public Tensor F([Shape(2)] Tensor x, [Shape(2)] Tensor x) => x + x;")]
    [InlineData("public Tensor F([Shape(2)] Tensor) => null;")]
    [InlineData("public Tensor this[int i] => null; public Tensor P => null;")]
    [InlineData("public Tensor F([Shape(2)] ref Tensor x) => x;")]
    [InlineData("public Tensor F(params Tensor[] x) => x[0];")]
    [InlineData("public unsafe Tensor F([Shape(2)] Tensor x) { int n = 3; int* p = &n; return x * *p; }")]
    [InlineData("public async System.Threading.Tasks.Task<Tensor> F([Shape(2)] Tensor x) => x;")]
    [InlineData("public Tensor F([Shape(2)] Tensor x) { foreach (var (a, b, c) in new[] { (1, 2) }) x += a; return x; }")]
    [InlineData("public Tensor F([Shape(2)] Tensor x) { checked { return x * (int.MaxValue + x.Shape[0]); } }")]
    [InlineData("public Tensor F([Shape(2)] Tensor x) { var a = stackalloc int[3]; Span<int> s = [1, 2]; return x * s[0]; }")]
    [InlineData("public Tensor F([Shape(2)] Tensor x) => x * decimal.One.GetHashCode() * (float)1.5m;")]
    public void Odd_members(string members) => Survives(Reading.InClass(members));

    [Theory]
    [InlineData("[Graph] partial struct Net { public Tensor F([Shape(2)] Tensor x) => x; }")]
    [InlineData("[Graph] partial interface Net { Tensor F([Shape(2)] Tensor x); }")]
    [InlineData("[Graph] partial class Net")]
    [InlineData("[Graph] partial class { }")]
    [InlineData("[Graph] partial class Net : Missing { public Tensor F([Shape(2)] Tensor x) => x; }")]
    [InlineData("[Graph] partial class Net : Net { public Tensor F([Shape(2)] Tensor x) => x; }")]
    [InlineData("[Graph, Dim] partial class Net { public Tensor F([Shape(2)] Tensor x) => x; }")]
    [InlineData("[Graph, Dim(3, Max = \"x\")] partial class Net { public Tensor F([Shape(2)] Tensor x) => x; }")]
    [InlineData("[Graph] [Graph] partial class Net { public Tensor F([Shape(2)] Tensor x) => x; } [Graph] partial class Net { }")]
    [InlineData("namespace GraphCompiler { class Linear { } } [Graph] partial class Net { readonly Linear l = new(); public Tensor F([Shape(2)] Tensor x) => x; }")]
    public void Odd_classes(string source) => Survives(source);

    [Fact]
    public void Cancellation_is_honoured()
    {
        using var source = new CancellationTokenSource();
        var compilation = Reading.Compile(ModelTests.DigitClassifier);
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => Reading.Read(compilation, source.Token));
    }

    [Fact]
    public void Cancellation_in_a_long_loop()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        var compilation = Reading.Compile(
            Reading.InClass("public Tensor F([Shape(2)] Tensor x) { for (long i = 0; i < 1L << 60; i++) for (int j = 0; j < 1000; j++) { } return x; }"));

        var exception = Record.Exception(() => Reading.Read(compilation, source.Token));
        Assert.True(exception is OperationCanceledException or null);
    }

    [Fact]
    public void Many_identical_blocks_read_their_operations_once()
    {
        string Deep(int blocks) => Source.Replace("Range(0, 2)", $"Range(0, {blocks})", StringComparison.Ordinal);

        Assert.Equal(48 + 2, Reading.Accept(Deep(48)).Parameters.Count);
    }

    [Fact]
    public void The_model_holds_nothing_of_the_compiler()
    {
        var model = Reading.Accept(Source);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<object>([model]);
        while (waiting.TryPop(out var value))
        {
            var type = value.GetType();
            if (type.IsPrimitive || value is string or Type or Delegate || !seen.Add(value))
                continue;
            Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Compilation or IOperation or Location, $"The model holds a {type}.");
            Assert.False(type.Namespace?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true, $"The model holds a {type}.");
            if (value is System.Collections.IEnumerable items)
            {
                foreach (object? item in items)
                    if (item is not null)
                        waiting.Push(item);
            }
            for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType)
            {
                foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                    if (field.GetValue(value) is { } inner && !field.FieldType.IsPointer)
                        waiting.Push(inner);
            }
        }
        Assert.True(seen.Count > 50);
    }
}
