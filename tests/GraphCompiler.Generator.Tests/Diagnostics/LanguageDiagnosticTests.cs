using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Tests.Frontend;
using Xunit;

namespace GraphCompiler.Generator.Tests.Diagnostics;

public sealed class LanguageDiagnosticTests
{
    static DiagnosticInfo Reject(string id, string body) => Reading.RejectMembers(id, $$"""
        public static int Counter = 1;
        int calls;
        readonly int[] sizes = [1, 2];
        public Tensor F([Shape(2, 3)] Tensor x) { {{body}} }
        """);

    [Theory]
    [InlineData("GC0301", "[|try { x = Relu(x); } catch (Exception) { }|] return x;")]
    [InlineData("GC0301", "[|using (var s = new System.IO.MemoryStream()) { }|] return x;")]
    [InlineData("GC0301", "[|lock (sizes) { }|] return x;")]
    [InlineData("GC0301", "[|again: x = Relu(x);|] goto again;")]
    [InlineData("GC0111", "string s = \"ab\"; [|for (int i = 0; i < 40; i++) s += s;|] return x * s.Length;")]
    [InlineData("GC0111", "var a = [|new int[2147483647]|]; return x * a.Length;")]
    [InlineData("GC0111", "var a = [|new float[65536, 65536]|]; return x * a.Length;")]
    [InlineData("GC0305", "var a = new List<int> { 1 }; [|while (true) a.AddRange(a);|]")]
    [InlineData("GC0111", "var a = new System.Text.StringBuilder(\"ab\"); [|while (true) a.Append(a.ToString());|]")]
    [InlineData("GC0111", "object a = 1; for (int i = 0; i < 60; i++) a = (a, a); return x * [|a.ToString()|]!.Length;")]
    [InlineData("GC0111", "return x * [|\"a\".PadLeft(2000000000)|].Length;")]
    [InlineData("GC0111", "return x * [|new string('a', 2000000000)|].Length;")]
    [InlineData("GC0111", "return x * $\"[|{1,2000000000}|]\".Length;")]
    [InlineData("GC0111", "return x * [|5.ToString(\"D900000000\")|].Length;")]
    [InlineData("GC0111", "var s = new string('a', 100000); return x * [|s.Replace(\"a\", s)|].Length;")]
    [InlineData("GC0305", "return x * [|Enumerable.Range(0, 2147483647)|].Count();")]
    [InlineData("GC0305", "return x * Each().Sum(); IEnumerable<int> Each() { [|while (true) yield return 0;|] }")]
    [InlineData("GC0112", "[|while (true) { x = Relu(x); x = -x; }|]")]
    [InlineData("GC0301", "int[] a = [1]; ref int [|r = ref a[0]|]; return x * r;")]
    [InlineData("GC0308", "[|sizes.AsSpan().Fill(3)|]; return x;")]
    [InlineData("GC0301", "dynamic d = 3; return x * (float)[|d.N|];")]
    [InlineData("GC0302", "if (x.Rank == [|DateTime.Now|].Ticks) return Relu(x); return x;")]
    [InlineData("GC0302", "return x * [|Counter|];")]
    [InlineData("GC0302", "if ([|x == Relu(x)|]) return x; return x;")]
    [InlineData("GC0303", "return x * [|Environment.GetEnvironmentVariable(\"N\")|]!.Length;")]
    [InlineData("GC0303", "var s = [|new System.IO.StringWriter()|]; return x;")]
    [InlineData("GC0303", "return x * [|\"a\".GetHashCode()|];")]
    [InlineData("GC0307", "return x * [|int.Parse(\"a\")|];")]
    [InlineData("GC0307", "return x * [|new Dictionary<string, int>()[\"a\"]|];")]
    [InlineData("GC0307", "return x * [|new int[0].Max()|];")]
    [InlineData("GC0303", "[|Console.WriteLine(x)|]; return x;")]
    [InlineData("GC0305", "int n = 0; [|while (true) { n++; n--; }|]")]
    [InlineData("GC0305", "[|for (int i = 0; i >= 0; i = i == 5 ? 0 : i + 1) { Count(i); }|] return x; static int Count(int i) => i;")]
    [InlineData("GC0306", "Tensor? y = null; return [|Relu(y!)|];")]
    [InlineData("GC0306", "Tensor? y = null; return [|y!.Reshape(6)|];")]
    [InlineData("GC0306", "Tensor? y = null; return x * [|y!.Rank|];")]
    [InlineData("GC0306", "int[]? n = null; return x * [|n|]![0];")]
    [InlineData("GC0307", "int zero = 0; return x * ([|1 / zero|]);")]
    [InlineData("GC0307", "return x * [|new[] { 1, 2 }[2]|];")]
    [InlineData("GC0307", "if (x.Shape[1] % 2 != 0) [|throw new ArgumentException(\"the width must be even\");|] return x;")]
    [InlineData("GC0307", "return x * ([|x.Rank switch { 1 => 1, 3 => 2 }|]);")]
    [InlineData("GC0307", "int big = int.MaxValue; return x * checked([|big + 1|]);")]
    [InlineData("GC0307", "object n = 3; return x * ([|(string)n|]).Length;")]
    [InlineData("GC0307", "[|ArgumentOutOfRangeException.ThrowIfGreaterThan(x.Rank, 1)|]; return x;")]
    [InlineData("GC0307", "[|System.Diagnostics.Debug.Assert(x.Rank == 3)|]; return x;")]
    [InlineData("GC0308", "[|calls|]++; return x;")]
    [InlineData("GC0308", "[|calls|] = 3; return x;")]
    [InlineData("GC0308", "[|Counter|] = 3; return x;")]
    [InlineData("GC0308", "[|sizes[0]|] = 3; return x;")]
    [InlineData("GC0404", "return x * [|new Parameter([3])|];")]
    [InlineData("GC0404", "var layer = [|new Linear(3, 4)|]; return x;")]
    public void Is_reported_at_its_place(string id, string body) => Reject(id, body);

