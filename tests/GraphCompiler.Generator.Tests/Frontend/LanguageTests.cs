using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>Each piece of C# gives the graph that the plain expression gives.</summary>
public sealed class LanguageTests
{
    const string Signature = "public Tensor F([Shape(2, 3)] Tensor x)";

    /// <summary>A method body, with members and types around it, is worth the expression.</summary>
    static void Means(string expression, string body, string members = "", string others = "")
    {
        string expected = Reading.GraphOf($"{Signature} => {expression};");
        string actual = Reading.GraphOf($"{members}\n{Signature} {{ {body} }}", others);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Locals() => Means("Relu(x) * 2", "var y = Relu(x); Tensor z; z = y * 2; return z;");

    [Fact]
    public void Reassignment() => Means("Relu(Relu(x) + 1)", "x = Relu(x); x = x + 1; x = Relu(x); return x;");

    [Fact]
    public void Compound_assignment() => Means("((x + 1) * 2 - 3) / 4", "x += 1; x *= 2f; x -= 3.0; x /= 4; return x;");

    [Fact]
    public void Compound_assignment_of_constants() => Means("x * 11.5f", "int n = 3; n *= 4; n--; --n; n++; n <<= 1; n >>= 1; float f = n; f += 0.5f; return x * f;");

    [Fact]
    public void Tuples_and_deconstruction() => Means(
        "Exp(x) + Log(x) * 3", "var (a, b) = (Exp(x), Log(x)); (Tensor c, int n) t = (b, 3); (a, b) = (b, a); (_, var d) = t; return b + t.c * d;");

    [Fact]
    public void Tuples_from_helpers() => Means(
        "Exp(x) + Log(x)", "var (a, b) = Both(x); var both = Both(x); return both.First + both.Item2;",
        "static (Tensor First, Tensor) Both(Tensor x) => (Exp(x), Log(x));");

    [Theory]
    [InlineData("7 / 2", "3")]
    [InlineData("7 % 4", "3")]
    [InlineData("7 / 2.0", "3.5")]
    [InlineData("1 / 3f", "0.33333334f")]
    [InlineData("Math.Sqrt(16)", "4")]
    [InlineData("MathF.Pow(2, 10)", "1024")]
    [InlineData("Math.Max(3, 4L)", "4")]
    [InlineData("(int)3.9", "3")]
    [InlineData("(int)Math.Ceiling(7 / 2.0)", "4")]
    [InlineData("1 << 4", "16")]
    [InlineData("int.MaxValue / 2147483647", "1")]
    [InlineData("n == 3 ? 5 : 6", "5")]
    [InlineData("n is > 2 and < 9 ? 5 : 6", "5")]
    [InlineData("n > 2 && n != 4 || n < 0 ? 5 : 6", "5")]
    [InlineData("n switch { 1 => 10, 3 => 30, _ => 0 }", "30")]
    [InlineData("\"abc\".Length + $\"{n}x\".Length", "5")]
    [InlineData("text == \"deep\" ? 1 : 2", "1")]
    [InlineData("(n, text) == (3, \"deep\") ? 1 : 2", "1")]
    [InlineData("(n, text) switch { (3, \"deep\") => 7, _ => 8 }", "7")]
    [InlineData("nothing ?? 9", "9")]
    [InlineData("nothing.HasValue ? 1 : 2", "2")]
    [InlineData("some.HasValue ? some.Value : 2", "4")]
    [InlineData("x.Shape[0] * x.Shape[^1] + x.Rank + x.Shape[-1] + x.Size", "17")]
    [InlineData("x.Shape.Length", "2")]
    [InlineData("Enumerable.Range(1, 4).Select(i => i * i).Sum()", "30")]
    [InlineData("new[] { 4, 5, 6 }[^1] + new List<int> { 1, 2 }.Count", "8")]
    [InlineData("((int[])[1, 2, 3])[1..].Length", "2")]
    [InlineData("sizes is [1, .., var last] ? last : 0", "3")]
    [InlineData("checked(n * n)", "9")]
    [InlineData("default(int) + (int)Kind.Second", "1")]
    [InlineData("nameof(text).Length", "4")]
    public void Constant_arithmetic(string value, string same) => Means(
        $"x * ({same})", $"int n = 3; string text = \"deep\"; int? nothing = null; int? some = 4; int[] sizes = [1, 2, 3]; _ = (n, text, nothing, some, sizes); return x * (float)({value});",
        others: "enum Kind { First, Second }");

    [Fact]
    public void For_loop() => Means("Relu(Relu(Relu(x) * 0) * 1) * 2", "for (int i = 0; i < 3; i++) { x = Relu(x) * i; } return x;");

    [Fact]
    public void For_loop_with_break_and_continue() => Means("x + 1 + 3", "for (int i = 0; ; i++) { if (i % 2 == 0) continue; if (i > 4) break; x = x + i; } return x;");

    [Fact]
    public void While_and_do() => Means("x + 0 + 1 + 2", "int i = 0; while (i < 2) { x += i; i++; } do x += i; while (i < 2); return x;");

    [Fact]
    public void Nested_loops_return_from_inside() => Means("x + 1", "for (int i = 0; i < 3; i++) foreach (var j in new[] { 0, 1 }) if (i == 0 && j == 1) return x + j; return x;");

    [Fact]
    public void For_each_over_constants() => Means("x * 2 * 3", "foreach (var scale in new[] { 2f, 3f }) x *= scale; return x;");

    [Fact]
    public void For_each_with_deconstruction() => Means("x * 2 + 3", "foreach (var (a, b) in new[] { (2, 3) }) x = x * a + b; return x;");

    [Fact]
    public void For_each_over_text() => Means("Relu(Exp(x))", "foreach (char c in \"er\") x = c == 'e' ? Exp(x) : Relu(x); return x;");

    [Fact]
    public void If_and_switch_statements() => Means(
        "Tanh(Relu(x))", "if (Deep) x = Relu(x); else x = Exp(x); switch (Name) { case \"relu\": x = Relu(x); break; case \"tanh\" when Deep: x = Tanh(x); break; default: throw new Exception(); } return x;",
        "const bool Deep = true; static readonly string Name = \"tanh\";");

    [Fact]
    public void Private_helpers_and_local_functions() => Means(
        "Exp(Relu(x) * 3) * 2", "return Outer(Helper(x, scale: 3)); Tensor Outer(Tensor y) => Exp(y) * Two(); int Two() { return 2; }",
        "Tensor Helper(Tensor y, float scale = 1) => Relu(y) * scale;");

    [Fact]
    public void Local_functions_see_and_change_locals() => Means("x + 2", "int n = 0; Add(); Add(); return x + n; void Add() => n++;");

    [Fact]
    public void Lambdas() => Means(
        "Exp(Relu(x) * 2) * 2", "float n = 2; Func<Tensor, Tensor> f = y => Relu(y) * n; Func<Tensor, Tensor> g = Exp; return Apply(g, f(x)) * n;",
        "static Tensor Apply(Func<Tensor, Tensor> f, Tensor x) => f(x);");

    [Fact]
    public void Lambdas_keep_the_variable_of_their_iteration() => Means(
        "x + 0 + 1", "var fs = new List<Func<Tensor, Tensor>>(); foreach (int i in new[] { 0, 1 }) fs.Add(y => y + i); foreach (var f in fs) x = f(x); return x;");

    [Fact]
    public void Static_helpers_of_other_classes() => Means(
        "Relu(x) * 2 + 1", "return Helpers.Scale(x.Twice(), by: 1);",
        others: "static class Helpers { public static Tensor Scale(Tensor x, int by) => x + by; public static Tensor Twice(this Tensor x) => Relu(x) * Factor; static int Factor => 2; }");

    [Fact]
    public void Bounded_recursion() => Means(
        "Relu(Relu(Relu(x)))", "return Deep(x, 3);", "static Tensor Deep(Tensor x, int n) => n == 0 ? x : Deep(Relu(x), n - 1);");

    [Fact]
    public void Named_default_and_params_arguments() => Means(
        "Concat([x * 1, x * 2], 0).Sum(1) + 7", "return Join(n: 7, parts: [x * 1, x * 2]) ;",
        "static Tensor Join(int n, params Tensor[] parts) => Concat(parts).Sum(1) + n;");

    [Fact]
    public void Expanded_params() => Means(
        "Concat([x, x * 2], 0)", "return Join(x, x * 2);", "static Tensor Join(params Tensor[] parts) => Concat(parts);");

    [Fact]
    public void Generic_helpers() => Means(
        "Relu(x) + 3", "return First(Relu(x), 1) + First(3, 2);", "static T First<T>(T a, int n) => n > 0 ? a : default!;");

    [Fact]
    public void Guards() => Means(
        "x * 2", "ArgumentOutOfRangeException.ThrowIfNegativeOrZero(x.Rank); ArgumentNullException.ThrowIfNull(x); System.Diagnostics.Debug.Assert(x.Rank == 2, \"two axes\"); new List<int> { 2 }.ForEach(n => x *= n); return x;");

    [Fact]
    public void Lists_of_tensors() => Means(
        "Concat([x, Relu(x), Exp(x)], 1)", "var parts = new List<Tensor> { x }; parts.Add(Relu(x)); Tensor[] more = [..parts, Exp(x)]; return Concat(more, axis: 1);");

    [Fact]
    public void Arrays_by_element() => Means(
        "Exp(x) + Relu(x)", "var parts = new Tensor[2]; parts[^1] = Exp(x); parts[0] = Relu(x); return parts[1] + parts[0];");

    [Fact]
    public void Coalescing() => Means(
        "x * 3 + x", "Tensor? bias = null; Tensor? other = x; bias ??= x; float? scale = null; return x * (scale ?? 3) + (other?.Reshape(2, 3) ?? bias);");

    [Fact]
    public void Null_checks() => Means(
        "Relu(x)", "Tensor? bias = null; if (bias != null) x += bias; if (bias is not null) x += bias; return bias is null && bias == null && x != null && x is { } ? Relu(x) : x;");

    [Fact]
    public void Records_as_settings() => Means(
        "x * 12 + 2", "var s = new Settings(3, Heads: 4) { Depth = 2 }; var t = s with { Heads = 1 }; var (w, h) = s; return x * (w * h) + t.Heads * t.Depth;",
        others: "record Settings(int Width, int Heads) { public int Depth { get; init; } }");

    [Fact]
    public void Structs_are_copied() => Means(
        "x * 1 + 5", "var a = new Pair { N = 1 }; var b = a; b.N = 5; return x * a.N + b.N;", others: "struct Pair { public int N; }");

    [Fact]
    public void Properties_with_getters() => Means(
        "x * 6 * 5", "return x * Width * Deep.Five;", "int Half => 3; int Width { get { return Half * 2; } }",
        "static class Deep { public static int Five { get; } = 5; }");

    [Fact]
    public void Static_readonly_values() => Means(
        "x * 8 + 4", "return x * Sizes.Scale[1] + Sizes.Depth;", others: "static class Sizes { public static readonly float[] Scale = [1, Depth * 2]; public const int Depth = 4; }");

    [Fact]
    public void User_defined_operators() => Means(
        "x * 7", "return x * (new Size(3) + new Size(4)).N;", others: "readonly struct Size(int n) { public int N => n; public static Size operator +(Size a, Size b) => new(a.N + b.N); }");

    [Fact]
    public void Shapes_take_apart() => Means(
        "Reshape(x, 3, 2)", "var (rows, columns) = x.Shape; return Reshape(x, columns, rows);");

    [Fact]
    public void Shape_patterns() => Means(
        "x * 2 * 3 * 4", "if (x is { Rank: 2 }) x *= 2; if (x.Shape is [2, var n]) x *= n; if (x.Shape is (2, 3)) x *= 4; return x;");

    [Fact]
    public void Lambdas_of_modules_see_their_parameters() => Means(
        "x * 3 + 5", "return new Scaled(3).Apply(x);", others: "class Scaled(float by) { readonly int offset = 5; public Tensor Apply(Tensor x) { Func<Tensor, Tensor> f = y => y * by + offset; return f(x); } }");

    [Fact]
    public void Generic_modules() => Means(
        "Relu(Exp(x)) + Exp(x)", "return new Residual<Relu>(new Relu()).Forward(Exp(x));",
        others: "[Module] class Residual<T>(T inner) where T : ILayer { T Inner { get; } = inner; public Tensor Forward(Tensor x) => Inner.Forward(x) + x; }");

    [Fact]
    public void Fields_that_no_graph_method_reads_may_be_anything() => Means(
        "x * 2", "return x * 2;", "readonly System.Diagnostics.Stopwatch clock = new(); readonly int cores = Environment.ProcessorCount; public long Elapsed(string name) => clock.ElapsedTicks + cores + name.Length;");

    [Fact]
    public void Shapes_as_arguments() => Means(
        "Reshape(Reshape(x, 6), 2, 3)", "return Reshape(Reshape(x, x.Size), x.Shape);");

    [Fact]
    public void A_shape_as_an_array_is_a_copy() => Means(
        "Reshape(x, 2, 3) + 6", "int[] s = x.Shape; s[1] = 9; int[] t = x.Shape.ToArray(); t[0] = 7; return Reshape(x, x.Shape) + x.Shape[0] * x.Shape[1];");

    [Fact]
    public void Static_abstract_members() => Means(
        "x * 7", "return x * Sizes.Of<Seven>();", others: "interface ISize { static abstract int Value { get; } } struct Seven : ISize { public static int Value => 7; } static class Sizes { public static int Of<T>() where T : struct, ISize { T size = default; _ = size; return T.Value; } }");

    [Fact]
    public void Tensors_in_collections() => Means(
        "Relu(x) + Exp(x) * 2", "var parts = new Dictionary<string, Tensor> { [\"a\"] = Relu(x), [\"b\"] = Exp(x) }; var queue = new Queue<Tensor>(parts.Values); Tensor y = queue.Dequeue(); while (queue.TryDequeue(out var next)) y += next * 2; return y;");

    [Fact]
    public void Iterators_of_tensors() => Means(
        "Relu(x) + Relu(Relu(x))", "return Layers().Take(2).Aggregate((a, b) => a + b); IEnumerable<Tensor> Layers() { var y = x; while (true) yield return y = Relu(y); }");

    [Fact]
    public void Objects_made_by_the_method_may_change() => Means(
        "x * 3", "var counter = new Counter(); counter.Next(); counter.Next(); return x * counter.Next();", others: "class Counter { int n; public int Next() => ++n; }");

    [Fact]
    public void Long_chains()
    {
        string sum = string.Join(" + ", Enumerable.Repeat("x", 2000));
        Assert.Equal(Reading.GraphOf($"{Signature} {{ var y = x; for (int i = 1; i < 2000; i++) y = y + x; return y; }}"), Reading.GraphOf($"{Signature} => {sum};"));
    }

    [Fact]
    public void Spread_shapes() => Means(
        "Reshape(x, 1, 2, 3)", "return Reshape(x, [1, .. x.Shape[..]]);");
}
