using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Tests.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace GraphCompiler.Generator.Tests.Diagnostics;

public sealed class DeclarationDiagnosticTests
{
    const string Method = "public Tensor F([Shape(2)] Tensor x) => x;";

    [Theory]
    [InlineData("GC0001", "[Graph] class [|Net|] { " + Method + " }")]
    [InlineData("GC0002", "[Graph] partial class Net { public [|Net|](int width) { } " + Method + " }")]
    [InlineData("GC0002", "[Graph] partial class Net[|(int width)|] { " + Method + " int Width => width; }")]
    [InlineData("GC0003", "class Base; [Graph] partial class Net : [|Base|] { " + Method + " }")]
    [InlineData("GC0004", "[Graph] partial class Net[|<T>|] { " + Method + " }")]
    [InlineData("GC0004", "partial class Outer<T> { [Graph] partial class [|Net|] { " + Method + " } }")]
    [InlineData("GC0005", "class [|Outer|] { [Graph] partial class Net { " + Method + " } }")]
    [InlineData("GC0007", "[Graph] abstract partial class [|Net|] { " + Method + " }")]
    [InlineData("GC0007", "[Graph] static partial class [|Net|] { }")]
    [InlineData("GC0007", "[Graph] partial record [|Net|] { " + Method + " }")]
    [InlineData("GC0008", "[Graph] partial class [|Net|] { Tensor F(Tensor x) => x; }")]
    [InlineData("GC0010", "[Graph(MatMulPrecision = [|(MatMulPrecision)3|])] partial class Net { " + Method + " }")]
    [InlineData("GC0010", "[Graph(MatMulPrecision = [|(MatMulPrecision)(-1)|])] partial class Net { " + Method + " }")]
    [InlineData("GC0010", "[Graph(Precision = [|(Precision)9|])] partial class Net { " + Method + " }")]
    [InlineData("GC0010", "[Graph(MatMulPrecision = MatMulPrecision.Float16, Precision = [|(Precision)7|])] partial class Net { " + Method + " }")]
    [InlineData("GC0101", "[Graph] partial class Net { public Tensor F(Tensor [|x|]) => x; }")]
    [InlineData("GC0102", "[Graph] partial class Net { public Tensor F([Shape(2, [|0|])] Tensor x) => x; }")]
    [InlineData("GC0102", "[Graph] partial class Net { public Tensor F([Shape(2, [|-3|])] Tensor x) => x; }")]
    [InlineData("GC0102", "[Graph] partial class Net { public Tensor F([Shape([|2.5|], 2)] Tensor x) => x; }")]
    [InlineData("GC0102", "[Graph] partial class Net { public Tensor F([Shape(2, [|null|])] Tensor x) => x; }")]
    [InlineData("GC0102", "[Graph] partial class Net { static int n = 2; public Tensor F([Shape(2, [|n|])] Tensor x) => x; }")]
    [InlineData("GC0102", "[Graph] partial class Net { public Tensor F([Shape([|Size()|], 2)] Tensor x) => x; static int Size() => 2; }")]
    [InlineData("GC0103", "[Graph] partial class Net { public Tensor F([Shape([|\"batch\"|], 2)] Tensor x) => x; }")]
    [InlineData("GC0103", "[Graph, Dim(\"batch\", Max = 2)] partial class Net { public Tensor F([Shape([|\"bach\"|], \"batch\")] Tensor x) => x; }")]
    [InlineData("GC0104", "[Graph, [|Dim(\"batch\")|]] partial class Net { public Tensor F([Shape(\"batch\", 2)] Tensor x) => x; }")]
    [InlineData("GC0104", "[Graph, [|Dim(\"batch\", Max = 0)|]] partial class Net { public Tensor F([Shape(\"batch\", 2)] Tensor x) => x; }")]
    [InlineData("GC0105", "[Graph, Dim(\"n\", Max = 2), [|Dim(\"n\", Max = 3)|]] partial class Net { public Tensor F([Shape(\"n\")] Tensor x) => x; }")]
    [InlineData("GC0106", "[Graph] partial class Net { public Tensor F([Shape(2)] Tensor x, int [|n|]) => x; }")]
    [InlineData("GC0106", "[Graph] partial class Net { public void [|F|]([Shape(2)] Tensor x) { } }")]
    [InlineData("GC0106", "[Graph] partial class Net { public (Tensor, int) [|F|]([Shape(2)] Tensor x) => (x, 1); }")]
    [InlineData("GC0106", "[Graph] partial class Net { public Tensor [|F|]<T>([Shape(2)] Tensor x) => x; }")]
    [InlineData("GC0106", "[Graph] partial class Net { readonly Parameter w = new([2]); [Objective] public Tensor [|F|]() => w.Sum(); }")]
    [InlineData("GC0107", "[Graph] partial class Net { [Objective] public Tensor [|F|]([Shape(2)] Tensor x) => x; }")]
    [InlineData("GC0107", "[Graph] partial class Net { [Objective] public (Tensor, Tensor) [|F|]([Shape(2)] Tensor x) => (x.Sum(), x.Sum()); }")]
    [InlineData("GC0108",
        "[Graph] partial class Net { [Objective] public Tensor F([Shape(2)] Tensor x) => x.Sum(); [Objective] public Tensor [|G|]([Shape(2)] Tensor x) => x.Max(); }")]
    [InlineData("GC0109", "[Graph] partial class Net { public Tensor [|Save|]([Shape(2)] Tensor x) => x; }")]
    [InlineData("GC0109", "[Graph] partial class Net { " + Method + " public Tensor [|F|]([Shape(2)] Tensor<int> x) => x.To<float>(); }")]
    [InlineData("GC0109", "[Graph] partial class Net { readonly Linear [|Trainer|] = new(2, 2); public Tensor F([Shape(2)] Tensor x) => Trainer.Forward(x); }")]
    [InlineData("GC0109", "[Graph] partial class Net { int [|fPrograms|]; public Tensor F([Shape(2)] Tensor x) => x; }")]
    [InlineData("GC0109", "[Graph] partial class [|Trainer|] { " + Method + " }")]
    [InlineData("GC0109", "[Graph] partial class Net { " + Method + " class [|Session|]; }")]
    [InlineData("GC0109", "[Graph] partial class Net { " + Method + " int [|Options|] => 1; }")]
    [InlineData("GC0109", "[Graph] partial class Net { " + Method + " public event Action [|MemoryReport|]; }")]
    [InlineData("GC0109", "[Graph] partial class Net { " + Method + " public void [|Dispose|]() { } }")]
    [InlineData("GC0109", "[Graph] partial class Net { " + Method + " public void [|F|](ReadOnlySpan<float> x, Span<float> y) { } }")]
    [InlineData("GC0109", "[Graph, Dim(\"n\", Max = 2)] partial class Net { public (Tensor n, Tensor) [|F|]([Shape(\"n\")] Tensor x) => (x, x); }")]
    [InlineData("GC0109", "class [|System|]; [Graph] partial class Net { " + Method + " }")]
    [InlineData("GC0011", "[Graph] file partial class [|Net|] { " + Method + " }")]
    [InlineData("GC0011", "file partial class [|Outer|] { [Graph] partial class Net { " + Method + " } }")]
    [InlineData("GC0013", "[Graph] partial class Net { [Objective] public Tensor [|F|]([Shape(2)] Tensor x) => x.Sum(); }")]
    [InlineData("GC0106", "[Graph] partial class Net { readonly Parameter w = new([2]); [Objective] Tensor [|F|]([Shape(2)] Tensor x) => (w * x).Sum(); }")]
    [InlineData("GC0106", "[Graph] partial class Net { readonly Parameter w = new([2]); public Tensor G([Shape(2)] Tensor x) => w * x; [Objective] public static Tensor [|F|]([Shape(2)] Tensor x) => x.Sum(); }")]
    [InlineData("GC0109", "[Graph] partial class Net { public (Tensor x, Tensor y) F([Shape(2)] Tensor [|x|]) => (x, x); }")]
    [InlineData("GC0109", "[Graph, Dim(\"n\", Max = 2)] partial class Net { public Tensor F([Shape(\"n\")] Tensor [|n|]) => n; }")]
    [InlineData("GC0102", "[Graph, [|Dim(\"the batch\", Max = 2)|]] partial class Net { public Tensor F([Shape(\"the batch\")] Tensor x) => x; }")]
    [InlineData("GC0110", "[Graph, Dim(\"a\", Max = 2), [|Dim(\"b\", Max = 2)|]] partial class Net { public Tensor F([Shape(\"a\")] Tensor x) => x; }")]
    [InlineData("GC0203", "[Graph] partial class Net { public Tensor F([Shape(2)] Tensor<decimal> [|x|]) => Zeros(2); }")]
    [InlineData("GC0203", "[Graph] partial class Net { [Objective] public Tensor<bool> [|F|]([Shape] Tensor x) => x < 0; }")]
    [InlineData("GC0203", "[Graph] partial class Net { [Objective] public Tensor<int> [|F|]([Shape] Tensor<int> x) => x + 1; }")]
    [InlineData("GC0203", "[Graph] partial class Net { [Objective] public Tensor<System.Half> [|F|]([Shape] Tensor<System.Half> x) => x; }")]
    [InlineData("GC0206", "[Graph] partial class Net { public Tensor F([[|Shape(100000, 100000)|]] Tensor x) => x; }")]
    [InlineData("GC0306", "[Graph] partial class Net { public Tensor [|F|]([Shape(2)] Tensor x) => null!; }")]
    public void Is_reported_at_its_place(string id, string marked) => Reading.Reject(id, marked);