    [Theory]
    [InlineData("GC0307", "if (x.Shape[1] % 2 != 0) [|throw new ArgumentException($\"the width {x.Shape[1]} must be even\");|] return x;", "the width 3 must be even")]
    [InlineData("GC0302", "if ([|x == Relu(x)|]) return x; return x;", "use Equal(a, b)")]
    [InlineData("GC0303", "[|Console.WriteLine(x)|]; return x;", "'Console.WriteLine(object?)' cannot be called in a graph method")]
    [InlineData("GC0308", "[|calls|] = 3; return x;", "keep what changes in a local")]
    public void Says_what_to_write_instead(string id, string body, string text) =>
        Assert.Contains(text, Reject(id, body).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Recursion_names_its_cycle() => Assert.Contains(
        "calls itself without end (Net.F(Tensor) → Net.G(Tensor) → Net.F(Tensor))",
        Reading.RejectMembers("GC0304", "public Tensor F([Shape(2)] Tensor x) => G(Relu(x)); Tensor G(Tensor x) => [|F(x)|];").ToString(),
        StringComparison.Ordinal);

    [Fact]
    public void Recursion_of_one_method() => Reject("GC0304", "return Again(x); static Tensor Again(Tensor y) => [|Again(Relu(y))|];");

    [Fact]
    public void Recursion_of_modules() => Reading.Reject("GC0304", """
        [Module] class Node { readonly Node next = [|new Node()|]; public Tensor Forward(Tensor x) => x; }
        [Graph] partial class Net { readonly Node node = new(); public Tensor F([Shape(2)] Tensor x) => node.Forward(x); }
        """);

    [Fact]
    public void Recursion_of_statics() => Reading.RejectMembers(
        "GC0304", "static readonly int A = B + 1, B = [|A|] + 1; public Tensor F([Shape(2)] Tensor x) => x * A;");

    [Fact]
    public void Deep_expressions_are_refused()
    {
        string sum = string.Concat(Enumerable.Repeat("(", 1500)) + "x" + string.Concat(Enumerable.Repeat(" + 1)", 1500));
        var reading = Reading.Read(Reading.Compile(Reading.InClass($"public Tensor F([Shape(2)] Tensor x) => {sum};")));

        Assert.True(reading.Model is not null || reading.Diagnostics.Any(d => d.Descriptor.Id == "GC0301"), string.Join("\n", reading.Diagnostics));
    }

    [Theory]
    [InlineData("GC0309", "readonly Tensor half = [|0.5f|]; public Tensor F([Shape(2)] Tensor x) => x * half;")]
    [InlineData("GC0309", "static readonly Tensor Mask = [|Ones(2)|]; public Tensor F([Shape(2)] Tensor x) => x * Mask;")]
    [InlineData("GC0303", "readonly Random random = [|new Random(1)|]; public Tensor F([Shape(2)] Tensor x) => x * random.Next();")]
    [InlineData("GC0302", "[Name(\"\")] readonly int n = [|Environment.ProcessorCount|]; public Tensor F([Shape(2)] Tensor x) => x * n;")]
    public void Fields_are_evaluated_too(string id, string members) => Reading.RejectMembers(id, members);

    [Theory]
    [InlineData("GC0302", "if ([|x.Shape[0] > 2|]) return x; return -x;")]
    [InlineData("GC0302", "return x * [|Math.Sqrt(x.Shape[0])|];")]
    [InlineData("GC0302", "return [|x[1..]|];")]
    [InlineData("GC0302", "return [|x[..^1]|];")]
    [InlineData("GC0205", "return [|x.Slice(0, 1, x.Shape[0])|];")]
    [InlineData("GC0205", "return [|x.Transpose()[..x.Shape[0]]|];")]
    [InlineData("GC0205", "return [|x[^2]|];")]
    [InlineData("GC0205", "return [|x[1]|];")]
    [InlineData("GC0302", "return x * ([|x.Shape[0] / 2|]);")]
    [InlineData("GC0302", "var y = x; for (int i = 0; [|i < x.Shape[0]|]; i++) y += 1; return y;")]
    public void Named_dimensions_are_not_constants(string id, string body) => Reading.Reject(
        id, $$"""[Graph, Dim("n", Max = 8)] partial class Net { public Tensor F([Shape("n", 2)] Tensor x) { {{body}} } }""");
}