    [Fact]
    public void Unsafe_blocks_must_be_allowed()
    {
        var diagnostic = Reading.Reject(
            "GC0006", "[Graph] partial class [|Net|] { " + Method + " }", new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

        Assert.Contains("<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", diagnostic.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_language_must_be_recent()
    {
        var tree = CSharpSyntaxTree.ParseText("[GraphCompiler.Graph] partial class Net { public GraphCompiler.Tensor F([GraphCompiler.Shape(2)] GraphCompiler.Tensor x) => x; }",
            new CSharpParseOptions(LanguageVersion.CSharp10));
        var compilation = Reading.Compile().AddSyntaxTrees(tree);
        var type = compilation.GetTypeByMetadataName("Net")!;

        Assert.Equal(["GC0009"], ModelReader.Read(compilation, type, default).Diagnostics.Select(d => d.Descriptor.Id));
    }

    [Fact]
    public void Several_mistakes_are_reported_together()
    {
        var reading = Reading.Read(Reading.Compile("""
            [Graph]
            partial class Net
            {
                public Tensor F([Shape(2)] Tensor x) => x + Ones(3);
                public Tensor G([Shape(2, 3)] Tensor x) => MatMul(x, x);
                public Tensor H([Shape("n")] Tensor x) => x;
            }
            """));

        Assert.Equal(["GC0201", "GC0201", "GC0103"], reading.Diagnostics.Select(d => d.Descriptor.Id));
        Assert.Null(reading.Model);
        Assert.All(reading.Diagnostics, d => Assert.Equal(DiagnosticSeverity.Error, d.ToDiagnostic().Severity));
    }

    [Fact]
    public void Mistakes_of_every_kind_are_reported_together()
    {
        var reading = Reading.Read(Reading.Compile("""
            [Graph, Dim("n", Max = 0)]
            class Net
            {
                readonly Linear narrow = new(-1, 2);
                readonly Parameter empty = new([0]);
                readonly Linear right = new(4, 2);

                int Options => 1;

                public Tensor F([Shape(2, 4)] Tensor x)
                {
                    var wrong = MatMul(x, x);
                    wrong = Relu(wrong) + 1;
                    var list = new List<Tensor> { x };
                    list.Add(x + Ones(3));
                    var a = Concat(list, 0);
                    var b = x.Sum(7);
                    var unknown = narrow.Forward(x) + empty;
                    if (x.Shape[0] == 2)
                        x = Reshape(x, 3, 3);
                    x = right.Forward(x[.., 1..]);
                    return wrong + a;
                }

                public Tensor G([Shape("m", 4)] Tensor x, int k) => x;

                [Objective]
                static Tensor Loss([Shape(2)] Tensor x) => x.Sum();
            }
            """));

        Assert.Equal(
            ["GC0104", "GC0001", "GC0403", "GC0403", "GC0109", "GC0201", "GC0201", "GC0204", "GC0201", "GC0103", "GC0106", "GC0106"],
            reading.Diagnostics.Select(d => d.Descriptor.Id));
    }

    /// <summary>What a constructor would give is unknown; the fields that are initialised where they are declared are not.</summary>
    [Theory]
    [InlineData("[Graph] partial class Net { readonly Linear a, b = new(4, 2); public Net(int n) => a = new(n, 2);")]
    [InlineData("[Graph] partial class Net(int n) { readonly Linear a = new(n, 2), b = new(4, 2);")]
    public void Mistakes_beside_a_constructor(string start) => Assert.Equal(
        ["GC0002", "GC0201"],
        Reading.Read(Reading.Compile(start
            + " public Tensor F([Shape(3, 4)] Tensor x) => a.Forward(x); public Tensor G([Shape(3, 4)] Tensor x) => b.Forward(x) + Ones(7); }")).Diagnostics.Select(
            d => d.Descriptor.Id));

    [Theory]
    [InlineData("x += Ones(3); var y = x + Ones(5); return y;", 1)]
    [InlineData("for (int i = 0; i < 9; i++) x += Ones(3 + i); return x;", 1)]
    [InlineData("var y = x + Ones(3); for (int i = 0; i < 9; i++) y += x; if (x.Shape[0] == 2) y = y * 2; else y = x; return x + Ones(4);", 2)]
    [InlineData("var l = new Tensor[2]; l[0] = x + Ones(3); l[1] = x; return Stack(l, 0);", 1)]
    [InlineData("Tensor Twice(Tensor y) { var z = y + Ones(3); return z * Ones(4); } var a = Twice(x); var b = Twice(x + 1); return a + b + Ones(5);", 1)]
    [InlineData("var y = Missing(x); var z = x + Ones(3); return y + z;", 1)]
    [InlineData("if (x[0] > 0) return x; return x + Ones(3);", 1)]
    [InlineData("var f = (Tensor t) => t + Ones(3); var a = f(x); var b = x + Ones(4); return f(a);", 2)]
    [InlineData("Tensor y; var p = x + Ones(3); (y, x) = (p, x + Ones(4)); var q = x + Ones(5); return y + q;", 1)]
    public void What_depends_on_a_mistake_is_none(string body, int mistakes) =>
        Assert.Equal(mistakes, Reading.Read(Reading.Compile(Reading.InClass("public Tensor F([Shape(2)] Tensor x) { " + body + " }"))).Diagnostics.Count);
}
